// The directions in which the metric looks: a virtual lidar of 39 rings, in the ego frame.
#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>

namespace hbev {

inline constexpr std::size_t kLidarRings = 39;
inline constexpr std::size_t kLidarAzimuths = 360;

/// Unit directions, ring by ring from steepest down to highest up, azimuths of 1 degree from +x towards +y
/// fastest: 39 x 360. Computed in double and rounded to float, as the metric's authors do (OccNet,
/// SparseOcc).
const std::vector<Eigen::Vector3f>& lidarRays();

}  // namespace hbev
