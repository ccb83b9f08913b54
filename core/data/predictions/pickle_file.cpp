#include "core/data/predictions/pickle_file.h"

#include <system_error>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash_text.h"
#include "core/io/gzip.h"
#include "core/io/mapped_file.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMaxPacked = std::uint64_t(8) << 30;
constexpr std::uint64_t kMaxInMemory = std::uint64_t(256) << 20;
// A ray submission of the validation split takes 5 GB, its flow in full precision twice that.
constexpr std::uint64_t kMaxUnpacked = std::uint64_t(32) << 30;

fs::path cacheFolder() {
  const fs::path folder = userCacheFolder();
  return (folder.empty() ? fs::temp_directory_path() / "hbevocc-studio" : folder) / "unpacked";
}

/// Where the unpacked file is, made when it is not there yet.
fs::path unpacked(const fs::path& file, Progress* progress) {
  std::error_code code;
  const std::string where = hashText(fs::absolute(file).lexically_normal().string());
  const std::string what = hashText(fmt::format("{} {}", fs::file_size(file, code),
                                                fs::last_write_time(file, code).time_since_epoch().count()));
  const fs::path folder = cacheFolder();
  const fs::path target = folder / fmt::format("{}-{}.pkl", where, what);
  if (fs::is_regular_file(target, code)) return target;
  fs::create_directories(folder, code);
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    std::error_code ignored;
    if (entry.path().filename().string().starts_with(where)) fs::remove(entry.path(), ignored);
  }
  gunzipToFile(file, target, kMaxUnpacked, progress);
  return target;
}

bool fitsIntoMemory(std::span<const std::byte> packed) {
  std::uint64_t size = 0;
  gunzip(packed, [&](std::span<const std::byte> piece) {
    size += piece.size();
    return size <= kMaxInMemory;
  });
  return size <= kMaxInMemory;
}

std::shared_ptr<const Pickle> opened(const fs::path& file, Progress* progress) {
  const bool in_memory = aboutFile(file, [&] {
    const MappedFile packed(file, kMaxPacked);
    return !isGzip(packed.bytes()) || fitsIntoMemory(packed.bytes());
  });
  PickleOptions options;
  options.limits.unpacked_bytes = kMaxInMemory;
  options.limits.file_bytes = kMaxUnpacked;
  return std::make_shared<const Pickle>(readPickle(in_memory ? file : unpacked(file, progress), options));
}

}  // namespace

std::shared_ptr<const Pickle> PickleShelf::open(const fs::path& file) {
  if (progress_) progress_->throwIfCancelled();
  auto [place, is_new] = opened_.try_emplace(file);
  if (is_new) {
    try {
      place->second.pickle = opened(file, progress_);
    } catch (const Error& error) {
      place->second.problem = error.problem();
    }
  }
  if (place->second.problem) throw Error(*place->second.problem);
  return place->second.pickle;
}

bool mayBePickle(const ListedFile& file) {
  const bool pickled = file.extension == ".pkl" || file.extension == ".pickle" || file.extension == ".gz";
  return pickled && !isFolderArchive(file.path) && file.stem.find("infos") == std::string::npos;
}

}  // namespace hbev
