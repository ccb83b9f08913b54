// The index cache: a whole one, changed anywhere and with its checksums put right, so that its links are what
// keeps a reader inside of its arrays.
//
// An input is a byte of flags (1 the contents' checksum is put right, 2 the header's, 4 cut off, 8 by way of
// a file) and changes: two bytes where, two bytes of length, the bytes.
#include <cstring>
#include <optional>
#include <xxhash.h>

#include "core/base/files.h"
#include "core/data/cache_bytes.h"
#include "core/data/table_cache.h"
#include "tests/data/made_nuscenes.h"
#include "tests/fuzz/target.h"

using namespace hbev;
namespace fs = std::filesystem;

namespace {

enum Flag : std::uint8_t { kRightContents = 1, kRightHeader = 2, kCutOff = 4, kAsFile = 8 };

// Where things stand in the file; startingCache() finds out when this is no longer so.
constexpr std::size_t kContentsAt = 32, kSectionsAt = 56, kSections = 11, kHeaderChecksumAt = 320;

std::uint64_t numberAt(const std::string& file, std::size_t at) {
  std::uint64_t number = 0;
  std::memcpy(&number, file.data() + at, sizeof number);
  return number;
}

/// Overwrites the checksum of all sections, as far as they lie in the file.
void setContentsChecksum(std::string& file) {
  std::vector<std::uint64_t> hashes;
  for (std::size_t i = 0; i < kSections; ++i) {
    const std::size_t at = kSectionsAt + 24 * i;
    const std::uint64_t offset = numberAt(file, at), rows = numberAt(file, at + 8),
                        size = numberAt(file, at + 16);
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(rows, size, &bytes) || offset > file.size() || bytes > file.size() - offset)
      return;
    const XXH128_hash_t hash = XXH3_128bits(file.data() + offset, bytes);
    hashes.insert(hashes.end(), {hash.high64, hash.low64});
  }
  const XXH128_hash_t hash = XXH3_128bits(hashes.data(), hashes.size() * sizeof(std::uint64_t));
  std::memcpy(file.data() + kContentsAt, &hash.high64, 8);
  std::memcpy(file.data() + kContentsAt + 8, &hash.low64, 8);
}

void setHeaderChecksum(std::string& file) {
  const std::uint64_t sum = XXH3_64bits(file.data(), kHeaderChecksumAt);
  std::memcpy(file.data() + kHeaderChecksumAt, &sum, sizeof sum);
}

/// A version folder with its cache. The tables behind the cache are spoiled without changing their size or
/// time: whoever does not take the cache gets an Error at once.
class CachedFolder {
 public:
  CachedFolder() {
    options_.least_bytes = 0;
    options_.user_folder = folder_.path() / "user";
    const fs::path version = folder_.path() / "v1.0-mini";
    test::MadeNuscenes().write(folder_.path());
    openNuscenesIndex(version, nullptr, options_);
    const std::vector<std::byte> bytes = readFile(version / kIndexCacheName, 1 << 20);
    whole_.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const NuscenesTable& table : kNuscenesTables) {
      const fs::path file = version / table.file;
      const fs::file_time_type time = fs::last_write_time(file);
      folder_.write(fs::path("v1.0-mini") / table.file, std::string(fs::file_size(file), ' '));
      fs::last_write_time(file, time);
    }
    key_ = stateOfTables(version).key;
    std::string same = whole_;
    setContentsChecksum(same);
    setHeaderChecksum(same);
    fuzz::require(same == whole_, "the cache's layout is the one that this fuzzer knows");
  }

  const std::string& whole() const { return whole_; }

  /// The index in `cache`, which must stay where it is; nothing when it was not taken.
  std::optional<DatasetIndex> open(const std::string& cache) const {
    return indexOfCache(std::as_bytes(std::span(cache)), nullptr, key_);
  }

  /// The same by way of a file, which costs ten times as much.
  std::optional<DatasetIndex> openAsFile(const std::string& cache) const {
    folder_.write(fs::path("v1.0-mini") / kIndexCacheName, cache);
    std::optional<DatasetIndex> index;
    fuzz::readOrRefuse([&] {
      OpenedIndex opened = openNuscenesIndex(folder_.path() / "v1.0-mini", nullptr, options_);
      fuzz::require(opened.is_from_cache, "spoiled tables are not read");
      index = std::move(opened.index);
    });
    return index;
  }

 private:
  fuzz::MemoryFolder folder_;
  IndexCacheOptions options_;
  std::string whole_;
  TablesKey key_{};
};

/// Follows every link.
void walk(const DatasetIndex& index) {
  const auto row = [](std::uint32_t number, std::size_t size) {
    fuzz::require(number == kNoRow || number < size, "a link leads to a row");
  };
  const auto rows = [](std::uint64_t first, std::uint64_t count, std::size_t size) {
    fuzz::require(first + count <= size, "a stretch lies in its column");
  };
  const auto text = [&](TextSpan span) { rows(span.begin, span.size, index.text.size()); };
  for (const DatasetIndex::Scene& scene : index.scenes) {
    for (const TextSpan span : {scene.token, scene.name, scene.description, scene.location})
      text(span);
    rows(scene.first_sample, scene.sample_count, index.samples.size());
    rows(scene.first_category, scene.category_count, index.scene_categories.size());
    for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
      fuzz::require(scene.first_reading[slot] <= scene.first_reading[slot + 1], "readings are in order");
      rows(scene.first_reading[slot], scene.first_reading[slot + 1] - scene.first_reading[slot],
           index.readings.size());
    }
  }
  for (const DatasetIndex::Sample& sample : index.samples) {
    text(sample.token);
    rows(sample.first_box, sample.box_count, index.boxes.size());
    for (const std::uint32_t reading : sample.readings)
      row(reading, index.readings.size());
    fuzz::require(sample.scene < index.scenes.size(), "a sample has a scene");
  }
  for (const DatasetIndex::Reading& reading : index.readings) {
    fuzz::require(reading.calibration < index.calibrations.size(), "a reading has a calibration");
    fuzz::require(reading.pose < index.poses.size(), "a reading has a pose");
    row(reading.sample, index.samples.size());
    index.fileName(reading);
  }
  for (const DatasetIndex::Box& box : index.boxes)
    row(box.category, index.categories.size());
  for (const TextSpan category : index.categories)
    text(category);
  for (const std::uint32_t category : index.scene_categories)
    fuzz::require(category < index.categories.size(), "a scene's category is one");
  index.issueList();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const CachedFolder folder;
  fuzz::Pieces pieces(data, size);
  const std::uint8_t flags = pieces.byte();
  std::string cache = folder.whole();
  while (!pieces.isEmpty()) {
    const std::size_t at = pieces.word() % cache.size();
    const std::string_view bytes = pieces.piece().substr(0, cache.size() - at);
    cache.replace(at, bytes.size(), bytes);
  }
  if (flags & kCutOff) cache.resize(cache.size() - std::size_t(flags) * 8 % cache.size());
  if ((flags & kRightContents) && cache.size() > kHeaderChecksumAt + 8) setContentsChecksum(cache);
  if ((flags & kRightHeader) && cache.size() > kHeaderChecksumAt + 8) setHeaderChecksum(cache);
  const std::optional<DatasetIndex> index = folder.open(cache);
  if (index) walk(*index);
  fuzz::require(index || cache != folder.whole(), "a whole cache is taken");
  if (flags & kAsFile)
    fuzz::require(folder.openAsFile(cache).has_value() == index.has_value(),
                  "a file is taken like its bytes");
  return 0;
}
