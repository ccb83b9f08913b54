#include "core/eval/truth_cache.h"

#include <algorithm>
#include <vector>
#include <xxhash.h>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash_text.h"
#include "core/eval/frame_report.h"
#include "core/io/mapped_file.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMostEntryBytes = 64 << 20;
constexpr const char* kExtension = ".truth";

struct Key {
  std::uint64_t high, low;
};

Key keyOf(const fs::path& labels, LabelKind kind, std::span<const Eigen::Vector3d> origins) {
  // Raised when entries are to be made anew: when rays, zones or rounding change.
  constexpr std::string_view kMadeBy = "truth rays 2";
  std::string text(kMadeBy);
  std::error_code ignored;
  const auto time = fs::last_write_time(labels, ignored).time_since_epoch().count();
  text += fmt::format("|{}|{}|{}|{}|", fs::absolute(labels, ignored).string(), fs::file_size(labels, ignored),
                      time, labelKindName(kind));
  text.append(reinterpret_cast<const char*>(origins.data()), origins.size_bytes());
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

struct Entry {
  fs::path file;
  std::uint64_t bytes;
  fs::file_time_type used;
};

std::vector<Entry> entriesOf(const fs::path& folder) {
  std::vector<Entry> entries;
  std::error_code error;
  for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
    if (each->path().extension() != kExtension) continue;
    std::error_code gone;
    const Entry entry{each->path(), each->file_size(gone), each->last_write_time(gone)};
    if (!gone) entries.push_back(entry);
  }
  return entries;
}

}  // namespace

TruthCache::TruthCache(Options options)
    : folder_(std::move(options.folder)),
      budget_bytes_(options.budget_bytes),
      begin_(fs::file_time_type::clock::now()) {
  if (folder_.empty() && !userCacheFolder().empty()) folder_ = userCacheFolder() / "truth-rays";
  for (const Entry& entry : entriesOf(folder_))
    bytes_ += entry.bytes;
  const std::lock_guard lock(mutex_);
  makeRoom(0);
}

TruthCache::~TruthCache() = default;

TruthFrame TruthCache::get(const fs::path& labels, LabelKind kind, std::span<const Eigen::Vector3d> origins,
                           const DeviceCaster* device) {
  const Key key = keyOf(labels, kind, origins);
  const fs::path file = folder_ / (hexText(key.high) + hexText(key.low) + kExtension);
  std::error_code ignored;
  if (!folder_.empty() && fs::exists(file, ignored)) {
    try {
      const MappedFile mapped(file, kMostEntryBytes);
      if (auto truth = parseTruthEntry(mapped.bytes(), key.high, key.low, classSetOf(kind))) {
        fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
        ++hits_;
        return std::move(*truth);
      }
    } catch (const Error&) {
      // An entry that cannot be opened is made again.
    }
  }
  ++misses_;
  TruthFrame truth = prepareTruth(readOccupancyNpz(labels, classSetOf(kind)), origins, device);
  if (!folder_.empty()) keep(file, formatTruthEntry(truth, key.high, key.low));
  return truth;
}

void TruthCache::keep(const fs::path& file, const std::string& entry) {
  {
    const std::lock_guard lock(mutex_);
    makeRoom(entry.size());
    if (is_full_) return;
    bytes_ += entry.size();
  }
  try {
    writeFile(file, std::string_view(entry));
  } catch (const Error&) {
    const std::lock_guard lock(mutex_);
    is_full_ = true;  // no room, or no right to write: work goes on without
  }
}

/// Where there is no room, removes what was not used for the longest time, down to nine tenths of the budget.
/// Entries that this process has used stay: were the oldest evicted, every later look-up in the same order
/// would miss.
void TruthCache::makeRoom(std::uint64_t wanted_bytes) {
  if (is_full_ || bytes_ + wanted_bytes <= budget_bytes_) return;
  std::vector<Entry> entries = entriesOf(folder_);
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
  bytes_ = 0;
  for (const Entry& entry : entries)
    bytes_ += entry.bytes;
  for (const Entry& entry : entries) {
    if (bytes_ + wanted_bytes <= budget_bytes_ / 10 * 9 || entry.used >= begin_) break;
    std::error_code ignored;
    fs::remove(entry.file, ignored);
    bytes_ -= entry.bytes;
  }
  is_full_ = bytes_ + wanted_bytes > budget_bytes_;
}

}  // namespace hbev
