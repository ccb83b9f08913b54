#include "core/synth/rig.h"

#include <array>
#include <numbers>

namespace hbev::synth {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

struct Mount {
  const char* channel;
  double x, y, z, yaw_deg, pitch_deg;
  double focal, center_u, center_v;  // px of 1600 x 900
  std::int64_t offset_us;
};

// A car like nuScenes': the lidar turns clockwise and each camera fires when it looks that way.
constexpr std::array<Mount, 6> kCameras{
    {{"CAM_FRONT_LEFT", 1.52, 0.49, 1.51, 55.2, 0.3, 1268, 818, 484, -43100},
     {"CAM_FRONT", 1.70, 0.01, 1.51, 0.2, 0.2, 1264, 812, 489, -35400},
     {"CAM_FRONT_RIGHT", 1.55, -0.49, 1.50, -56.1, 0.4, 1262, 809, 493, -27600},
     {"CAM_BACK_RIGHT", 1.02, -0.48, 1.56, -110.2, 0.5, 1260, 806, 498, -20000},
     {"CAM_BACK", 0.03, 0.0, 1.58, 180.3, 0.8, 810, 824, 484, -10400},
     {"CAM_BACK_LEFT", 1.03, 0.48, 1.59, 108.4, 0.4, 1258, 797, 492, -600}}};

/// ego_from_camera of a camera that looks along `yaw`, tilted down by `pitch`.
Pose cameraPose(const Mount& mount) {
  Eigen::Matrix3d axes;  // columns: the camera's x right, y down, z forward in a frame that looks along x
  axes << 0, 0, 1, -1, 0, 0, 0, -1, 0;
  const Eigen::Matrix3d turn = (Eigen::AngleAxisd(mount.yaw_deg * kDegree, Eigen::Vector3d::UnitZ()) *
                                Eigen::AngleAxisd(mount.pitch_deg * kDegree, Eigen::Vector3d::UnitY()))
                                   .toRotationMatrix();
  return {Eigen::Quaterniond(turn * axes), {mount.x, mount.y, mount.z}};
}

}  // namespace

std::vector<SensorMount> recordingRig(int width, int height) {
  std::vector<SensorMount> rig;
  for (const Mount& mount : kCameras) {
    CameraModel model;
    model.intrinsics << mount.focal, 0, mount.center_u, 0, mount.focal, mount.center_v, 0, 0, 1;
    model.width = 1600;
    model.height = 900;
    rig.push_back({mount.channel, cameraPose(mount), model.scaledTo(width, height), mount.offset_us, 83333});
  }
  rig.push_back({"LIDAR_TOP", Pose::fromYaw(-std::numbers::pi / 2, {0.94, 0.0, 1.84}), {}, 0, 50000});
  return rig;
}

}  // namespace hbev::synth
