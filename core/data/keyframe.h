// One 2 Hz sample of a nuScenes scene: where its sensors' files are and how they were placed. No pixels yet.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/geometry/box.h"
#include "core/geometry/camera.h"
#include "core/geometry/pose.h"

namespace hbev {

/// The six cameras in the reference's order, in which the network takes them too. The first one's ego pose is
/// the network's key ego.
enum class Camera : std::uint8_t { FrontLeft, Front, FrontRight, BackLeft, Back, BackRight };
inline constexpr std::size_t kCameraCount = 6;
std::string_view cameraChannel(Camera camera);  ///< "CAM_FRONT_LEFT"
std::string_view cameraTitle(Camera camera);    ///< "Front left"
std::optional<Camera> findCamera(std::string_view channel);

/// One sensor's data at its own time stamp, with its own ego pose.
struct SensorReading {
  std::filesystem::path file;
  std::int64_t timestamp_us = 0;
  Pose ego_from_sensor;
  Pose global_from_ego;

  Pose global_from_sensor() const { return global_from_ego * ego_from_sensor; }
};

struct CameraReading : SensorReading {
  CameraModel model;
};

/// An annotated object.
struct BoxAnnotation {
  OrientedBox box;                     ///< in global
  Eigen::Vector2d velocity_mps{0, 0};  ///< in global; zero where it cannot be computed
  std::string category;                ///< "vehicle.car"
  int lidar_points = 0;
};

/// A keyframe's place in a data set.
struct FrameKey {
  std::size_t scene = 0;  ///< index into Dataset::scenes()
  std::size_t index = 0;  ///< in the scene
  auto operator<=>(const FrameKey&) const = default;
};

struct Keyframe {
  std::string token;
  std::string scene_name;
  std::size_t scene = 0;  ///< index into Dataset::scenes()
  std::size_t index_in_scene = 0;
  std::int64_t timestamp_us = 0;  ///< the sample's: the lidar's time
  std::array<std::optional<CameraReading>, kCameraCount> cameras;
  std::optional<SensorReading> lidar;
  std::vector<BoxAnnotation> boxes;
  std::vector<std::string> problems;  ///< what of this keyframe cannot be used, and why: one sentence each

  /// The frame that voxels live in: ego at the lidar's time stamp (the first camera's without a lidar).
  const Pose& global_from_ego() const;
  /// Pixel-side frame from voxel-side frame through both ego poses. The camera must be present.
  Pose camera_from_ego(Camera camera) const;
};

}  // namespace hbev
