// Real nuScenes samples beside the checkout (never in it): skipped where they are absent.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/data/dataset.h"
#include "core/data/lidar.h"
#ifdef HBEV_HAS_OPENCV
#include "core/data/sample_loader.h"
#endif

namespace hbev {
namespace {

namespace fs = std::filesystem;

fs::path sharedFolder(const std::string& name) {
  const char* given = std::getenv("HBEV_SHARED_DIR");
  return fs::path(given ? given : HBEV_SHARED_DIR) / "data/real" / name;
}

Eigen::Matrix4d matrixFrom(const nlohmann::json& rows) {
  Eigen::Matrix4d result;
  for (int row = 0; row < 4; ++row) {
    for (int column = 0; column < 4; ++column)
      result(row, column) = rows.at(std::size_t(row)).at(std::size_t(column));
  }
  return result;
}

class Scene0061 : public testing::Test {
 protected:
  void SetUp() override {
    const fs::path folder = sharedFolder("mmdetection3d-demo-scene-0061");
    if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
    dataset_ = Dataset::open(folder);
    keyframe_ = dataset_->keyframe(0, 0);
    calibration_ = nlohmann::json::parse(std::ifstream(folder / "calibration.json")).at("frames").at(0);
  }

  std::shared_ptr<const Dataset> dataset_;
  Keyframe keyframe_;
  nlohmann::json calibration_;
};

TEST_F(Scene0061, OpensFromItsHandCutTables) {
  EXPECT_EQ(dataset_->version(), "v1.0-test");
  EXPECT_EQ(dataset_->keyframeCount(), 1U);
  EXPECT_EQ(keyframe_.token, "ca9a282c9e77460f8360f564131a8af5");
  EXPECT_EQ(keyframe_.scene_name, "scene-0061");
  EXPECT_EQ(keyframe_.timestamp_us, 1532402927647951);
  EXPECT_TRUE(keyframe_.problems.empty());
  EXPECT_GE(dataset_->issues().size(), 3U) << "no log, no boxes, no truth";
}

TEST_F(Scene0061, PosesAreThoseOfTheCalibrationFile) {
  for (std::size_t i = 0; i < kCameraCount; ++i) {
    const nlohmann::json& expected = calibration_.at("cameras").at(std::string(cameraChannel(Camera(i))));
    ASSERT_TRUE(keyframe_.cameras[i]);
    const CameraReading& camera = *keyframe_.cameras[i];
    EXPECT_LT((camera.ego_from_sensor.matrix() - matrixFrom(expected.at("sensor2ego"))).cwiseAbs().maxCoeff(),
              1e-6);
    EXPECT_LT((camera.global_from_ego.matrix() - matrixFrom(expected.at("ego2global"))).cwiseAbs().maxCoeff(),
              1e-6);
    EXPECT_EQ(camera.timestamp_us, expected.at("timestamp_us"));
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 3; ++column) {
        EXPECT_NEAR(camera.model.intrinsics(row, column),
                    expected.at("intrinsic_3x3").at(std::size_t(row)).at(std::size_t(column)).get<double>(),
                    1e-6);
      }
    }
  }
  ASSERT_TRUE(keyframe_.lidar);
  const nlohmann::json& lidar = calibration_.at("lidar");
  EXPECT_LT(
      (keyframe_.lidar->ego_from_sensor.matrix() - matrixFrom(lidar.at("sensor2ego"))).cwiseAbs().maxCoeff(),
      1e-6);
  EXPECT_LT(
      (keyframe_.lidar->global_from_ego.matrix() - matrixFrom(lidar.at("ego2global"))).cwiseAbs().maxCoeff(),
      1e-6);
}

TEST_F(Scene0061, LidarPointsOfBoxesFallIntoThePictures) {
  const std::vector<LidarPoint> points = readLidar(keyframe_.lidar->file);
  EXPECT_EQ(points.size(), 34'688U);
  int inside = 0, annotated = 0, seen = 0;
  for (const nlohmann::json& entry : calibration_.at("boxes")) {
    const auto center = entry.at("center_xyz_m").get<std::array<double, 3>>();
    const auto size = entry.at("size_lwh_m").get<std::array<double, 3>>();
    const OrientedBox box{Pose::fromYaw(entry.at("yaw_rad"), {center[0], center[1], center[2]}),
                          {size[0], size[1], size[2]}};
    annotated += entry.at("num_lidar_pts").get<int>();
    for (const LidarPoint& point : points) {
      const Eigen::Vector3d in_lidar(point.x, point.y, point.z);
      if (!box.contains(in_lidar)) continue;
      ++inside;
      for (std::size_t i = 0; i < kCameraCount; ++i) {
        const Eigen::Vector3d in_camera =
            keyframe_.camera_from_ego(Camera(i)) * (keyframe_.lidar->ego_from_sensor * in_lidar);
        const auto pixel = keyframe_.cameras[i]->model.project(in_camera);
        if (!pixel || !keyframe_.cameras[i]->model.contains(*pixel)) continue;
        ++seen;
        break;
      }
    }
  }
  EXPECT_EQ(annotated, 1009);
  EXPECT_NEAR(inside, annotated, 40);
  EXPECT_GT(seen, inside * 95 / 100) << "six cameras look all around";
}

#ifdef HBEV_HAS_OPENCV
TEST_F(Scene0061, LoadsSixPicturesAndTheLidar) {
  const auto frame = loadFrame(*dataset_, {0, 0}, {});
  EXPECT_TRUE(frame->problems.empty());
  for (const auto& image : frame->images) {
    ASSERT_TRUE(image);
    EXPECT_EQ(image->width, 1600);
    EXPECT_EQ(image->height, 900);
  }
  EXPECT_EQ(frame->lidar.size(), 34'688U);
}
#endif

class OccupancyVis : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = sharedFolder("occupancy-vis");
    if (!fs::exists(folder_)) GTEST_SKIP() << folder_ << " is absent";
  }
  fs::path folder_;
};

TEST_F(OccupancyVis, Occ3dLabelsAreRecognised) {
  const fs::path file = folder_ / "occ3d_labels.npz";
  EXPECT_EQ(detectLabelKind(file), LabelKind::Occ3d);
  EXPECT_EQ(Dataset::open(file)->labelKinds(), std::vector{LabelKind::Occ3d});
  const Occupancy occupancy = readOccupancyNpz(file, ClassSet::occ3d());
  EXPECT_EQ(occupancy.occupiedCount(), 31'107U);
  EXPECT_FALSE(occupancy.mask_camera.empty());
  EXPECT_FALSE(occupancy.mask_lidar.empty());
  std::vector<int> present;
  for (int label = 0; label < 17; ++label) {
    if (occupancy.classCounts()[std::size_t(label)] > 0) present.push_back(label);
  }
  EXPECT_EQ(present, (std::vector{2, 4, 5, 6, 11, 12, 13, 14, 15, 16}));
}

TEST_F(OccupancyVis, OpenOccLabelsWithFlowAndInstancesAreRecognised) {
  const fs::path file = folder_ / "openocc_semantics_flow_instances.npz";
  EXPECT_EQ(detectLabelKind(file), LabelKind::OpenOcc);
  const Occupancy occupancy = readOccupancyNpz(file, ClassSet::openocc());
  ASSERT_EQ(occupancy.flow.size(), 1'280'000U);
  float fastest = 0;
  for (std::size_t i = 0; i < occupancy.flow.size(); ++i) {
    fastest = std::max(fastest, std::abs(occupancy.flow[i]));
    const int label = occupancy.semantics[i / 2];
    ASSERT_TRUE(occupancy.flow[i] == 0 || label == 0 || label == 7);
  }
  EXPECT_NEAR(fastest, 1.34, 0.005);
  EXPECT_EQ(occupancy.classCounts()[1], 0U);
  EXPECT_GT(occupancy.classCounts()[0], 0U);
}

}  // namespace
}  // namespace hbev
