#include "core/data/dataset.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_nuscenes.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::MadeNuscenes;
using test::problemOf;
using test::TemporaryFolder;

bool hasIssue(const Dataset& dataset, const std::string& what, std::int64_t count = 1) {
  for (const DatasetIssue& issue : dataset.issues()) {
    if (issue.what == what && issue.count == count && !issue.consequence.empty()) return true;
  }
  return false;
}

class DatasetTest : public testing::Test {
 protected:
  std::shared_ptr<const Dataset> open() {
    made_.write(folder_.path());
    return Dataset::open(folder_.path());
  }

  TemporaryFolder folder_;
  MadeNuscenes made_;
};

TEST_F(DatasetTest, HoldsScenesAndKeyframesInTheOrderOfTime) {
  auto& samples = made_.table("sample");
  std::swap(samples[0], samples[2]);
  const auto dataset = open();
  EXPECT_EQ(dataset->version(), "v1.0-mini");
  EXPECT_EQ(dataset->name(), folder_.path().filename());
  EXPECT_EQ(dataset->keyframeCount(), 4U);
  ASSERT_EQ(dataset->scenes().size(), 2U);
  const Scene& scene = dataset->scenes()[0];
  EXPECT_EQ(scene.name, "scene-a");
  EXPECT_EQ(scene.location, "made-town");
  EXPECT_EQ(scene.keyframes, (std::vector<std::string>{"a0", "a1", "a2"}));
  EXPECT_EQ(dataset->timestamp_us(0, 1), 1'500'000'000'500'000);
  EXPECT_EQ(dataset->sceneIndex("scene-b"), 1U);
  EXPECT_EQ(dataset->sceneIndex("b"), 1U);
  EXPECT_EQ(problemOf([&] { dataset->sceneIndex("scene-z"); }).found, "scene-z");
  EXPECT_TRUE(hasIssue(*dataset, "gts and openocc_v2 are missing"));
  EXPECT_EQ(dataset->issues().size(), 1U);
}

TEST_F(DatasetTest, KeyframesHoldEverySensorWithItsOwnEgoPose) {
  const Keyframe keyframe = open()->keyframe(0, 1);
  EXPECT_EQ(keyframe.token, "a1");
  EXPECT_EQ(keyframe.scene_name, "scene-a");
  EXPECT_TRUE(keyframe.problems.empty());
  ASSERT_TRUE(keyframe.lidar);
  EXPECT_EQ(keyframe.lidar->file, folder_ / "samples/LIDAR_TOP/a1.pcd.bin");
  const CameraReading& front = *keyframe.cameras[std::size_t(Camera::Front)];
  EXPECT_EQ(front.file, folder_ / "samples/CAM_FRONT/a1.jpg");
  EXPECT_EQ(front.timestamp_us, 1'500'000'000'503'000);
  EXPECT_EQ(front.model.width, 1600);
  EXPECT_EQ(front.model.intrinsics(0, 2), 800);
  EXPECT_EQ(front.model.intrinsics(1, 2), 450);
  EXPECT_LT((front.global_from_ego.translation() - Eigen::Vector3d(1, 0.003, 0)).norm(), 1e-12);
  EXPECT_LT((keyframe.lidar->global_from_ego.translation() - Eigen::Vector3d(1, 0.013, 0)).norm(), 1e-12);
  const auto lidars = open()->lidarReadings(0);
  ASSERT_EQ(lidars.size(), 3U);
  EXPECT_EQ(lidars[1]->file, keyframe.lidar->file);
}

TEST_F(DatasetTest, BoxesHaveTheirClassSizeAndVelocity) {
  const auto dataset = open();
  for (std::size_t i = 0; i < 3; ++i) {  // both neighbours, or the one that there is
    const Keyframe keyframe = dataset->keyframe(0, i);
    ASSERT_EQ(keyframe.boxes.size(), 1U);
    const BoxAnnotation& box = keyframe.boxes[0];
    EXPECT_EQ(box.category, "vehicle.car");
    EXPECT_EQ(box.lidar_points, 7);
    EXPECT_EQ(box.box.size, Eigen::Vector3d(4, 2, 1.5)) << "length, width, height";
    EXPECT_LT((box.velocity_mps - Eigen::Vector2d(2, 0)).norm(), 1e-6);
  }
  EXPECT_TRUE(dataset->keyframe(1, 0).boxes.empty());
}

TEST_F(DatasetTest, VelocityIsUnknownAcrossGapsAndBrokenLinks) {
  made_.row("sample", "a2")["timestamp"] = 1'500'000'000'000'000 + 10'000'000;
  made_.row("sample_annotation", "box0")["next"] = "nowhere";
  const auto dataset = open();
  EXPECT_EQ(dataset->keyframe(0, 0).boxes[0].velocity_mps, Eigen::Vector2d(0, 0)) << "no neighbour";
  EXPECT_EQ(dataset->keyframe(0, 2).boxes[0].velocity_mps, Eigen::Vector2d(0, 0)) << "9.5 s apart";
}

TEST_F(DatasetTest, HandCutRowsNeedNoLinks) {
  for (auto& row : made_.table("sample_annotation")) {
    row.erase("prev");
    row.erase("next");
  }
  for (auto& row : made_.table("sample_data")) {
    row.erase("width");
    row.erase("height");
  }
  const Keyframe keyframe = open()->keyframe(0, 0);
  EXPECT_EQ(keyframe.boxes[0].velocity_mps, Eigen::Vector2d(0, 0));
  EXPECT_EQ(keyframe.cameras[0]->model.width, 1600);
  EXPECT_TRUE(keyframe.problems.empty());
}

TEST_F(DatasetTest, SweepsAndRadarsAreNoReadings) {
  // A sweep's file is never taken, wherever its row stands.
  auto& rows = made_.table("sample_data");
  std::reverse(rows.begin(), rows.end());
  const Keyframe keyframe = open()->keyframe(0, 0);
  for (const auto& camera : keyframe.cameras) {
    EXPECT_EQ(camera->file.string().find("sweeps"), std::string::npos);
    EXPECT_EQ(camera->file.string().find("RADAR"), std::string::npos);
  }
  EXPECT_EQ(keyframe.lidar->file, folder_ / "samples/LIDAR_TOP/a0.pcd.bin");
}

TEST_F(DatasetTest, TheVersionFolderItselfOpensToo) {
  made_.write(folder_.path());
  const std::string text = (folder_ / "v1.0-mini").string();
  for (const std::string& path : {text, text + "/"}) {
    const auto dataset = Dataset::open(path);
    EXPECT_EQ(dataset->version(), "v1.0-mini");
    EXPECT_EQ(dataset->root(), folder_.path());
    EXPECT_EQ(dataset->keyframe(0, 0).lidar->file, folder_ / "samples/LIDAR_TOP/a0.pcd.bin");
  }
  EXPECT_EQ(Dataset::open(folder_.path().string() + "/")->name(), folder_.path().filename());
}

TEST_F(DatasetTest, OfSeveralVersionsTheLargestIsTakenAndTheOthersAreNamed) {
  made_.write(folder_.path(), "v1.0-trainval");
  MadeNuscenes small;
  auto& rows = small.table("sample_data");
  rows.erase(rows.begin() + 20, rows.end());
  small.write(folder_.path(), "v1.0-mini");
  const auto dataset = Dataset::open(folder_.path());
  EXPECT_EQ(dataset->version(), "v1.0-trainval");
  EXPECT_TRUE(hasIssue(*dataset, "There is also v1.0-mini"));
  EXPECT_EQ(Dataset::open(folder_.path(), "v1.0-mini")->version(), "v1.0-mini");
  const Problem problem = problemOf([&] { Dataset::open(folder_.path(), "v1.0-test"); });
  EXPECT_EQ(problem.expected, "v1.0-test");
  EXPECT_EQ(problem.found, "v1.0-trainval, v1.0-mini");
}

TEST_F(DatasetTest, BrokenLinksAreCountedAndTheRestIsThere) {
  made_.row("sample_data", "a0-CAM_BACK")["sample_token"] = "nowhere";
  made_.row("sample_data", "a0-CAM_FRONT")["calibrated_sensor_token"] = "nowhere";
  made_.row("sample_data", "a1-CAM_FRONT")["calibrated_sensor_token"] = nullptr;
  made_.row("sample_data", "a0-LIDAR_TOP")["ego_pose_token"] = "nowhere";
  made_.row("sample", "b0")["scene_token"] = "nowhere";
  const auto dataset = open();
  EXPECT_TRUE(hasIssue(*dataset, "Samples name scenes that scene.json does not hold"));
  // The back camera, and the seven sensors and the radar of b0, which has no scene.
  EXPECT_TRUE(hasIssue(*dataset, "Sensor readings name samples that sample.json does not hold", 9));
  EXPECT_TRUE(hasIssue(*dataset, "Sensor readings lack their row in calibrated_sensor.json", 2));
  EXPECT_TRUE(hasIssue(*dataset, "Sensor readings lack their row in ego_pose.json"));
  const Keyframe keyframe = dataset->keyframe(0, 0);
  EXPECT_FALSE(keyframe.lidar);
  EXPECT_FALSE(keyframe.cameras[std::size_t(Camera::Back)]);
  EXPECT_TRUE(keyframe.cameras[std::size_t(Camera::FrontLeft)]);
  EXPECT_EQ(keyframe.problems.size(), 3U);
  EXPECT_EQ(keyframe.problems.back(), "Lidar: the tables hold no reading.");
  EXPECT_FALSE(dataset->lidarReadings(0)[0]);
  EXPECT_TRUE(dataset->lidarReadings(0)[1]);
}

TEST_F(DatasetTest, TruthIsFoundWhereItLies) {
  writeFile(folder_.path() / test::labelsFile(LabelKind::Occ3d, "scene-a", "a1"), std::string_view("x"));
  const auto dataset = open();
  EXPECT_EQ(dataset->labelKinds(), std::vector{LabelKind::Occ3d});
  EXPECT_TRUE(dataset->issues().empty());
  EXPECT_EQ(dataset->truthFile(LabelKind::Occ3d, dataset->keyframe(0, 1)),
            folder_ / "gts/scene-a/a1/labels.npz");
  EXPECT_FALSE(dataset->truthFile(LabelKind::Occ3d, dataset->keyframe(0, 0)));
  EXPECT_FALSE(dataset->truthFile(LabelKind::OpenOcc, dataset->keyframe(0, 1)));
}

TEST_F(DatasetTest, WhatIsNoDataSetIsRefusedWithAdvice) {
  const Problem absent = problemOf([&] { Dataset::open(folder_ / "absent"); });
  EXPECT_EQ(absent.file, folder_ / "absent");
  EXPECT_EQ(absent.found, "nothing there");
  for (const std::string ending : {"", "/", "/."}) {
    const Problem empty = problemOf([&] { Dataset::open(folder_.path().string() + ending); });
    EXPECT_EQ(empty.summary, folder_.path().filename().string() + " is no nuScenes folder");
    EXPECT_FALSE(empty.advice.empty());
  }
  writeFile(folder_ / "notes.txt", std::string_view("some notes"));
  EXPECT_EQ(problemOf([&] { Dataset::open(folder_ / "notes.txt"); }).file, folder_ / "notes.txt");
}

TEST_F(DatasetTest, OpeningCanBeCancelled) {
  made_.write(folder_.path());
  std::stop_source stop;
  stop.request_stop();
  Progress progress({}, stop.get_token());
  EXPECT_THROW(Dataset::open(folder_.path(), {}, &progress), Cancelled);
  std::vector<std::int64_t> done;
  Progress counting([&](const Progress::State& state) { done.push_back(state.done); });
  Dataset::open(folder_.path(), {}, &counting);
  EXPECT_EQ(counting.state().done, counting.state().total) << "in MB";
  EXPECT_GT(counting.state().total, 0);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_GE(done.size(), 2U) << "at the start and at the end";
}

}  // namespace
}  // namespace hbev
