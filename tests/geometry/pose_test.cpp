#include "core/geometry/pose.h"

#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "tests/base/expect_error.h"
#include "tests/geometry/random_pose.h"

namespace hbev {
namespace {

using test::problemOf;
using test::RandomGeometry;

constexpr double kPi = std::numbers::pi;

TEST(Pose, CompositionIsWhatMatricesDo) {
  RandomGeometry random(1);
  for (int i = 0; i < 200; ++i) {
    const Pose a_from_b = random.pose(), b_from_c = random.pose();
    const Eigen::Vector3d point = random.point();
    const Pose a_from_c = a_from_b * b_from_c;
    EXPECT_LT((a_from_c.matrix() - a_from_b.matrix() * b_from_c.matrix()).norm(), 1e-10);
    EXPECT_LT((a_from_c * point - a_from_b * (b_from_c * point)).norm(), 1e-10);
    EXPECT_LT(((a_from_b.matrix() * point.homogeneous()).head<3>() - a_from_b * point).norm(), 1e-10);
  }
}

TEST(Pose, TheInverseUndoes) {
  RandomGeometry random(2);
  for (int i = 0; i < 200; ++i) {
    const Pose pose = random.pose();
    const Eigen::Vector3d point = random.point();
    EXPECT_LT((pose.inverse() * (pose * point) - point).norm(), 1e-10);
    EXPECT_LT(((pose * pose.inverse()).matrix() - Eigen::Matrix4d::Identity()).norm(), 1e-10);
    EXPECT_LT((pose.inverse().matrix() - pose.matrix().inverse()).norm(), 1e-10);
  }
}

TEST(Pose, StaysARotationThroughLongChains) {
  const Pose step = Pose::fromYaw(0.01, {0.1, 0, 0});
  Pose pose;
  for (int i = 0; i < 100'000; ++i)
    pose = pose * step;
  EXPECT_NEAR(pose.rotation().norm(), 1.0, 1e-12);
  EXPECT_NEAR(pose.yaw_rad(), std::remainder(1000.0, 2 * kPi), 1e-8);
}

TEST(Pose, RotationsOfAnyLengthAreNormalised) {
  const Pose pose(Eigen::Quaterniond(0, 0, 0, 5), {1, 2, 3});  // half a turn about z
  EXPECT_LT((pose * Eigen::Vector3d(1, 1, 1) - Eigen::Vector3d(0, 1, 4)).norm(), 1e-12);
  EXPECT_NEAR(pose.rotation().norm(), 1, 1e-15);
}

TEST(Pose, YawTurnsFromXToY) {
  const Pose left = Pose::fromYaw(kPi / 2, {0, 0, 0});
  EXPECT_LT((left * Eigen::Vector3d::UnitX() - Eigen::Vector3d::UnitY()).norm(), 1e-12);
  for (const double yaw_rad : {-3.0, -1.5, 0.0, 0.7, 3.1}) {
    EXPECT_NEAR(Pose::fromYaw(yaw_rad, {5, 6, 7}).yaw_rad(), yaw_rad, 1e-12);
  }
}

TEST(Pose, WhatIsNoPoseIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const Eigen::Quaterniond identity = Eigen::Quaterniond::Identity();
  EXPECT_EQ(problemOf([&] { Pose(identity, {0, nan, 0}); }).found, "NaN or infinity in the translation");
  EXPECT_EQ(problemOf([&] { Pose(identity, {inf, 0, 0}); }).found, "NaN or infinity in the translation");
  for (const Eigen::Quaterniond& rotation :
       {Eigen::Quaterniond(0, 0, 0, 0), Eigen::Quaterniond(nan, 0, 0, 1), Eigen::Quaterniond(1, inf, 0, 0)}) {
    EXPECT_EQ(problemOf([&] { Pose(rotation, {0, 0, 0}); }).found, "a rotation without length or with NaN");
  }
}

TEST(Pose, InterpolationMeetsItsEndsAndIsEven) {
  RandomGeometry random(3);
  for (int i = 0; i < 100; ++i) {
    const Pose a = random.pose(), b = random.pose();
    EXPECT_LT((interpolate(a, b, 0).matrix() - a.matrix()).norm(), 1e-9);
    EXPECT_LT((interpolate(a, b, 1).matrix() - b.matrix()).norm(), 1e-9);
    const Pose middle = interpolate(a, b, 0.5);
    EXPECT_LT((middle.translation() - (a.translation() + b.translation()) / 2).norm(), 1e-10);
    EXPECT_NEAR(a.rotation().angularDistance(middle.rotation()),
                middle.rotation().angularDistance(b.rotation()), 1e-6);
  }
}

TEST(Pose, InterpolationTurnsTheShortWay) {
  const Pose a = Pose::fromYaw(kPi - 0.1, {0, 0, 0}), b = Pose::fromYaw(-kPi + 0.1, {0, 0, 0});
  EXPECT_NEAR(std::abs(interpolate(a, b, 0.5).yaw_rad()), kPi, 1e-9);
}

}  // namespace
}  // namespace hbev
