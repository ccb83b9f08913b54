#include "core/geometry/pose_track.h"

#include <algorithm>

namespace hbev {

Pose poseAt(std::span<const StampedPose> track, std::int64_t timestamp_us) {
  const auto after = std::ranges::lower_bound(track, timestamp_us, {}, &StampedPose::timestamp_us);
  if (after == track.end()) return track.back().global_from_ego;
  if (after == track.begin() || after->timestamp_us == timestamp_us) return after->global_from_ego;
  const StampedPose& before = *std::prev(after);
  const double way = double(timestamp_us - before.timestamp_us);
  return interpolate(before.global_from_ego, after->global_from_ego,
                     way / double(after->timestamp_us - before.timestamp_us));
}

}  // namespace hbev
