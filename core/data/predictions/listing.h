// The files below a folder that may hold predictions, found in one walk; or one file.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/progress.h"

namespace hbev {

class PickleShelf;

struct ListedFile {
  std::filesystem::path path;
  std::vector<std::string> folders;  ///< names of the folders between the root and the file
  std::string stem;                  ///< "3e8750f331d7499e9b5123e9eb70f2e2"
  std::string extension;             ///< ".npz", ".npy", ".pkl", ".pickle", ".gz"; of .NPZ, too

  /// The name of the folder `up` levels above the file (0: the one it lies in), or of the root's own folders
  /// above; "" where there is none.
  std::string folder(std::size_t up) const;
  /// The folder `up` levels above the file's folder, but never above the root.
  std::filesystem::path base(std::size_t up) const;
};

struct Listing {
  std::filesystem::path root;  ///< the folder; of a single file its own
  bool is_file = false;
  std::vector<ListedFile> files;  ///< sorted by path
  bool is_complete = true;        ///< false when there was more than anybody wants to look at
  std::shared_ptr<PickleShelf> pickles;
};

/// Walks `path` five folders deep. Hidden folders and what belongs to data sets (samples, sweeps, maps, gts,
/// openocc_v2) are passed over, links are followed. `progress` must outlive the listing. Throws Error when
/// nothing is there, Cancelled.
Listing listFiles(const std::filesystem::path& path, Progress* progress = nullptr);

/// ASCII letters only: extensions and tokens are nothing else.
std::string lowerCase(std::string_view text);

/// Whether its name says that it is an archive of a whole folder (.zip, .tar.gz, ...): those are not looked
/// into.
bool isFolderArchive(const std::filesystem::path& file);

/// True for 32 hex digits, as nuScenes' tokens are.
bool looksLikeToken(std::string_view text);

/// Where the token begins in "scene-0103_3e8750f331d7499e9b5123e9eb70f2e2", whatever follows it; or 0.
std::size_t tokenAfterScene(std::string_view stem);

}  // namespace hbev
