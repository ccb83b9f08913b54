// The recording car: where its sensors sit, what its cameras are like, and when each of them fires.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/geometry/camera.h"
#include "core/geometry/pose.h"

namespace hbev::synth {

struct SensorMount {
  std::string channel;  ///< "CAM_FRONT", "LIDAR_TOP"
  Pose ego_from_sensor;
  CameraModel model;               ///< no size for the lidar
  std::int64_t offset_us = 0;      ///< of its stamp from the keyframe's
  std::int64_t sweep_step_us = 0;  ///< between two of its sweeps

  bool isCamera() const { return model.width > 0; }
};

/// Six cameras for pictures of `width` x `height`, then LIDAR_TOP.
std::vector<SensorMount> recordingRig(int width, int height);

}  // namespace hbev::synth
