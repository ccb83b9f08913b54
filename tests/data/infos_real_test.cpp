// Real info pickles beside the checkout (never in it): skipped where they are absent.
#include <cmath>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/data/dataset.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

fs::path sharedFile(const std::string& name) {
  const char* given = std::getenv("HBEV_SHARED_DIR");
  return fs::path(given ? given : HBEV_SHARED_DIR) / "data/real" / name;
}

const char* const kWorld = "occupancy-vis/world-nuscenes_mini_infos_val.pkl";
const char* const kOld = "fastbev21-mini-infos/nuscenes_infos_val.pkl";
const char* const kSweeps = "fastbev21-mini-infos/nuscenes_infos_val_4d_interval3_max60.pkl";

Eigen::Matrix4d matrixFrom(const nlohmann::json& rows) {
  Eigen::Matrix4d result;
  for (int row = 0; row < 4; ++row) {
    for (int column = 0; column < 4; ++column)
      result(row, column) = rows.at(std::size_t(row)).at(std::size_t(column));
  }
  return result;
}

/// All 81 keyframes of a file, and of the JSON that was made from the same records by other means.
class RealInfos : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!fs::exists(sharedFile(kWorld))) GTEST_SKIP() << "the real infos are absent";
    dataset_ = Dataset::open(sharedFile(GetParam()));
    records_ = nlohmann::json::parse(std::ifstream(sharedFile("occupancy-vis/infos_81_keyframes.json")))
                   .at("frames");
    for (std::size_t scene = 0; scene < dataset_->scenes().size(); ++scene) {
      for (std::size_t i = 0; i < dataset_->scenes()[scene].keyframes.size(); ++i)
        keyframes_.push_back(dataset_->keyframe(scene, i));
    }
    ASSERT_EQ(keyframes_.size(), records_.size());
  }

  std::shared_ptr<const Dataset> dataset_;
  nlohmann::json records_;
  std::vector<Keyframe> keyframes_;
};

TEST_P(RealInfos, PosesAndIntrinsicsAreTheRecords) {
  for (std::size_t i = 0; i < keyframes_.size(); ++i) {
    const nlohmann::json& record = records_[i];
    const Keyframe& keyframe = keyframes_[i];
    EXPECT_TRUE(keyframe.problems.empty());
    ASSERT_EQ(keyframe.token, record.at("sample_token"));
    EXPECT_EQ(keyframe.timestamp_us, record.at("timestamp_us"));
    const auto expectSensor = [](const SensorReading& reading, const nlohmann::json& expected) {
      EXPECT_EQ(reading.file.filename().string(), expected.at("nuscenes_name"));
      EXPECT_TRUE(reading.ego_from_sensor.matrix().isApprox(matrixFrom(expected.at("sensor2ego")), 1e-9));
      EXPECT_TRUE(reading.global_from_ego.matrix().isApprox(matrixFrom(expected.at("ego2global")), 1e-9));
    };
    ASSERT_TRUE(keyframe.lidar);
    expectSensor(*keyframe.lidar, record.at("lidar"));
    for (const auto& camera : keyframe.cameras) {
      ASSERT_TRUE(camera);
      const std::string channel = camera->file.parent_path().filename().string();
      const nlohmann::json& expected = record.at("cameras").at(channel);
      expectSensor(*camera, expected);
      EXPECT_EQ(camera->timestamp_us, expected.at("timestamp_us"));
      EXPECT_NEAR(camera->model.intrinsics(0, 2), double(expected.at("intrinsic_3x3").at(0).at(2)), 1e-9);
    }
  }
}

TEST_P(RealInfos, BoxesStandWhereTheyWere) {
  for (std::size_t i = 0; i < keyframes_.size(); ++i) {
    const Keyframe& keyframe = keyframes_[i];
    const nlohmann::json& boxes = records_[i].at("boxes");
    ASSERT_EQ(keyframe.boxes.size(), boxes.size());
    const Pose lidar_from_global = keyframe.lidar->global_from_sensor().inverse();
    for (std::size_t k = 0; k < boxes.size(); ++k) {
      const nlohmann::json& expected = boxes[k].at("center_xyz_m");
      const OrientedBox box = lidar_from_global * keyframe.boxes[k].box;
      const Eigen::Vector3d centre(expected[0], expected[1], expected[2]);
      EXPECT_TRUE(box.frame_from_box.translation().isApprox(centre, 1e-6));
      const nlohmann::json& size = boxes[k].at("size_lwh_m");
      EXPECT_TRUE(box.size.isApprox(Eigen::Vector3d(size[0], size[1], size[2]), 1e-6));
      const Eigen::Matrix3d r = box.frame_from_box.rotationMatrix();
      const double yaw_error_rad = std::atan2(-r(0, 1), r(0, 0)) - double(boxes[k].at("yaw_rad"));
      EXPECT_NEAR(std::sin(yaw_error_rad / 2), 0, 1e-6);
      EXPECT_EQ(keyframe.boxes[k].lidar_points, boxes[k].at("num_lidar_pts"));
    }
  }
}

TEST_P(RealInfos, BoxesThatMoveGoWhereTheyHead) {
  std::size_t moving = 0, forward = 0;
  for (const Keyframe& keyframe : keyframes_) {
    for (const BoxAnnotation& box : keyframe.boxes) {
      if (!box.category.starts_with("vehicle.") || box.velocity_mps.norm() < 3) continue;
      const double yaw = box.box.frame_from_box.yaw_rad();
      ++moving;
      forward += box.velocity_mps.normalized().dot(Eigen::Vector2d(std::cos(yaw), std::sin(yaw))) > 0.9;
    }
  }
  EXPECT_GT(moving, 20U);
  EXPECT_GE(forward, moving * 95 / 100);
}

INSTANTIATE_TEST_SUITE_P(Files, RealInfos, testing::Values(kWorld, kOld, kSweeps), [](const auto& file) {
  return std::string(file.param == kWorld ? "BevDet" : file.param == kOld ? "Mmdet3d" : "WithCameraSweeps");
});

TEST(RealInfosFiles, ScenesAreFoundWithTheirNamesAndWithout) {
  if (!fs::exists(sharedFile(kWorld))) GTEST_SKIP() << "the real infos are absent";
  const auto named = Dataset::open(sharedFile(kWorld)), nameless = Dataset::open(sharedFile(kOld));
  ASSERT_EQ(named->scenes().size(), 2U);
  EXPECT_EQ(named->scenes()[0].name, "scene-0103");
  EXPECT_EQ(named->scenes()[1].name, "scene-0916");
  EXPECT_EQ(named->scenes()[1].location, "singapore-queenstown");
  ASSERT_EQ(nameless->scenes().size(), 2U);
  for (std::size_t scene = 0; scene < 2; ++scene)
    EXPECT_EQ(nameless->scenes()[scene].keyframes, named->scenes()[scene].keyframes);
}

TEST(RealInfosFiles, CamerasPlayBetweenKeyframes) {
  if (!fs::exists(sharedFile(kSweeps))) GTEST_SKIP() << "the real infos are absent";
  const auto dataset = Dataset::open(sharedFile(kSweeps));
  const std::vector<CameraFrame> frames = dataset->cameraSequence(0, Camera::Front);
  EXPECT_GT(frames.size(), dataset->scenes()[0].keyframes.size() * 3 / 2);
  for (std::size_t i = 1; i < frames.size(); ++i) {
    EXPECT_LT(frames[i - 1].reading.timestamp_us, frames[i].reading.timestamp_us);
    const double moved_m = (frames[i].reading.global_from_ego.translation() -
                            frames[i - 1].reading.global_from_ego.translation())
                               .norm();
    EXPECT_LT(moved_m, 15) << "a pose of another time";
  }
}

}  // namespace
}  // namespace hbev
