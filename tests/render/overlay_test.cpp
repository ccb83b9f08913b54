#include "render/overlay.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/data/dataset.h"
#include "render/picking.h"
#include "tests/render/street.h"

namespace hbev {
namespace {

constexpr int kWidth = 400, kHeight = 225;

CameraReading frontCamera() {
  CameraReading reading;
  Eigen::Matrix3d ego_from_camera;
  ego_from_camera << 0, 0, 1, -1, 0, 0, 0, -1, 0;
  const Eigen::AngleAxisd turn(0.13, Eigen::Vector3d(0.1, 0.2, 1).normalized());
  reading.ego_from_sensor = Pose(turn * Eigen::Quaterniond(ego_from_camera), {1.7, 0.1, 1.5});
  reading.model.intrinsics << 1266, 0, 816, 0, 1266, 491, 0, 0, 1;
  reading.model.width = 1600;
  reading.model.height = 900;
  return reading;
}

/// The camera fires 0.3 m and 0.02 rad of driving before the lidar, as in real data.
Keyframe keyframeWithMotion() {
  Keyframe keyframe;
  CameraReading front = frontCamera();
  front.global_from_ego = Pose::fromYaw(0.50, {100, 200, 3});
  keyframe.cameras[std::size_t(Camera::Front)] = front;
  SensorReading lidar;
  lidar.ego_from_sensor = Pose::fromYaw(-1.57, {0.9, 0, 1.8});
  lidar.global_from_ego = Pose::fromYaw(0.52, {100.26, 200.15, 3});
  keyframe.lidar = lidar;
  return keyframe;
}

const std::uint8_t* pixelOf(const OverlayImage& overlay, int x, int y) {
  return overlay.rgba.data() + 4 * (std::size_t(y) * std::size_t(overlay.width) + std::size_t(x));
}

TEST(VoxelOverlay, AKnownVoxelFallsOnItsPixels) {
  const Keyframe keyframe = keyframeWithMotion();
  Occupancy occupancy;
  occupancy.semantics.assign(occupancy.grid.size(), occupancy.classes->free());
  const Eigen::Vector3i voxel(140, 104, 6);
  occupancy.semantics[occupancy.grid.index(voxel)] =
      std::uint8_t(*occupancy.classes->findLabel("pedestrian"));
  const OverlayImage overlay = drawVoxelOverlay(occupancy, keyframe, Camera::Front, kWidth, kHeight, {});

  const CameraModel model = keyframe.cameras[std::size_t(Camera::Front)]->model.scaledTo(kWidth, kHeight);
  const Pose camera_from_ego = keyframe.camera_from_ego(Camera::Front);
  const OrientedBox box{Pose::fromTranslation(occupancy.grid.center(voxel)), Eigen::Vector3d::Constant(0.4)};
  Eigen::Vector2d lower(1e9, 1e9), upper(-1e9, -1e9);
  for (const Eigen::Vector3d& corner : box.corners()) {
    const Eigen::Vector2d pixel = *model.project(camera_from_ego * corner);
    lower = lower.cwiseMin(pixel);
    upper = upper.cwiseMax(pixel);
  }
  int painted = 0, left = kWidth, right = -1, top = kHeight, bottom = -1;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      if (pixelOf(overlay, x, y)[3] == 0) continue;
      ++painted;
      left = std::min(left, x), right = std::max(right, x), top = std::min(top, y),
      bottom = std::max(bottom, y);
    }
  }
  ASSERT_GT(painted, 20);
  EXPECT_NEAR(left, lower.x(), 1.01);
  EXPECT_NEAR(right, upper.x(), 1.01);
  EXPECT_NEAR(top, lower.y(), 1.01);
  EXPECT_NEAR(bottom, upper.y(), 1.01);
  const Eigen::Vector2d center = *model.project(camera_from_ego * occupancy.grid.center(voxel));
  const std::uint8_t* color = pixelOf(overlay, int(std::lround(center.x())), int(std::lround(center.y())));
  EXPECT_GT(color[0], 120);
  EXPECT_EQ(color[1], 0);
}

TEST(VoxelOverlay, SeesWhatPickingSees) {
  const Occupancy street = test::makeStreet();
  const Keyframe keyframe = keyframeWithMotion();
  OverlayStyle style;
  style.filter.visible_classes &= ~(1U << *street.classes->findLabel("truck"));
  const OverlayImage overlay = drawVoxelOverlay(street, keyframe, Camera::Front, kWidth, kHeight, style);
  const CameraModel model = keyframe.cameras[std::size_t(Camera::Front)]->model.scaledTo(kWidth, kHeight);
  const Pose ego_from_camera = keyframe.camera_from_ego(Camera::Front).inverse();
  int differ = 0, hits = 0;
  for (int y = 0; y < kHeight; y += 3) {
    for (int x = 0; x < kWidth; x += 3) {
      const auto picked = pickVoxel(street, style.filter, ego_from_camera.translation(),
                                    ego_from_camera.rotation() * model.ray({double(x), double(y)}));
      const std::uint8_t* rgba = pixelOf(overlay, x, y);
      hits += picked.has_value();
      if (picked.has_value() != (rgba[3] != 0)) {
        ++differ;
        continue;
      }
      if (!picked) continue;
      // Shading scales all three channels alike, so their ratios tell the class.
      const Rgb color =
          street.classes->color(street.semantics[street.grid.index(picked->voxel)], style.palette);
      const double scale = double(rgba[0] + rgba[1] + rgba[2]) / (color.r + color.g + color.b);
      differ += std::abs(color.r * scale - rgba[0]) > 2.5 || std::abs(color.g * scale - rgba[1]) > 2.5 ||
                std::abs(color.b * scale - rgba[2]) > 2.5 || scale > 1.001 || scale < 0.25;
    }
  }
  EXPECT_GT(hits, 3000);
  EXPECT_LE(differ, 10);  // single against double precision, on edges
}

TEST(VoxelOverlay, AMissingCameraIsAnError) {
  const Occupancy street = test::makeStreet();
  EXPECT_ANY_THROW(drawVoxelOverlay(street, keyframeWithMotion(), Camera::Back, 40, 20, {}));
}

TEST(LidarOverlay, PointsGoThroughBothEgoPoses) {
  const Keyframe keyframe = keyframeWithMotion();
  const CameraReading& front = *keyframe.cameras[std::size_t(Camera::Front)];
  const Eigen::Vector3d in_global = front.global_from_sensor() * Eigen::Vector3d(1, 0.5, 10);
  const Eigen::Vector3d in_lidar = keyframe.lidar->global_from_sensor().inverse() * in_global;
  const Eigen::Vector3d behind = keyframe.lidar->global_from_sensor().inverse() *
                                 (front.global_from_sensor() * Eigen::Vector3d(1, 0.5, -10));
  const auto point = [](const Eigen::Vector3d& p) {
    return LidarPoint{float(p.x()), float(p.y()), float(p.z()), 0, 0};
  };
  const auto projected = projectLidar({point(in_lidar), point(behind)}, keyframe, Camera::Front, 1600, 900);
  ASSERT_EQ(projected.size(), 1U);
  EXPECT_NEAR(projected[0].depth_m, 10, 1e-4);
  EXPECT_NEAR(projected[0].pixel.x(), 816 + 126.6, 1e-2);
  EXPECT_NEAR(projected[0].pixel.y(), 491 + 63.3, 1e-2);
}

TEST(BoxOverlay, EdgesAreCutAtTheImagePlane) {
  Keyframe keyframe = keyframeWithMotion();
  const CameraReading& front = *keyframe.cameras[std::size_t(Camera::Front)];
  // A long box that begins behind the camera and ends before it.
  const OrientedBox box{front.global_from_sensor() * Pose::fromTranslation({0, 1.5, 2}), {4, 1, 20}};
  keyframe.boxes = {{box, {0, 0}, "vehicle.car", 3}};
  const auto lines = projectBoxes(keyframe, Camera::Front, kWidth, kHeight, Palette::Studio);
  EXPECT_EQ(lines.size(), 8U);  // the far side's four edges and the four that lead to it
  for (const OverlayLine& line : lines) {
    EXPECT_TRUE(line.from.allFinite() && line.to.allFinite());
    EXPECT_EQ(line.color, ClassSet::openocc().color(*ClassSet::openocc().findLabel("car"), Palette::Studio));
  }
}

TEST(Compose, OverlaysBlendAndScale) {
  Image image{4, 2, std::vector<std::uint8_t>(24, 100)};
  OverlayImage overlay{2, 1, {200, 0, 100, 255, 0, 0, 0, 0}};
  composeOverlay(image, overlay, 0.5F);
  EXPECT_EQ(image.rgb[0], 150);
  EXPECT_EQ(image.rgb[1], 50);
  EXPECT_EQ(image.rgb[2], 100);
  EXPECT_EQ(image.rgb[4 * 3 + 3], 150);  // second row, second pixel
  EXPECT_EQ(image.rgb[9], 100);          // where the overlay is transparent
}

TEST(Compose, LinesAndPointsReachTheirPixels) {
  Image image{400, 200, std::vector<std::uint8_t>(400 * 200 * 3, 0)};
  composeLines(image, {{{-1e7, 50}, {1e7, 50}, {10, 200, 30}}});
  EXPECT_GT(image.rgb[(50 * 400 + 200) * 3 + 1], 150);  // smoothed
  composeLidar(image, {{{100, 150}, 5}, {{300, 150}, 40}});
  const auto near = image.rgb.data() + (150 * 400 + 100) * 3, far = image.rgb.data() + (150 * 400 + 300) * 3;
  EXPECT_GT(near[0] + near[1] + near[2], far[0] + far[1] + far[2]);
  EXPECT_GT(far[2], 0);
}

// scene-0061 of nuScenes, where its folder is at hand.
class RealOverlay : public testing::Test {
 protected:
  void SetUp() override {
    const char* given = std::getenv("HBEV_SHARED_DIR");
    const std::filesystem::path folder = std::filesystem::path(given != nullptr ? given : HBEV_SHARED_DIR) /
                                         "data/real/mmdetection3d-demo-scene-0061";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is absent";
    keyframe_ = Dataset::open(folder)->keyframe(0, 0);
    points_ = readLidar(keyframe_.lidar->file);
    calibration_ = nlohmann::json::parse(std::ifstream(folder / "calibration.json")).at("frames").at(0);
  }

  static Eigen::Matrix4d matrix(const nlohmann::json& rows) {
    Eigen::Matrix4d result;
    for (int row = 0; row < 4; ++row) {
      for (int column = 0; column < 4; ++column) {
        result(row, column) = rows.at(std::size_t(row)).at(std::size_t(column));
      }
    }
    return result;
  }

  static OrientedBox boxInLidar(const nlohmann::json& box) {
    const auto center = box.at("center_xyz_m").get<std::array<double, 3>>();
    const auto size = box.at("size_lwh_m").get<std::array<double, 3>>();
    return {Pose::fromYaw(box.at("yaw_rad"), {center[0], center[1], center[2]}), {size[0], size[1], size[2]}};
  }

  Keyframe keyframe_;
  std::vector<LidarPoint> points_;
  nlohmann::json calibration_;
};

TEST_F(RealOverlay, LidarPixelsAreThoseOfTheCalibrationsMatrices) {
  for (std::size_t i = 0; i < kCameraCount; ++i) {
    const nlohmann::json& camera = calibration_.at("cameras").at(std::string(cameraChannel(Camera(i))));
    const nlohmann::json& lidar = calibration_.at("lidar");
    const Eigen::Matrix4d camera_from_lidar =
        (matrix(camera.at("ego2global")) * matrix(camera.at("sensor2ego"))).inverse() *
        matrix(lidar.at("ego2global")) * matrix(lidar.at("sensor2ego"));
    Eigen::Matrix3d intrinsics;
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 3; ++column) {
        intrinsics(row, column) = camera.at("intrinsic_3x3").at(std::size_t(row)).at(std::size_t(column));
      }
    }
    std::vector<Eigen::Vector2d> expected;
    for (const LidarPoint& point : points_) {
      const Eigen::Vector4d in_camera = camera_from_lidar * Eigen::Vector4d(point.x, point.y, point.z, 1);
      if (in_camera.z() < 0.1) continue;
      const Eigen::Vector2d pixel = (intrinsics * in_camera.head<3>()).hnormalized();
      if (keyframe_.cameras[i]->model.contains(pixel)) expected.push_back(pixel);
    }
    const auto projected = projectLidar(points_, keyframe_, Camera(i), 1600, 900);
    EXPECT_GT(projected.size(), 2000U);
    ASSERT_EQ(projected.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
      ASSERT_LT((projected[k].pixel - expected[k]).norm(), 0.01);
    }
  }
}

TEST_F(RealOverlay, PointsInsideABoxLieInsideItsOutline) {
  int inside_boxes = 0, annotated = 0, seen = 0;
  for (const nlohmann::json& entry : calibration_.at("boxes")) {
    const OrientedBox box = boxInLidar(entry);
    std::vector<LidarPoint> inside;
    for (const LidarPoint& point : points_) {
      if (box.contains({point.x, point.y, point.z})) inside.push_back(point);
    }
    inside_boxes += int(inside.size());
    annotated += entry.at("num_lidar_pts").get<int>();
    keyframe_.boxes = {{keyframe_.lidar->global_from_sensor() * box, {0, 0}, "vehicle.car", 0}};
    for (std::size_t i = 0; i < kCameraCount; ++i) {
      Eigen::Vector2d lower(1e9, 1e9), upper(-1e9, -1e9);
      for (const OverlayLine& line : projectBoxes(keyframe_, Camera(i), 1600, 900, Palette::Studio)) {
        lower = lower.cwiseMin(line.from).cwiseMin(line.to);
        upper = upper.cwiseMax(line.from).cwiseMax(line.to);
      }
      for (const OverlayPoint& point : projectLidar(inside, keyframe_, Camera(i), 1600, 900)) {
        ++seen;
        EXPECT_TRUE((point.pixel.array() >= lower.array() - 0.01).all() &&
                    (point.pixel.array() <= upper.array() + 0.01).all());
      }
    }
  }
  EXPECT_NEAR(inside_boxes, annotated, 0.05 * annotated);
  EXPECT_GT(seen, annotated / 2);
}

}  // namespace
}  // namespace hbev
