// Where a vehicle was at any time, from poses at some times.
#pragma once

#include <cstdint>
#include <span>

#include "core/geometry/pose.h"

namespace hbev {

struct StampedPose {
  std::int64_t timestamp_us = 0;
  Pose global_from_ego;
};

/// Interpolated between the two poses around `timestamp_us` (straight line, constant turn rate); the first or
/// last one outside of the track. `track` ascends in time and is not empty. At a time of the track it is that
/// pose exactly.
Pose poseAt(std::span<const StampedPose> track, std::int64_t timestamp_us);

}  // namespace hbev
