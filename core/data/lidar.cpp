#include "core/data/lidar.h"

#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {

std::vector<LidarPoint> readLidar(const std::filesystem::path& file) {
  // A sweep has about 35,000 points; ten aggregated ones are still far below this.
  const std::vector<std::byte> bytes = readFile(file, std::uint64_t(256) << 20);
  if (bytes.size() % sizeof(LidarPoint) != 0) {
    throw Error({file.filename().string() + " cannot be read", file,
                 "float32 x 5 for each point (a multiple of 20 bytes)", fmt::format("{} bytes", bytes.size()),
                 "Copy the file again."});
  }
  std::vector<LidarPoint> points(bytes.size() / sizeof(LidarPoint));
  if (!points.empty()) std::memcpy(points.data(), bytes.data(), bytes.size());
  std::erase_if(points, [](const LidarPoint& point) {
    return !std::isfinite(point.x) || !std::isfinite(point.y) || !std::isfinite(point.z);
  });
  return points;
}

}  // namespace hbev
