#include "core/geometry/camera.h"

#include <limits>

#include <gtest/gtest.h>

#include "tests/base/expect_error.h"
#include "tests/geometry/random_pose.h"

namespace hbev {
namespace {

using test::problemOf;
using test::RandomGeometry;

CameraModel frontCamera() {
  CameraModel camera;
  camera.intrinsics << 1266.4, 0, 816.3, 0, 1266.4, 491.5, 0, 0, 1;
  camera.width = 1600;
  camera.height = 900;
  return camera;
}

TEST(Camera, ProjectsAKnownPoint) {
  // 10 m ahead, 1 m to the right, 0.5 m down.
  const auto pixel = frontCamera().project({1, 0.5, 10});
  ASSERT_TRUE(pixel);
  EXPECT_NEAR(pixel->x(), 816.3 + 126.64, 1e-9);
  EXPECT_NEAR(pixel->y(), 491.5 + 63.32, 1e-9);
}

TEST(Camera, TheRayThroughAProjectedPointMeetsThePoint) {
  const CameraModel camera = frontCamera();
  RandomGeometry random(1);
  for (int i = 0; i < 500; ++i) {
    Eigen::Vector3d point = random.point(30);
    point.z() = std::abs(point.z()) + 0.2;
    const auto pixel = camera.project(point);
    ASSERT_TRUE(pixel);
    const Eigen::Vector3d ray = camera.ray(*pixel);
    EXPECT_NEAR(ray.norm(), 1, 1e-12);
    EXPECT_LT(ray.cross(point.normalized()).norm(), 1e-9);
    EXPECT_GT(ray.dot(point), 0);
  }
}

TEST(Camera, WhatIsBehindOrTooCloseHasNoPixel) {
  const CameraModel camera = frontCamera();
  EXPECT_FALSE(camera.project({0, 0, -5}));
  EXPECT_FALSE(camera.project({0, 0, 0}));
  EXPECT_FALSE(camera.project({0, 0, 0.0999}));
  EXPECT_TRUE(camera.project({0, 0, 0.1}));
  EXPECT_FALSE(camera.project({0, 0, 0.9}, 1.0));
  EXPECT_FALSE(camera.project({0, 0, std::numeric_limits<double>::quiet_NaN()}));
}

TEST(Camera, ContainsPixelsUpToTheLastCentre) {
  const CameraModel camera = frontCamera();
  EXPECT_TRUE(camera.contains({0, 0}));
  EXPECT_TRUE(camera.contains({1599, 899}));
  EXPECT_FALSE(camera.contains({1599.01, 0}));
  EXPECT_FALSE(camera.contains({0, 899.01}));
  EXPECT_FALSE(camera.contains({-0.01, 0}));
  EXPECT_FALSE(camera.contains({std::numeric_limits<double>::quiet_NaN(), 0}));
}

TEST(Camera, AScaledCameraSeesTheSameAtScaledPixels) {
  const CameraModel camera = frontCamera();
  const CameraModel scaled = camera.scaledTo(704, 256);
  EXPECT_EQ(scaled.width, 704);
  EXPECT_EQ(scaled.height, 256);
  RandomGeometry random(2);
  for (int i = 0; i < 100; ++i) {
    Eigen::Vector3d point = random.point(30);
    point.z() = std::abs(point.z()) + 1;
    const Eigen::Vector2d scale(704.0 / 1600, 256.0 / 900);
    EXPECT_LT((*scaled.project(point) - camera.project(point)->cwiseProduct(scale)).norm(), 1e-9);
  }
  EXPECT_LT((scaled.scaledTo(1600, 900).intrinsics - camera.intrinsics).norm(), 1e-9);
}

TEST(Camera, UnusableCalibrationsAreRefused) {
  EXPECT_NO_THROW(frontCamera().validate());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto spoil = [](const auto& change) {
    CameraModel camera = frontCamera();
    change(camera);
    return problemOf([&] { camera.validate(); }).summary;
  };
  const std::string no_calibration = "A camera has no usable calibration",
                    no_size = "A camera has no image size";
  EXPECT_EQ(spoil([&](CameraModel& camera) { camera.intrinsics(0, 2) = nan; }), no_calibration);
  EXPECT_EQ(spoil([](CameraModel& camera) { camera.intrinsics.setZero(); }), no_calibration);
  EXPECT_EQ(spoil([](CameraModel& camera) { camera.intrinsics(0, 0) = -1266; }), no_calibration);
  EXPECT_EQ(spoil([](CameraModel& camera) { camera.intrinsics.row(2).setZero(); }), no_calibration);
  EXPECT_EQ(spoil([](CameraModel& camera) { camera.width = 0; }), no_size);
  EXPECT_EQ(spoil([](CameraModel& camera) { camera.height = -900; }), no_size);
}

}  // namespace
}  // namespace hbev
