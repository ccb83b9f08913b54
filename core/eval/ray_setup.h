// What is known of a ray before it walks: direction, voxel borders and steps, in the reference's arithmetic.
// Inlined always: a file compiled for AVX2 must not emit functions that others might link to.
#pragma once

#include <cfloat>
#include <cmath>
#include <cstddef>

#include <Eigen/Core>

namespace hbev::ray_setup {

/// Throws Error when the origin is not finite or absurdly far away, or there is not one hit for each ray.
void requireUsable(const Eigen::Vector3d& origin_m, std::size_t rays, std::size_t hits);

// The metric's grid as the reference writes it. The voxel size is a float there, and takes part as one.
inline constexpr int kDims[3] = {200, 200, 16};
inline constexpr double kLower_m[3] = {-40.0, -40.0, -1.0};
inline constexpr double kVoxel_m = double(0.4F);
// The reference gives up after this many steps.
inline constexpr int kMaxSteps = 1001;

/// A coordinate in m to voxels, through float.
[[gnu::always_inline]] inline double toVoxels(double metres, int axis) {
  return double(float((metres - kLower_m[axis]) / kVoxel_m));
}

/// How a ray crosses the borders between voxels along one axis, in voxels along the ray.
struct AxisWalk {
  double next;   ///< distance at which the ray leaves the voxel that it is in
  double delta;  ///< distance between two borders
  int step;      ///< +1 or -1
};

/// `origin` in voxels and the voxel it lies in, `direction` of the unit vector.
[[gnu::always_inline]] inline AxisWalk axisWalk(double origin, int voxel, double direction) {
  const bool forward = direction >= 0;
  const bool moves = direction != 0;
  const double divisor = moves ? direction : 1.0;
  const double step = forward ? 1.0 : -1.0;
  const double border = double(voxel) + (forward ? 1.0 : 0.0);
  const double next = (border - origin) / divisor;
  const double delta = step / divisor;
  return {moves ? next : DBL_MAX, moves ? delta : DBL_MAX, forward ? 1 : -1};
}

/// The origin of rays in voxels, and the voxel that holds it by truncation: up to one voxel below the grid
/// counts as its first voxel.
struct Start {
  double position[3];
  int voxel[3];
  bool inside;
};

inline Start startOf(const Eigen::Vector3d& origin_m) {
  Start start{};
  start.inside = true;
  for (int axis = 0; axis < 3; ++axis) {
    start.position[axis] = toVoxels(origin_m[axis], axis);
    start.voxel[axis] = int(start.position[axis]);
    start.inside = start.inside && start.voxel[axis] >= 0 && start.voxel[axis] < kDims[axis];
  }
  return start;
}

}  // namespace hbev::ray_setup
