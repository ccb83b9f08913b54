#include "core/data/keyframe.h"

#include "core/base/error.h"

namespace hbev {
namespace {

constexpr std::array<std::string_view, kCameraCount> kChannels{
    "CAM_FRONT_LEFT", "CAM_FRONT", "CAM_FRONT_RIGHT", "CAM_BACK_LEFT", "CAM_BACK", "CAM_BACK_RIGHT"};
constexpr std::array<std::string_view, kCameraCount> kTitles{"Front left", "Front", "Front right",
                                                             "Back left",  "Back",  "Back right"};

}  // namespace

std::string_view cameraChannel(Camera camera) {
  return kChannels[std::size_t(camera)];
}
std::string_view cameraTitle(Camera camera) {
  return kTitles[std::size_t(camera)];
}

std::optional<Camera> findCamera(std::string_view channel) {
  for (std::size_t i = 0; i < kCameraCount; ++i) {
    if (kChannels[i] == channel) return Camera(i);
  }
  return std::nullopt;
}

const Pose& Keyframe::global_from_ego() const {
  static const Pose kIdentity;
  if (lidar) return lidar->global_from_ego;
  for (const auto& camera : cameras) {
    if (camera) return camera->global_from_ego;
  }
  return kIdentity;
}

Pose Keyframe::camera_from_ego(Camera camera) const {
  const auto& reading = cameras[std::size_t(camera)];
  if (!reading) {
    throw Error(
        {std::string(cameraTitle(camera)) + " camera is missing in keyframe " + token, {}, {}, {}, {}});
  }
  return reading->global_from_sensor().inverse() * global_from_ego();
}

}  // namespace hbev
