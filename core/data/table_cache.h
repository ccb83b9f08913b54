// The index cache: joined tables in one file that the next start maps into memory instead of reading 2.5 GB
// of JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/base/progress.h"
#include "core/data/dataset_index.h"
#include "core/data/tables.h"

namespace hbev {

/// The cache's name in a version folder, where that can be written to.
inline constexpr const char* kIndexCacheName = ".hbevocc-index";

struct IndexCacheOptions {
  /// Tables of less text than this are read faster than a cache is worth a file.
  std::uint64_t least_bytes = 5'000'000;
  /// Where caches of folders go that cannot be written to; userCacheFolder() when empty.
  std::filesystem::path user_folder = {};
  std::size_t piece_bytes = kTablePieceBytes;
};

struct OpenedIndex {
  DatasetIndex index;
  bool is_from_cache = false;
  std::jthread writer;  ///< writes the cache; its end is waited for when this goes
};

/// The index of a version folder: mapped from the cache when that belongs to exactly these tables (their
/// sizes and times), or else read from them and written to the cache beside what the caller does next. A
/// cache that is damaged, of another program version or of another kind of machine counts as none, and so
/// does a folder or disk that cannot be written to. Throws what readNuscenesTables() throws, and Cancelled.
OpenedIndex openNuscenesIndex(const std::filesystem::path& folder, Progress* progress,
                              const IndexCacheOptions& options = {});

/// Where openNuscenesIndex() looks for the cache of `folder`, in this order.
std::vector<std::filesystem::path> indexCacheFiles(const std::filesystem::path& folder,
                                                   const IndexCacheOptions& options = {});

}  // namespace hbev
