// From where the metric casts its rays: the lidar's places during the scene, seen from one keyframe.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/data/keyframe.h"

namespace hbev {

inline constexpr std::size_t kMaxOrigins = 8;

/// Origins in m in the ego frame of keyframe `reference`: the places of the lidar in all keyframes of the
/// scene (`readings`, in time order) that lie within 39 m in x and y; eight of them, evenly chosen, when
/// there are more. The arithmetic (places rounded to float in the reference's lidar frame, half-to-even
/// choice) is that of the metric's authors. Keyframes without a lidar are passed over. Throws Error when
/// `reference` itself has none.
std::vector<Eigen::Vector3d> lidarOrigins(std::span<const std::optional<SensorReading>> readings,
                                          std::size_t reference);

}  // namespace hbev
