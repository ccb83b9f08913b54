// Data sets packed for training: a nuScenes folder of its own whose pictures are not compressed, so that
// nothing decodes them and no library is needed to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/progress.h"
#include "core/data/dataset.h"

namespace hbev {

struct PackOptions {
  std::vector<std::size_t> scenes;  ///< of the data set
  /// Pictures are decoded at the smallest of 1, 1/2, 1/4, 1/8 of their size that is at least so wide, as
  /// readImage() does; 0: full size.
  int picture_width = 0;
};

struct PackWritten {
  std::int64_t keyframes = 0, pictures = 0;
  std::int64_t left_out = 0;  ///< files that are absent or damaged in the data set
  std::uint64_t bytes = 0;    ///< of pictures, lidar and labels
};

/// Pixels rather than JPEGs: a pack is for machines that cannot decode, and decoding is what training waits
/// for. Writes the tables (which name .ppm files), splits.json, and of each keyframe its six pictures, lidar
/// and labels. What was left by a call that was stopped is kept, and every file appears whole; until the last
/// one the folder counts as unfinished. Throws Error: no nuScenes tables, a finished pack in `folder` or one
/// begun otherwise, too little room, a file that cannot be written; and Cancelled.
PackWritten writePack(const std::filesystem::path& folder, const Dataset& dataset, const PackOptions& options,
                      Progress& progress);

/// Throws Error when `root` is a pack that was never finished.
void demandFinishedPack(const std::filesystem::path& root);

}  // namespace hbev
