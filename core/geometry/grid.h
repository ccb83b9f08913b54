// The voxel grid: origin, voxel size, dimensions. Index [x, y, z], z fastest in memory (C order).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <Eigen/Core>

namespace hbev {

struct GridSpec {
  Eigen::Vector3d origin{-40.0, -40.0, -1.0};  ///< m, the lower corner of voxel [0, 0, 0], in ego
  double voxel_m = 0.4;                        ///< edge length, m
  Eigen::Vector3i dims{200, 200, 16};

  std::size_t size() const { return std::size_t(dims.x()) * std::size_t(dims.y()) * std::size_t(dims.z()); }
  std::size_t index(int x, int y, int z) const {
    return (std::size_t(x) * std::size_t(dims.y()) + std::size_t(y)) * std::size_t(dims.z()) + std::size_t(z);
  }
  std::size_t index(const Eigen::Vector3i& voxel) const { return index(voxel.x(), voxel.y(), voxel.z()); }
  Eigen::Vector3i voxel(std::size_t index) const;
  bool contains(const Eigen::Vector3i& voxel) const {
    return (voxel.array() >= 0).all() && (voxel.array() < dims.array()).all();
  }
  Eigen::Vector3d center(const Eigen::Vector3i& voxel) const {
    return origin + voxel_m * (voxel.cast<double>().array() + 0.5).matrix();
  }
  Eigen::Vector3d upperCorner() const { return origin + voxel_m * dims.cast<double>(); }
  /// The voxel that holds `point` (m), or nothing outside the grid. Lower faces belong to the voxel.
  std::optional<Eigen::Vector3i> voxelAt(const Eigen::Vector3d& point) const;
  bool operator==(const GridSpec&) const = default;
};

/// 200 x 200 x 16 voxels of 0.4 m from (-40, -40, -1): Occ3D, OpenOcc and every metric of theirs.
inline GridSpec occ3dGrid() {
  return {};
}

}  // namespace hbev
