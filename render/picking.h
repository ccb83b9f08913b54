// The voxel under a pixel, by walking the grid along the pixel's ray. No depth buffer is read.
#pragma once

#include <optional>

#include <Eigen/Core>

#include "render/frame_scene.h"

namespace hbev {

struct PickedVoxel {
  Eigen::Vector3i voxel;
  double distance_m;     ///< from `origin` to where the ray enters the voxel
  Eigen::Vector3i face;  ///< outward normal of the face that was hit; zero when the ray starts inside
};

/// The first voxel that `filter` shows along a ray in ego. `direction` need not be of unit length.
std::optional<PickedVoxel> pickVoxel(const Occupancy& occupancy, const VoxelFilter& filter,
                                     const Eigen::Vector3d& origin, const Eigen::Vector3d& direction);

/// True when `filter` shows the voxel at `index`.
bool isShown(const Occupancy& occupancy, const VoxelFilter& filter, std::size_t index, int z);

/// The next voxel that `filter` shows on the straight line from `from` along `step`, one of the six
/// directions of the grid; nothing where there is none.
std::optional<Eigen::Vector3i> nextShown(const Occupancy& occupancy, const VoxelFilter& filter,
                                         const Eigen::Vector3i& from, const Eigen::Vector3i& step);

}  // namespace hbev
