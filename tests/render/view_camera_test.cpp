#include "render/view_camera.h"

#include <cmath>
#include <numbers>
#include <random>

#include <Eigen/Geometry>
#include <gtest/gtest.h>

namespace hbev {
namespace {

constexpr double kWidth = 1280, kHeight = 720;

std::vector<ViewCamera> cameras() {
  std::vector<ViewCamera> all{ViewCamera::orbit(), ViewCamera::top(), ViewCamera::followEgo()};
  std::mt19937 random(5);
  std::uniform_real_distribution<double> unit(-1, 1);
  for (int i = 0; i < 20; ++i) {
    ViewCamera camera;
    camera.target = {20 * unit(random), 20 * unit(random), 3 * unit(random)};
    camera.distance_m = 30 + 25 * unit(random);
    camera.yaw_rad = 3 * unit(random);
    camera.pitch_rad = 1.5 * unit(random);
    all.push_back(camera);
  }
  return all;
}

TEST(ViewCamera, RayAndProjectionAreInverse) {
  for (const ViewCamera& camera : cameras()) {
    for (const Eigen::Vector2d& pixel : {Eigen::Vector2d(3, 5), {640, 360}, {1200, 700}, {0, 0}}) {
      const Eigen::Vector3d ray = camera.rayThrough(pixel, kWidth, kHeight);
      EXPECT_NEAR(ray.norm(), 1, 1e-12);
      const auto back = camera.project(camera.eye() + 17.0 * ray, kWidth, kHeight);
      ASSERT_TRUE(back);
      EXPECT_LT((*back - pixel).norm(), 1e-8);
    }
  }
}

TEST(ViewCamera, MatricesPutPointsWhereProjectSays) {
  for (const ViewCamera& camera : cameras()) {
    const Eigen::Matrix4d clip_from_ego = camera.projection(kWidth / kHeight) * camera.view();
    for (const Eigen::Vector2d& pixel : {Eigen::Vector2d(100, 50), {900, 600}}) {
      const Eigen::Vector3d point = camera.eye() + 25.0 * camera.rayThrough(pixel, kWidth, kHeight);
      const Eigen::Vector4d clip = clip_from_ego * point.homogeneous();
      EXPECT_NEAR((clip.x() / clip.w() + 1) / 2 * kWidth, pixel.x(), 1e-6);
      EXPECT_NEAR((1 - clip.y() / clip.w()) / 2 * kHeight, pixel.y(), 1e-6);
      EXPECT_LT(std::abs(clip.z() / clip.w()), 1);
    }
  }
}

TEST(ViewCamera, ViewIsARigidMotion) {
  for (const ViewCamera& camera : cameras()) {
    const Eigen::Matrix3d rotation = camera.view().topLeftCorner<3, 3>();
    EXPECT_LT((rotation * rotation.transpose() - Eigen::Matrix3d::Identity()).norm(), 1e-12);
    EXPECT_NEAR(rotation.determinant(), 1, 1e-12);
    EXPECT_LT((camera.view() * camera.eye().homogeneous()).head<3>().norm(), 1e-9);
  }
}

TEST(ViewCamera, NothingBehindTheEyeIsProjected) {
  const ViewCamera camera = ViewCamera::orbit();
  EXPECT_FALSE(camera.project(camera.eye() + (camera.eye() - camera.target), kWidth, kHeight));
}

TEST(ViewCamera, OrbitKeepsTargetAndDistance) {
  for (ViewCamera camera : cameras()) {
    const ViewCamera before = camera;
    camera.orbitBy(0.7, -0.3);
    EXPECT_EQ(camera.target, before.target);
    EXPECT_NEAR((camera.eye() - camera.target).norm(), before.distance_m, 1e-9);
    camera.orbitBy(0, 10);
    EXPECT_NEAR(camera.pitch_rad, std::numbers::pi / 2, 1e-12);
    camera.orbitBy(0, -10);
    EXPECT_GT(camera.pitch_rad, -std::numbers::pi / 2);
  }
}

TEST(ViewCamera, PanMovesTheTargetsDepthWithThePointer) {
  for (ViewCamera camera : cameras()) {
    const Eigen::Vector3d grabbed = camera.target;
    camera.panBy({40, -25}, kHeight);
    const auto pixel = camera.project(grabbed, kWidth, kHeight);
    ASSERT_TRUE(pixel);
    EXPECT_NEAR(pixel->x(), kWidth / 2 + 40, 1e-6);
    EXPECT_NEAR(pixel->y(), kHeight / 2 - 25, 1e-6);
  }
}

TEST(ViewCamera, ZoomKeepsWhatIsUnderThePointer) {
  const Eigen::Vector2d pointer(300, 500);
  for (ViewCamera camera : cameras()) {
    const ViewCamera before = camera;
    // Any depth on the ray stays, so what the person sees there stays.
    const Eigen::Vector3d seen =
        camera.eye() + 1.1 * camera.distance_m * camera.rayThrough(pointer, kWidth, kHeight);
    camera.zoomAt(pointer, kWidth, kHeight, 0.8);
    EXPECT_NEAR(camera.distance_m, 0.8 * before.distance_m, 1e-9);
    const auto pixel = camera.project(seen, kWidth, kHeight);
    ASSERT_TRUE(pixel);
    EXPECT_LT((*pixel - pointer).norm(), 1e-6);
  }
}

TEST(ViewCamera, ZoomEndsBeforeItTurnsInsideOut) {
  ViewCamera camera = ViewCamera::orbit();
  for (int i = 0; i < 200; ++i) {
    camera.zoomAt({10, 10}, kWidth, kHeight, 0.5);
  }
  EXPECT_GT(camera.distance_m, 0.1);
  EXPECT_TRUE(camera.target.allFinite());
}

TEST(ViewCamera, FlyMovesTheEyeAlongItsOwnAxes) {
  ViewCamera camera = ViewCamera::orbit();
  const ViewCamera before = camera;
  const Eigen::Vector3d ahead = before.rayThrough({kWidth / 2, kHeight / 2}, kWidth, kHeight);
  camera.flyBy({0, 0, 3});
  EXPECT_LT((camera.eye() - before.eye() - 3 * ahead).norm(), 1e-9);
}

TEST(ViewCamera, FrameFitsTheBall) {
  for (const double aspect : {0.5, 1.0, 1.8}) {
    ViewCamera camera = ViewCamera::orbit();
    const Eigen::Vector3d center(5, -3, 1);
    camera.frame(center, 4.0, aspect);
    const double width = aspect * kHeight;
    for (const Eigen::Vector3d axis :
         {Eigen::Vector3d::UnitX(), Eigen::Vector3d::UnitY(), Eigen::Vector3d::UnitZ()}) {
      for (const double side : {-4.0, 4.0}) {
        const auto pixel = camera.project(center + side * axis, width, kHeight);
        ASSERT_TRUE(pixel);
        EXPECT_GE(pixel->x(), -1e-6);
        EXPECT_LE(pixel->x(), width + 1e-6);
        EXPECT_GE(pixel->y(), -1e-6);
        EXPECT_LE(pixel->y(), kHeight + 1e-6);
      }
    }
  }
}

TEST(ViewCamera, TopShowsTheWholeGridWithAheadUp) {
  const ViewCamera camera = ViewCamera::top();
  for (const Eigen::Vector3d& corner :
       {Eigen::Vector3d(40, 40, 5.4), {-40, -40, 5.4}, {40, -40, -1}, {-40, 40, 0}}) {
    const auto pixel = camera.project(corner, 700, 700);
    ASSERT_TRUE(pixel);
    EXPECT_TRUE((pixel->array() > 0).all() && (pixel->array() < 700).all()) << pixel->transpose();
  }
  const auto ahead = camera.project({30, 0, 0}, 700, 700), left = camera.project({0, 30, 0}, 700, 700);
  EXPECT_NEAR(ahead->x(), 350, 1e-6);
  EXPECT_LT(ahead->y(), 350);
  EXPECT_LT(left->x(), 350);
}

TEST(ViewCamera, FromACarCameraSeesWhatThatCameraSees) {
  CameraReading reading;
  Eigen::Matrix3d ego_from_camera;
  ego_from_camera << 0, 0, 1, -1, 0, 0, 0, -1, 0;
  reading.ego_from_sensor =
      Pose(Eigen::AngleAxisd(0.9, Eigen::Vector3d::UnitZ()) * Eigen::Quaterniond(ego_from_camera),
           {1.5, 0.5, 1.6});
  reading.model.intrinsics << 1266, 0, 800, 0, 1266, 450, 0, 0, 1;
  reading.model.width = 1600;
  reading.model.height = 900;
  const ViewCamera camera = ViewCamera::fromCarCamera(reading);
  EXPECT_LT((camera.eye() - reading.ego_from_sensor.translation()).norm(), 1e-9);
  const Eigen::Vector3d in_camera(2, -1, 12);
  const auto seen = camera.project(reading.ego_from_sensor * in_camera, 1600, 900);
  ASSERT_TRUE(seen);
  EXPECT_LT((*seen - *reading.model.project(in_camera)).norm(), 1e-6);
}

TEST(ViewCamera, InterpolationTakesTheShortWayRound) {
  ViewCamera a = ViewCamera::orbit(), b = a;
  a.yaw_rad = 3.0;
  b.yaw_rad = -3.0;
  EXPECT_NEAR(std::abs(interpolate(a, b, 0.5).yaw_rad), std::numbers::pi, 1e-9);
  EXPECT_LT((interpolate(a, b, 1).eye() - b.eye()).norm(), 1e-9);
  EXPECT_LT((interpolate(a, b, 0).eye() - a.eye()).norm(), 1e-9);
}

}  // namespace
}  // namespace hbev
