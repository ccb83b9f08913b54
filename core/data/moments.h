// The moments of a scene at its cameras' own rate: what each camera shows between two keyframes, and where
// the car is then.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/keyframe.h"
#include "core/geometry/pose_track.h"

namespace hbev {

/// Times are on the keyframes' clock: a camera that fires 30 ms after the lidar shows its keyframe picture at
/// the keyframe's time, and its other pictures as much earlier. So every keyframe is a moment, with exactly
/// the keyframe's pictures.
struct Moment {
  std::int64_t timestamp_us = 0;
  std::size_t keyframe = 0;  ///< the nearest in time (in the scene): its voxels are the ones to show
  bool is_keyframe = false;
  /// Where the car is in the frame of that keyframe's voxels; the identity at a keyframe.
  Pose keyframe_from_ego;
  /// What each camera shows, with its own ego pose; empty where it shows nothing within a quarter of a
  /// second.
  std::array<std::optional<CameraReading>, kCameraCount> cameras;
};

/// What moments are made of.
struct MomentSources {
  std::vector<std::int64_t> keyframe_times_us;                 ///< ascending
  std::vector<Pose> global_from_keyframe;                      ///< the voxels' frames, as many
  std::array<std::vector<CameraFrame>, kCameraCount> cameras;  ///< each ascending in time
  std::vector<StampedPose> track;  ///< of the car; without one the keyframes' poses are it
};

/// In time order, from the first to the last keyframe. The camera with the most pictures is the clock.
/// Without pictures between the keyframes these are the keyframes alone.
std::vector<Moment> makeMoments(const MomentSources& sources);

/// Of a scene of a data set.
std::vector<Moment> momentsOf(const Dataset& dataset, std::size_t scene);

}  // namespace hbev
