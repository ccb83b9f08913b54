#include "core/geometry/grid.h"

#include <cmath>

namespace hbev {

Eigen::Vector3i GridSpec::voxel(std::size_t index) const {
  const std::size_t z = index % std::size_t(dims.z());
  const std::size_t column = index / std::size_t(dims.z());
  return {int(column / std::size_t(dims.y())), int(column % std::size_t(dims.y())), int(z)};
}

std::optional<Eigen::Vector3i> GridSpec::voxelAt(const Eigen::Vector3d& point) const {
  const Eigen::Vector3d scaled = (point - origin) / voxel_m;
  Eigen::Vector3i voxel;
  for (int axis = 0; axis < 3; ++axis) {
    const double cell = std::floor(scaled[axis]);
    if (!(cell >= 0 && cell < dims[axis])) return std::nullopt;  // also catches NaN
    voxel[axis] = int(cell);
  }
  return voxel;
}

}  // namespace hbev
