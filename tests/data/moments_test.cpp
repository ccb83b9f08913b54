#include "core/data/moments.h"

#include <gtest/gtest.h>

namespace hbev {
namespace {

constexpr std::int64_t kSecond = 1'000'000, kStart = 1'530'000'000 * kSecond;

/// A car that drives 10 m/s along x and turns 0.2 rad/s; keyframes each half second, pictures each 1/12 s
/// that are `late_us` late.
struct Drive {
  static Pose at(std::int64_t time_us) {
    const double seconds = double(time_us - kStart) * 1e-6;
    return Pose::fromYaw(0.2 * seconds, {10 * seconds, 0, 0});
  }

  explicit Drive(std::size_t keyframes, std::int64_t late_us = 0) {
    for (std::size_t i = 0; i < keyframes; ++i) {
      sources.keyframe_times_us.push_back(kStart + std::int64_t(i) * kSecond / 2);
      sources.global_from_keyframe.push_back(at(sources.keyframe_times_us.back()));
    }
    const std::int64_t end = sources.keyframe_times_us.back();
    for (std::int64_t i = -6; kStart + i * kSecond / 12 <= end + kSecond / 2; ++i) {
      const std::int64_t time = kStart + i * kSecond / 12;
      sources.track.push_back({time, at(time)});
      for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
        CameraFrame frame;
        frame.reading.timestamp_us = time + late_us * std::int64_t(camera + 1);
        frame.reading.file = std::to_string(i);
        frame.is_keyframe = i >= 0 && i % 6 == 0 && time <= end;
        sources.cameras[camera].push_back(frame);
      }
    }
  }
  MomentSources sources;
};

TEST(Moments, RunFromTheFirstToTheLastKeyframeAtTwelveHertz) {
  const std::vector<Moment> moments = makeMoments(Drive(4).sources);
  ASSERT_EQ(moments.size(), 3 * 6 + 1U);
  for (std::size_t i = 0; i < moments.size(); ++i) {
    EXPECT_EQ(moments[i].timestamp_us, kStart + std::int64_t(i) * kSecond / 12);
    EXPECT_EQ(moments[i].is_keyframe, i % 6 == 0);
    EXPECT_EQ(moments[i].keyframe, (i + 2) / 6) << "the nearest one; halfway it is the earlier";
    for (const auto& camera : moments[i].cameras)
      EXPECT_EQ(camera->file.string(), std::to_string(i));
  }
}

TEST(Moments, TheWorldStandsStill) {
  const Drive drive(4);
  for (const Moment& moment : makeMoments(drive.sources)) {
    const Pose global_from_ego =
        drive.sources.global_from_keyframe[moment.keyframe] * moment.keyframe_from_ego;
    EXPECT_LT((global_from_ego.matrix() - Drive::at(moment.timestamp_us).matrix()).norm(), 1e-9);
    if (moment.is_keyframe) {
      EXPECT_EQ(moment.keyframe_from_ego.matrix(), Eigen::Matrix4d::Identity());
    }
  }
}

TEST(Moments, CamerasThatFireLateShowTheirKeyframePicturesAtTheKeyframe) {
  const std::vector<Moment> moments = makeMoments(Drive(3, 11'000).sources);  // up to 66 ms
  ASSERT_EQ(moments.size(), 2 * 6 + 1U);
  for (std::size_t i = 0; i < moments.size(); ++i) {
    EXPECT_EQ(moments[i].is_keyframe, i % 6 == 0);
    for (const auto& camera : moments[i].cameras)
      EXPECT_EQ(camera->file.string(), std::to_string(i));
  }
}

TEST(Moments, WithoutPicturesBetweenThereAreTheKeyframesAlone) {
  Drive drive(3);
  for (auto& camera : drive.sources.cameras)
    std::erase_if(camera, [](const CameraFrame& frame) { return !frame.is_keyframe; });
  EXPECT_EQ(makeMoments(drive.sources).size(), 3U);
  for (auto& camera : drive.sources.cameras)
    camera.clear();
  const std::vector<Moment> moments = makeMoments(drive.sources);
  ASSERT_EQ(moments.size(), 3U);
  EXPECT_TRUE(moments[1].is_keyframe);
  EXPECT_FALSE(moments[1].cameras[0]);
  EXPECT_TRUE(makeMoments({}).empty());
}

TEST(Moments, ACameraWithAGapShowsNothingInIt) {
  Drive drive(4);
  auto& front = drive.sources.cameras[std::size_t(Camera::Front)];
  std::erase_if(front,
                [](const CameraFrame& frame) { return frame.reading.timestamp_us > kStart + kSecond / 4; });
  const std::vector<Moment> moments = makeMoments(drive.sources);
  EXPECT_EQ(moments.size(), 19U) << "another camera is the clock";
  EXPECT_TRUE(moments[3].cameras[std::size_t(Camera::Front)]);
  EXPECT_FALSE(moments[12].cameras[std::size_t(Camera::Front)]);
  EXPECT_TRUE(moments[12].cameras[std::size_t(Camera::Back)]);
}

TEST(Moments, WithoutATrackTheCarIsBetweenTheKeyframes) {
  Drive drive(2);
  drive.sources.track.clear();
  const std::vector<Moment> moments = makeMoments(drive.sources);
  ASSERT_EQ(moments.size(), 7U);
  EXPECT_NEAR(moments[3].keyframe_from_ego.translation().x(), 2.5, 1e-6);
  EXPECT_NEAR(moments[4].keyframe_from_ego.yaw_rad(), -0.2 / 6, 1e-6);
}

}  // namespace
}  // namespace hbev
