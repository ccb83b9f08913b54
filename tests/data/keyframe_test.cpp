#include "core/data/keyframe.h"

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/base/expect_error.h"

namespace hbev {
namespace {

TEST(Keyframe, ChannelsAreFoundByName) {
  for (std::size_t i = 0; i < kCameraCount; ++i)
    EXPECT_EQ(findCamera(cameraChannel(Camera(i))), Camera(i));
  EXPECT_EQ(cameraChannel(Camera::BackRight), "CAM_BACK_RIGHT");
  EXPECT_EQ(cameraTitle(Camera::FrontLeft), "Front left");
  EXPECT_EQ(findCamera("LIDAR_TOP"), std::nullopt);
  EXPECT_EQ(findCamera(""), std::nullopt);
}

TEST(Keyframe, PixelsAndVoxelsMeetThroughBothEgoPoses) {
  Keyframe keyframe;
  keyframe.lidar.emplace().global_from_ego = Pose::fromTranslation({100, 0, 0});
  CameraReading& camera = keyframe.cameras[std::size_t(Camera::Front)].emplace();
  camera.global_from_ego = Pose::fromTranslation({99, 0, 0});  // the picture was taken a metre earlier
  camera.ego_from_sensor = Pose::fromTranslation({2, 0, 1});
  // 10 m before the ego at the lidar's time is 11 m before it at the camera's, 9 m before the camera.
  const Eigen::Vector3d seen = keyframe.camera_from_ego(Camera::Front) * Eigen::Vector3d(10, 0, 0);
  EXPECT_LT((seen - Eigen::Vector3d(9, 0, -1)).norm(), 1e-12);
}

TEST(Keyframe, WithoutALidarTheFirstCameraSaysWhereTheEgoIs) {
  Keyframe keyframe;
  EXPECT_LT((keyframe.global_from_ego().matrix() - Eigen::Matrix4d::Identity()).norm(), 1e-12);
  keyframe.cameras[4].emplace().global_from_ego = Pose::fromTranslation({7, 0, 0});
  EXPECT_EQ(keyframe.global_from_ego().translation().x(), 7);
}

TEST(Keyframe, AMissingCameraIsNamed) {
  Keyframe keyframe;
  keyframe.token = "a0";
  EXPECT_EQ(test::problemOf([&] { keyframe.camera_from_ego(Camera::Back); }).summary,
            "Back camera is missing in keyframe a0");
}

}  // namespace
}  // namespace hbev
