// Pickled predictions, gzipped or not, opened so that gigabytes of arrays need no memory.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/predictions/listing.h"
#include "core/io/pickle.h"

namespace hbev {

/// Opens pickles for a listing, each once whatever number of layouts asks for it. For one thread.
class PickleShelf {
 public:
  /// `progress` may be null; it must live as long as files are opened.
  explicit PickleShelf(Progress* progress) : progress_(progress) {}

  /// Opens by the restricted reader. Gzipped files that unpack to more than a quarter of a gigabyte are
  /// unpacked once into the user's cache folder (named by path, size and time; an older one of the same path
  /// is removed), and mapped from there. Throws Error, Cancelled.
  std::shared_ptr<const Pickle> open(const std::filesystem::path& file);

 private:
  struct Opened {
    std::shared_ptr<const Pickle> pickle;
    std::optional<Problem> problem;
  };
  Progress* progress_;
  std::map<std::filesystem::path, Opened> opened_;
};

/// True for files that may be pickled predictions of many keyframes: .pkl, .pickle, .gz, and neither data
/// sets' infos nor compressed archives of folders.
bool mayBePickle(const ListedFile& file);

}  // namespace hbev
