#include "core/data/infos_root.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#ifdef HBEV_HAS_OPENCV
#include "core/data/jpeg.h"
#endif

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLooks = 20;  // files that are looked for, spread over the records

std::vector<fs::path> candidates(const fs::path& file) {
  std::vector<fs::path> folders;
  fs::path folder = fs::absolute(file).lexically_normal().parent_path();
  for (int up = 0; up < 4; ++up) {
    for (const char* below : {"", "nuscenes", "data/nuscenes"})
      folders.push_back(*below ? folder / below : folder);
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return folders;
}

/// How many of a few files are there.
std::size_t filesFound(const fs::path& root, const std::vector<InfoRecord>& records) {
  std::error_code code;
  std::size_t found = 0;
  const std::size_t step = std::max<std::size_t>(1, records.size() / kLooks);
  for (std::size_t i = 0; i < records.size(); i += step) {
    for (const InfoSensor& sensor : records[i].keyframe)
      found += fs::is_regular_file(root / sensor.file, code);
  }
  return found;
}

#ifdef HBEV_HAS_OPENCV
/// From the head of the file; nothing when it is absent or no JPEG.
std::optional<JpegSize> sizeOf(const fs::path& file) {
  std::error_code code;
  if (!fs::is_regular_file(file, code)) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::vector<char> head(1 << 16);
  in.read(head.data(), std::streamsize(head.size()));
  if (in.gcount() <= 0) return std::nullopt;
  return jpegSize(std::as_bytes(std::span(head).first(std::size_t(in.gcount()))));
}
#endif

}  // namespace

fs::path findInfosRoot(const fs::path& file, const std::vector<InfoRecord>& records,
                       std::vector<DatasetIssue>& issues) {
  const std::vector<fs::path> folders = candidates(file);
  std::pair<std::size_t, const fs::path*> best{0, nullptr};
  for (const fs::path& folder : folders) {
    const std::size_t found = filesFound(folder, records);
    if (found > best.first) best = {found, &folder};
  }
  if (best.second) return *best.second;
  issues.push_back({"The pictures that the infos name are not beside the file",
                    "Put it into the nuScenes folder to see them."});
  std::error_code code;
  for (const fs::path& folder : folders) {
    if (fs::is_directory(folder / "gts", code) || fs::is_directory(folder / "openocc_v2", code))
      return folder;
  }
  return folders.front();
}

void setImageSizes([[maybe_unused]] const fs::path& root, [[maybe_unused]] std::vector<InfoRecord>& records) {
#ifdef HBEV_HAS_OPENCV
  std::array<std::optional<JpegSize>, kCameraCount> sizes;
  std::array<std::size_t, kCameraCount> looks{};
  for (const InfoRecord& record : records) {
    for (const InfoSensor& sensor : record.keyframe) {
      if (sensor.slot >= kCameraCount || sizes[sensor.slot] || ++looks[sensor.slot] > kLooks) continue;
      sizes[sensor.slot] = sizeOf(root / sensor.file);
    }
  }
  const auto fill = [&](InfoSensor& sensor) {
    if (sensor.slot >= kCameraCount || sensor.width > 0 || !sizes[sensor.slot]) return;
    sensor.width = sizes[sensor.slot]->width;
    sensor.height = sizes[sensor.slot]->height;
  };
  for (InfoRecord& record : records) {
    std::for_each(record.keyframe.begin(), record.keyframe.end(), fill);
    std::for_each(record.sweeps.begin(), record.sweeps.end(), fill);
  }
#endif
}

}  // namespace hbev
