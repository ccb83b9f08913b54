// Lidar sweeps (.pcd.bin).
#include <cmath>

#include "core/data/lidar.h"
#include "tests/fuzz/target.h"

using namespace hbev;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  file.write(fuzz::textOf(data, size));
  fuzz::readOrRefuse([&] {
    const std::vector<LidarPoint> points = readLidar(file.path());
    fuzz::require(points.size() * sizeof(LidarPoint) <= size, "no more points than bytes");
    for (const LidarPoint& point : points) {
      fuzz::require(std::isfinite(point.x) && std::isfinite(point.y) && std::isfinite(point.z),
                    "finite positions");
    }
  });
  return 0;
}
