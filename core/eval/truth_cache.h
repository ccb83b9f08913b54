// What truth rays meet depends on the data set alone: kept on disk, so that the next evaluation neither reads
// labels nor casts their rays.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "core/data/labels.h"
#include "core/eval/truth_frame.h"

namespace hbev {

/// Truth frames in a folder, one file each. Thread-safe; several processes may share the folder. An entry
/// that is damaged counts as none and is written again.
class TruthCache {
 public:
  struct Options {
    std::filesystem::path folder;                         ///< truth-rays in userCacheFolder() when empty
    std::uint64_t budget_bytes = std::uint64_t(6) << 30;  ///< the val split of nuScenes takes about 3.5 GB
  };
  /// Without a folder of its own or the user's nothing is kept.
  explicit TruthCache(Options options);
  TruthCache() : TruthCache(Options{}) {}
  ~TruthCache();

  /// The truth of `labels` (a file, as it is now: its path, size and time) seen from `origins`: from the
  /// cache, or read, cast (on `device` when that is not null) and kept. Throws Error when the labels cannot
  /// be read.
  TruthFrame get(const std::filesystem::path& labels, LabelKind kind,
                 std::span<const Eigen::Vector3d> origins, const DeviceCaster* device = nullptr);

  std::size_t hits() const { return hits_; }
  std::size_t misses() const { return misses_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  void keep(const std::filesystem::path& file, const std::string& entry);
  void makeRoom(std::uint64_t wanted_bytes);

  std::filesystem::path folder_;
  std::uint64_t budget_bytes_;
  std::filesystem::file_time_type begin_;
  std::atomic<std::size_t> hits_{0}, misses_{0};
  std::mutex mutex_;
  std::uint64_t bytes_ = 0;  ///< of all entries; guarded by mutex_
  bool is_full_ = false;     ///< everything in the folder was used since begin_
};

/// One entry's bytes, and back; `key` tells it from all others. For the cache and its tests.
std::string formatTruthEntry(const TruthFrame& truth, std::uint64_t key_high, std::uint64_t key_low);
std::optional<TruthFrame> parseTruthEntry(std::span<const std::byte> bytes, std::uint64_t key_high,
                                          std::uint64_t key_low, const ClassSet& classes);

}  // namespace hbev
