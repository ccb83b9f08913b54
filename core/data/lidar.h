// Lidar sweeps as nuScenes stores them (.pcd.bin).
#pragma once

#include <filesystem>
#include <vector>

namespace hbev {

/// In the lidar's frame: x right, y forward, z up; m.
struct LidarPoint {
  float x, y, z;
  float intensity;  ///< 0 to 255
  float ring;       ///< 0 to 31
};
static_assert(sizeof(LidarPoint) == 20, "the file's layout: float32 x 5");

/// Reads a .pcd.bin. Points that are not finite are dropped. Throws Error when the file is absent or its size
/// is no multiple of 20 bytes.
std::vector<LidarPoint> readLidar(const std::filesystem::path& file);

}  // namespace hbev
