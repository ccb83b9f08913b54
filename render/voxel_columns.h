// The voxels that a filter shows, as one bit mask per column: what meshing and overlays walk instead of
// bytes.
#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "core/data/occupancy.h"
#include "render/frame_scene.h"

namespace hbev {

/// Throws Error unless the arrays have the grid's size and the grid has at most 64 layers and 2047 voxels
/// across.
void requireDrawable(const Occupancy& occupancy);

/// Bit z of `at(x, y)` says whether voxel [x, y, z] is shown. At most 64 layers.
class VoxelColumns {
 public:
  VoxelColumns() = default;
  /// Throws Error as requireDrawable() does.
  VoxelColumns(const Occupancy& occupancy, const VoxelFilter& filter);

  const Eigen::Vector3i& dims() const { return dims_; }
  /// Also one step outside the grid on each side, where nothing is shown.
  std::uint64_t at(int x, int y) const { return bits_[offset(x, y)]; }
  bool isShown(const Eigen::Vector3i& voxel) const { return at(voxel.x(), voxel.y()) >> voxel.z() & 1U; }
  void hide(const Eigen::Vector3i& voxel) {
    bits_[offset(voxel.x(), voxel.y())] &= ~(std::uint64_t{1} << voxel.z());
  }

 private:
  std::size_t offset(int x, int y) const {
    return std::size_t(x + 1) * std::size_t(dims_.y() + 2) + std::size_t(y + 1);
  }

  Eigen::Vector3i dims_{0, 0, 0};
  std::vector<std::uint64_t> bits_;  // A border of empty columns saves every neighbour's bounds check.
};

}  // namespace hbev
