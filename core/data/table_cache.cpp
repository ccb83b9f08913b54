#include "core/data/table_cache.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <xxhash.h>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash_text.h"
#include "core/base/log.h"
#include "core/data/cache_bytes.h"
#include "core/io/mapped_file.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::array<char, 8> kMagic{'H', 'B', 'E', 'V', 'I', 'D', 'X', '\n'};
constexpr std::uint32_t kByteOrder = 0x01020304;
/// To be raised whenever a row of DatasetIndex means something else than before.
constexpr std::uint32_t kFormat = 2;
constexpr std::size_t kColumns = 11;
constexpr std::uint64_t kAlignment = 64;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t(64) << 30;
/// Checksums are of stretches of this length, so that all cores can compute them.
constexpr std::size_t kChecksumStretch = 4 << 20;

struct Section {
  std::uint64_t offset = 0;
  std::uint64_t rows = 0;
  std::uint64_t row_bytes = 0;
};

struct Header {
  std::array<char, 8> magic{};
  std::uint32_t byte_order = 0;
  std::uint32_t format = 0;
  std::array<std::uint64_t, 2> tables{};    ///< tablesKey() of the tables that it was made from
  std::array<std::uint64_t, 2> contents{};  ///< checksum of all sections
  std::uint64_t file_bytes = 0;
  std::array<Section, kColumns> sections{};
  std::uint64_t checksum = 0;  ///< of the header in front of this
};
static_assert(std::has_unique_object_representations_v<Header>, "every byte of it is checked");
static_assert(sizeof(DatasetIndex::Scene) == 80 && sizeof(DatasetIndex::Sample) == 56 &&
                  sizeof(DatasetIndex::Reading) == 32 && sizeof(DatasetIndex::Calibration) == 128 &&
                  sizeof(DatasetIndex::Box) == 112 && sizeof(DatasetIndex::Issue) == 24 &&
                  sizeof(PoseRow) == 56 && sizeof(FileName) == 12 && sizeof(TextSpan) == 8,
              "a row has changed: raise kFormat");

/// Calls `use` with every column, in the order of the file.
template <class Index, class Use>
void forEachColumn(Index& index, const Use& use) {
  use(index.scenes);
  use(index.samples);
  use(index.readings);
  use(index.poses);
  use(index.calibrations);
  use(index.boxes);
  use(index.categories);
  use(index.scene_categories);
  use(index.files);
  use(index.issues);
  use(index.text);
}

using Bytes = std::span<const std::byte>;

std::array<std::uint64_t, 2> hash(Bytes bytes) {
  const XXH128_hash_t result = XXH3_128bits(bytes.data(), bytes.size());
  return {result.high64, result.low64};
}

std::uint64_t headerChecksum(const Header& header) {
  return XXH3_64bits(&header, offsetof(Header, checksum));
}

/// Of all sections together, whichever thread comes first.
std::array<std::uint64_t, 2> contentsChecksum(const std::vector<Bytes>& sections) {
  std::vector<Bytes> stretches;
  for (Bytes section : sections) {
    for (; section.size() > kChecksumStretch; section = section.subspan(kChecksumStretch))
      stretches.push_back(section.first(kChecksumStretch));
    stretches.push_back(section);
  }
  std::vector<std::array<std::uint64_t, 2>> hashes(stretches.size());
  tbb::parallel_for(std::size_t(0), stretches.size(), [&](std::size_t i) { hashes[i] = hash(stretches[i]); });
  return hash(std::as_bytes(std::span(hashes)));
}

fs::path userFolder(const IndexCacheOptions& options) {
  return options.user_folder.empty() ? userCacheFolder() : options.user_folder;
}

/// The header of a cache whose lengths fit its file; nothing when it is none of ours.
std::optional<Header> readHeader(Bytes file) {
  Header header;
  if (file.size() < sizeof(header)) return std::nullopt;
  std::memcpy(&header, file.data(), sizeof(header));
  if (header.magic != kMagic || header.byte_order != kByteOrder || header.format != kFormat ||
      header.checksum != headerChecksum(header) || header.file_bytes != file.size())
    return std::nullopt;
  return header;
}

/// Makes `column` what a section holds. False when the section does not lie within the file.
template <class T>
bool mapColumn(const Section& section, Bytes file, const std::shared_ptr<const void>& owner,
               Column<T>& column) {
  if (section.row_bytes != sizeof(T) || section.offset % kAlignment != 0 || section.offset > file.size() ||
      section.rows > (file.size() - section.offset) / sizeof(T))
    return false;
  const auto* rows = reinterpret_cast<const T*>(file.data() + section.offset);
  column = Column<T>(std::span<const T>(rows, section.rows), owner);
  return true;
}

/// The index in a cache file, or nothing when there is none or it does not belong to these tables.
std::optional<DatasetIndex> readCache(const fs::path& file, const TablesState& tables) {
  std::shared_ptr<const MappedFile> mapped;
  try {
    mapped = std::make_shared<const MappedFile>(file, kMaxFileBytes);
  } catch (const Error&) {
    return std::nullopt;  // there is no cache, or none that can be read
  }
  return indexOfCache(mapped->bytes(), mapped, tables.key);
}

Header makeHeader(const DatasetIndex& index, const TablesState& tables) {
  Header header;
  header.magic = kMagic;
  header.byte_order = kByteOrder;
  header.format = kFormat;
  header.tables = tables.key;
  std::vector<Bytes> sections;
  std::uint64_t end = sizeof(Header);
  forEachColumn(index, [&](const auto& column) {
    const Bytes bytes = std::as_bytes(column.rows());
    const std::uint64_t offset = (end + kAlignment - 1) / kAlignment * kAlignment;
    header.sections[sections.size()] = {offset, column.size(), sizeof(*column.rows().data())};
    sections.push_back(bytes);
    end = offset + bytes.size();
  });
  header.contents = contentsChecksum(sections);
  header.file_bytes = end;
  header.checksum = headerChecksum(header);
  return header;
}

/// False when the file cannot be written, for whatever reason; then nothing is left of it.
bool writeCache(const fs::path& file, const Header& header, const DatasetIndex& index) {
  std::error_code code;
  const fs::path temporary = temporarySibling(file);
  std::ofstream stream(temporary, std::ios::binary);
  std::uint64_t at = sizeof(header);
  stream.write(reinterpret_cast<const char*>(&header), sizeof(header));
  std::size_t section = 0;
  forEachColumn(index, [&](const auto& column) {
    constexpr std::array<char, kAlignment> kZeros{};
    const std::uint64_t offset = header.sections[section++].offset;
    const Bytes bytes = std::as_bytes(column.rows());
    stream.write(kZeros.data(), std::streamsize(offset - at));
    stream.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
    at = offset + bytes.size();
  });
  stream.close();
  if (!stream) {
    fs::remove(temporary, code);
    return false;
  }
  fs::rename(temporary, file, code);
  if (!code) return true;
  fs::remove(temporary, code);
  return false;
}

/// Writes the cache to the first place that takes it.
void writeCacheSomewhere(const fs::path& folder, const IndexCacheOptions& options, const TablesState& tables,
                         const DatasetIndex& index) {
  if (stateOfTables(folder) != tables)
    return;  // somebody changes them just now: what was read may be a mixture
  const Header header = makeHeader(index, tables);
  for (const fs::path& file : indexCacheFiles(folder, options)) {
    std::error_code code;
    if (file.parent_path() != folder) fs::create_directories(file.parent_path(), code);
    if (writeCache(file, header, index)) return;
  }
}

}  // namespace

TablesState stateOfTables(const fs::path& folder) {
  TablesState state;
  std::string text;
  for (const NuscenesTable& table : kNuscenesTables) {
    std::error_code no_size, no_time;
    const std::uintmax_t bytes = fs::file_size(folder / table.file, no_size);
    const fs::file_time_type time = fs::last_write_time(folder / table.file, no_time);
    if (no_size || no_time) {
      text += fmt::format("{} is absent\n", table.file);
    } else {
      text += fmt::format("{} {} {}\n", table.file, bytes, time.time_since_epoch().count());
      state.bytes += bytes;
    }
  }
  state.key = hash(std::as_bytes(std::span(text)));
  return state;
}

std::optional<DatasetIndex> indexOfCache(Bytes bytes, const std::shared_ptr<const void>& owner,
                                         const TablesKey& tables) {
  const std::optional<Header> header = readHeader(bytes);
  if (!header || header->tables != tables) return std::nullopt;
  std::optional<DatasetIndex> result(std::in_place);
  DatasetIndex& index = *result;
  std::vector<Bytes> sections;
  bool is_whole = true;
  forEachColumn(index, [&](auto& column) {
    is_whole = is_whole && mapColumn(header->sections[sections.size()], bytes, owner, column);
    sections.push_back(std::as_bytes(column.rows()));
  });
  if (!is_whole || contentsChecksum(sections) != header->contents || !index.isSound()) return std::nullopt;
  return result;
}

std::vector<fs::path> indexCacheFiles(const fs::path& folder, const IndexCacheOptions& options) {
  std::vector<fs::path> files{folder / kIndexCacheName};
  const fs::path user_folder = userFolder(options);
  if (user_folder.empty()) return files;
  std::error_code code;
  fs::path place = fs::weakly_canonical(folder, code);
  if (code) place = fs::absolute(folder, code);
  const std::array<std::uint64_t, 2> name = hash(std::as_bytes(std::span(place.native())));
  files.push_back(user_folder / ("index-" + hexText(name[0]) + hexText(name[1])));
  return files;
}

OpenedIndex openNuscenesIndex(const fs::path& folder, Progress* progress, const IndexCacheOptions& options) {
  OpenedIndex opened;
  if (progress) progress->throwIfCancelled();
  const TablesState tables = stateOfTables(folder);
  const bool has_cache = tables.bytes >= options.least_bytes;
  if (has_cache) {
    for (const fs::path& file : indexCacheFiles(folder, options)) {
      std::optional<DatasetIndex> cached = readCache(file, tables);
      if (!cached) continue;
      opened.index = std::move(*cached);
      opened.is_from_cache = true;
      return opened;
    }
  }
  opened.index = joinIndex(readNuscenesTables(folder, progress, options.piece_bytes));
  if (has_cache && !opened.index.samples.empty()) {
    // Nobody waits for the cache: it is written beside whatever comes next, from columns that both share.
    opened.writer = std::jthread([folder, options, tables, index = opened.index] {
      try {
        writeCacheSomewhere(folder, options, tables, index);
      } catch (const std::exception& error) {
        log().info("The index cache was not written: {}", error.what());
      }
    });
  }
  return opened;
}

}  // namespace hbev
