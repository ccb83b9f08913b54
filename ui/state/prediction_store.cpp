#include "ui/state/prediction_store.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <string_view>

#include <QtCore/QSettings>
#include <sys/stat.h>

#include "core/base/size_text.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLimitKey = "predict/kept_mb";
constexpr int kDefault_mb = 4000;

struct KeptFile {
  fs::path path;
  std::uint64_t bytes = 0;
  timespec used{};
};

bool earlier(const timespec& a, const timespec& b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

/// Network / scene / keyframe.npz
std::vector<KeptFile> keptFiles(const fs::path& folder) {
  std::vector<KeptFile> files;
  std::error_code code;
  for (auto entry = fs::recursive_directory_iterator(folder, code); !code && entry != fs::end(entry);
       entry.increment(code)) {
    struct stat facts {};
    const fs::path& path = entry->path();
    if (entry.depth() != 2 || path.extension() != ".npz" || lstat(path.c_str(), &facts) != 0) continue;
    if (!S_ISREG(facts.st_mode)) continue;
    const timespec& used = earlier(facts.st_atim, facts.st_mtim) ? facts.st_mtim : facts.st_atim;
    files.push_back({path, std::uint64_t(facts.st_size), used});
  }
  return files;
}

}  // namespace

std::uint64_t keptPredictionsLimit() {
  const int megabytes = QSettings().value(QString::fromLatin1(kLimitKey), kDefault_mb).toInt();
  return std::max(kLeastKept_bytes, std::uint64_t(std::max(0, megabytes)) * kMegabyte);
}

void setKeptPredictionsLimit(std::uint64_t bytes) {
  QSettings().setValue(QString::fromLatin1(kLimitKey), int(bytes / kMegabyte));
}

std::uint64_t keptPredictions(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const KeptFile& file : keptFiles(folder))
    bytes += file.bytes;
  return bytes;
}

void markUsed(const fs::path& prediction) {
  // Said in so many words: file systems are often told not to note when a file was read. The time of writing
  // stays, as it tells whether the pictures are younger.
  const std::array<timespec, 2> times{{{0, UTIME_NOW}, {0, UTIME_OMIT}}};
  utimensat(AT_FDCWD, prediction.c_str(), times.data(), 0);
}

std::vector<fs::path> trimPredictions(const fs::path& folder, std::uint64_t limit) {
  std::vector<KeptFile> files = keptFiles(folder);
  std::ranges::sort(files, [](const KeptFile& a, const KeptFile& b) { return earlier(a.used, b.used); });
  std::uint64_t bytes = 0;
  for (const KeptFile& file : files)
    bytes += file.bytes;
  std::vector<fs::path> removed;
  for (const KeptFile& file : files) {
    if (bytes <= limit) break;
    std::error_code code;
    if (!fs::remove(file.path, code)) continue;
    bytes -= file.bytes;
    removed.push_back(file.path);
  }
  return removed;
}

}  // namespace hbev::ui
