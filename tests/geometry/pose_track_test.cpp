#include "core/geometry/pose_track.h"

#include <gtest/gtest.h>

#include "tests/geometry/random_pose.h"

namespace hbev {
namespace {

double distance(const Pose& a, const Pose& b) {
  return (a.matrix() - b.matrix()).norm();
}

TEST(PoseTrack, IsExactAtItsOwnTimesAndStillBeyondItsEnds) {
  test::RandomGeometry random(3);
  std::vector<StampedPose> track;
  for (int i = 0; i < 20; ++i)
    track.push_back({1'500'000'000'000'000 + 83'333 * i, random.pose()});
  for (const StampedPose& stamped : track)
    EXPECT_EQ(poseAt(track, stamped.timestamp_us).matrix(), stamped.global_from_ego.matrix());
  EXPECT_EQ(poseAt(track, 0).matrix(), track.front().global_from_ego.matrix());
  EXPECT_EQ(poseAt(track, 2'000'000'000'000'000).matrix(), track.back().global_from_ego.matrix());
}

TEST(PoseTrack, HalfwayIsHalfTheWayAndHalfTheTurn) {
  const std::vector<StampedPose> track{{0, Pose::fromYaw(0.2, {1, 2, 3})},
                                       {100, Pose::fromYaw(0.6, {3, 6, 3})}};
  EXPECT_LT(distance(poseAt(track, 50), Pose::fromYaw(0.4, {2, 4, 3})), 1e-12);
  EXPECT_LT(distance(poseAt(track, 25), Pose::fromYaw(0.3, {1.5, 3, 3})), 1e-12);
}

TEST(PoseTrack, AQuaternionsSignDoesNotMatter) {
  test::RandomGeometry random(4);
  for (int round = 0; round < 50; ++round) {
    const Pose a = random.pose(), b = random.pose();
    const Eigen::Quaterniond turned(-b.rotation().coeffs());
    const std::vector<StampedPose> plain{{0, a}, {1000, b}},
        negated{{0, a}, {1000, Pose(turned, b.translation())}};
    for (const int at : {100, 500, 900})
      EXPECT_LT(distance(poseAt(plain, at), poseAt(negated, at)), 1e-9);
  }
}

TEST(PoseTrack, TurnsAtAConstantRateTheShortWay) {
  test::RandomGeometry random(5);
  for (int round = 0; round < 50; ++round) {
    const std::vector<StampedPose> track{{0, random.pose()}, {900, random.pose()}};
    const auto turn = [&](std::int64_t from, std::int64_t to) {
      return poseAt(track, from).rotation().angularDistance(poseAt(track, to).rotation());
    };
    const double all = turn(0, 900);
    EXPECT_NEAR(turn(0, 300), all / 3, 1e-6);
    EXPECT_NEAR(turn(300, 600), all / 3, 1e-6);
    EXPECT_NEAR(turn(600, 900), all / 3, 1e-6);
  }
}

TEST(PoseTrack, OnePoseIsEverywhere) {
  const std::vector<StampedPose> track{{7, Pose::fromYaw(1, {1, 2, 3})}};
  for (const int at : {-5, 7, 100})
    EXPECT_EQ(poseAt(track, at).matrix(), track[0].global_from_ego.matrix());
}

}  // namespace
}  // namespace hbev
