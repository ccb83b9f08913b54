#include "render/picking.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hbev {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Where a ray, in voxels, is inside the grid: from `enter` to `leave`, in units of its direction.
struct Span {
  double enter = 0, leave = kInfinity;
  int axis = -1;  ///< of the face through which it enters, -1 when it starts inside
};

Span clipToGrid(const Eigen::Vector3d& start, const Eigen::Vector3d& step, const Eigen::Vector3i& dims) {
  Span span;
  for (int axis = 0; axis < 3; ++axis) {
    if (step[axis] == 0) {
      if (start[axis] < 0 || start[axis] >= dims[axis]) span.leave = -1;
      continue;
    }
    const double a = -start[axis] / step[axis], b = (dims[axis] - start[axis]) / step[axis];
    if (std::min(a, b) > span.enter) {
      span.enter = std::min(a, b);
      span.axis = axis;
    }
    span.leave = std::min(span.leave, std::max(a, b));
  }
  return span;
}

}  // namespace

bool VoxelFilter::admitsColumn(const GridSpec& grid, int x, int y) const {
  constexpr double kRounding_m = 1e-6;  // a limit may be where voxels have their centres
  const Eigen::Array2d center = grid.center({x, y, 0}).head<2>();
  const Eigen::Array2d low(x_min_m, y_min_m), high(x_max_m, y_max_m);
  if ((center < low - kRounding_m).any() || (center > high + kRounding_m).any()) return false;
  if (range_min_m <= 0 && range_max_m >= kEverywhere_m) return true;
  const double range_m = center.matrix().norm();
  return range_m >= range_min_m && range_m < range_max_m;
}

bool isShown(const Occupancy& occupancy, const VoxelFilter& filter, std::size_t index, int z) {
  const std::uint8_t label = occupancy.semantics[index];
  if (label >= occupancy.classes->free() || label >= 32 || (filter.visible_classes >> label & 1U) == 0)
    return false;
  if (z < filter.z_min || z > filter.z_max) return false;
  if (filter.camera_mask_only && !occupancy.mask_camera.empty() && occupancy.mask_camera[index] != 1)
    return false;
  const std::size_t column = index / std::size_t(occupancy.grid.dims.z());
  const auto columns = std::size_t(occupancy.grid.dims.y());
  return filter.admitsColumn(occupancy.grid, int(column / columns), int(column % columns));
}

std::optional<Eigen::Vector3i> nextShown(const Occupancy& occupancy, const VoxelFilter& filter,
                                         const Eigen::Vector3i& from, const Eigen::Vector3i& step) {
  const GridSpec& grid = occupancy.grid;
  if (step.isZero()) return std::nullopt;
  for (Eigen::Vector3i voxel = from + step; grid.contains(voxel); voxel += step) {
    if (isShown(occupancy, filter, grid.index(voxel), voxel.z())) return voxel;
  }
  return std::nullopt;
}

std::optional<PickedVoxel> pickVoxel(const Occupancy& occupancy, const VoxelFilter& filter,
                                     const Eigen::Vector3d& origin, const Eigen::Vector3d& direction) {
  const GridSpec& grid = occupancy.grid;
  const double length = direction.norm();
  if (!(length > 0) || !direction.allFinite() || !origin.allFinite()) return std::nullopt;
  // Voxel units for places, metres for the way along the ray.
  const Eigen::Vector3d start = (origin - grid.origin) / grid.voxel_m;
  const Eigen::Vector3d step = direction / (length * grid.voxel_m);
  const Span span = clipToGrid(start, step, grid.dims);
  if (span.enter > span.leave) return std::nullopt;

  Eigen::Vector3i voxel, sign;
  Eigen::Vector3d next, stride;
  for (int axis = 0; axis < 3; ++axis) {
    const double at = start[axis] + span.enter * step[axis];
    voxel[axis] = std::clamp(int(std::floor(at)), 0, grid.dims[axis] - 1);
    if (axis == span.axis)
      voxel[axis] = step[axis] > 0 ? 0 : grid.dims[axis] - 1;  // at is on the border, rounded
    sign[axis] = step[axis] > 0 ? 1 : -1;
    stride[axis] = step[axis] == 0 ? kInfinity : std::abs(1 / step[axis]);
    next[axis] =
        step[axis] == 0 ? kInfinity : (voxel[axis] + (step[axis] > 0 ? 1 : 0) - start[axis]) / step[axis];
  }
  double distance_m = span.enter;
  int axis = span.axis;
  while (true) {
    if (isShown(occupancy, filter, grid.index(voxel), voxel.z())) {
      PickedVoxel picked{voxel, distance_m, Eigen::Vector3i::Zero()};
      if (axis >= 0) picked.face[axis] = -sign[axis];
      return picked;
    }
    next.minCoeff(&axis);
    distance_m = next[axis];
    next[axis] += stride[axis];
    voxel[axis] += sign[axis];
    if (voxel[axis] < 0 || voxel[axis] >= grid.dims[axis]) return std::nullopt;
  }
}

}  // namespace hbev
