// Infos read as a data set, and written from one.
#include "core/data/infos.h"

#include <cmath>
#include <cstdlib>
#include <numbers>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/infos_writer.h"
#include "core/data/splits.h"
#include "core/io/pickle.h"
#include "tests/base/expect_error.h"
#include "tests/base/python.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_nuscenes.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::MadeNuscenes;
using test::problemOf;
using test::TemporaryFolder;

fs::path madeFile(const std::string& name) {
  return fs::path(HBEV_TEST_DATA) / "infos" / name;
}

bool hasIssue(const Dataset& dataset, const std::string& what, std::int64_t count) {
  for (const DatasetIssue& issue : dataset.issues()) {
    if (issue.what.find(what) != std::string::npos && issue.count == count) return true;
  }
  return false;
}

void expectNear(const Pose& a, const Pose& b, double tolerance) {
  EXPECT_TRUE(a.matrix().isApprox(b.matrix(), tolerance)) << a.matrix() << "\n\n" << b.matrix();
}

/// The car of make.py: 10 m in front of the ego, which stands at (100, 200 + `moved`) and looks along +y.
void expectCar(const BoxAnnotation& box, double moved, double yaw_rad) {
  EXPECT_TRUE(box.box.frame_from_box.translation().isApprox(Eigen::Vector3d(100, 210 + moved, 1), 1e-9));
  EXPECT_TRUE(box.box.size.isApprox(Eigen::Vector3d(4, 2, 1.5), 1e-9)) << box.box.size;
  EXPECT_NEAR(std::remainder(box.box.frame_from_box.yaw_rad() - yaw_rad, 2 * std::numbers::pi), 0, 1e-9);
  EXPECT_TRUE(box.velocity_mps.isApprox(Eigen::Vector2d(0, 2), 1e-9)) << box.velocity_mps;
  EXPECT_EQ(box.category, "vehicle.car");
}

void expectRig(const Keyframe& keyframe, double moved, double camera_moved) {
  ASSERT_TRUE(keyframe.lidar);
  const Pose global_from_ego = Pose::fromYaw(std::numbers::pi / 2, {100, 200 + moved, 0});
  expectNear(keyframe.lidar->global_from_ego, global_from_ego, 1e-9);
  expectNear(keyframe.lidar->ego_from_sensor, Pose::fromYaw(-std::numbers::pi / 2, {0, 0, 2}), 1e-9);
  ASSERT_TRUE(keyframe.cameras[std::size_t(Camera::Front)]);
  const CameraReading& front = *keyframe.cameras[std::size_t(Camera::Front)];
  expectNear(front.global_from_ego, Pose::fromYaw(std::numbers::pi / 2, {100, 200 + camera_moved, 0}), 1e-9);
  expectNear(front.ego_from_sensor, Pose(Eigen::Quaterniond(0.5, -0.5, 0.5, -0.5), {1, 0, 1.5}), 1e-9);
  EXPECT_EQ(front.model.intrinsics(0, 0), 1000);
  EXPECT_EQ(front.model.intrinsics(1, 2), 450);
  EXPECT_EQ(front.timestamp_us, 1'500'000'000'001'000 + std::int64_t(500'000 * moved));
}

TEST(Infos, Mmdet3dBeforeOneWithoutScenes) {
  const auto dataset = Dataset::open(madeFile("mmdet3d_v0_infos.pkl"));
  EXPECT_EQ(dataset->version(), "v1.0-mini");
  ASSERT_EQ(dataset->scenes().size(), 3U) << "two drives, and a leap in time in the second";
  EXPECT_EQ(dataset->scenes()[0].keyframes, (std::vector<std::string>{"n008-0", "n008-1", "n008-2"}));
  EXPECT_EQ(dataset->scenes()[1].keyframes, (std::vector<std::string>{"n015-0", "n015-1"}));
  EXPECT_EQ(dataset->scenes()[2].keyframes, (std::vector<std::string>{"n015-20", "n015-21"}));
  EXPECT_TRUE(hasIssue(*dataset, "do not name their scenes", 7));
  const Keyframe keyframe = dataset->keyframe(0, 2);
  EXPECT_EQ(keyframe.timestamp_us, 1'500'000'001'000'000);
  expectRig(keyframe, 2, 2);
  ASSERT_EQ(keyframe.boxes.size(), 2U);
  expectCar(keyframe.boxes[0], 2, std::numbers::pi / 2);
  EXPECT_EQ(keyframe.boxes[0].lidar_points, 7);
  EXPECT_EQ(keyframe.boxes[1].category, "movable_object.trafficcone");
  EXPECT_EQ(keyframe.boxes[1].velocity_mps, Eigen::Vector2d(0, 0)) << "NaN in the file";
}

TEST(Infos, PathsAreFoundBelowTheFolder) {
  const TemporaryFolder folder;
  const std::string image = "samples/CAM_FRONT/n008__CAM_FRONT__1500000000001000.jpg";
  writeFile(folder / "nuscenes" / image, "no JPEG, but there");
  fs::create_directories(folder / "infos");
  fs::create_directories(folder / "nuscenes/openocc_v2");
  fs::copy(madeFile("mmdet3d_v0_infos.pkl"), folder / "infos/mmdet3d_v0_infos.pkl");
  const auto dataset = Dataset::open(folder / "infos/mmdet3d_v0_infos.pkl");
  EXPECT_EQ(dataset->root(), folder / "nuscenes");
  EXPECT_EQ(dataset->keyframe(0, 0).cameras[std::size_t(Camera::Front)]->file, folder / "nuscenes" / image);
  EXPECT_EQ(dataset->labelKinds(), std::vector<LabelKind>{LabelKind::OpenOcc});
}

TEST(Infos, SweepsOfSeveralRecordsCountOnce) {
  const Infos infos = readInfos(madeFile("mmdet3d_v0_infos.pkl"));
  std::vector<std::string> sweeps;
  for (const DatasetIndex::Reading& reading : infos.index.readings) {
    if (reading.sample == kNoRow) sweeps.push_back(infos.index.fileName(reading));
  }
  EXPECT_EQ(sweeps, std::vector<std::string>{"sweeps/LIDAR_TOP/n008__LIDAR_TOP__1500000000450000.pcd.bin"});
}

TEST(Infos, BevDetWithItsOwnBoxesAndScenes) {
  const auto dataset = Dataset::open(madeFile("bevdet_infos.pkl"));
  ASSERT_EQ(dataset->scenes().size(), 2U);
  EXPECT_EQ(dataset->scenes()[0].name, "scene-0001");
  EXPECT_EQ(dataset->scenes()[0].token, "the-first");
  EXPECT_EQ(dataset->scenes()[0].keyframes.size(), 3U);
  EXPECT_EQ(dataset->scenes()[1].name, "scene-0002");
  EXPECT_EQ(dataset->scenes()[1].keyframes, std::vector<std::string>{"n008-3"});
  EXPECT_TRUE(hasIssue(*dataset, "lack token, time or poses", 1));
  EXPECT_TRUE(hasIssue(*dataset, "are incomplete", 1));
  const Keyframe spoiled = dataset->keyframe(0, 1);
  EXPECT_FALSE(spoiled.cameras[std::size_t(Camera::Back)]);
  EXPECT_TRUE(spoiled.cameras[std::size_t(Camera::Front)]);
  ASSERT_EQ(spoiled.boxes.size(), 1U);
  expectCar(spoiled.boxes[0], 1, std::numbers::pi / 2 + 0.25);
}

TEST(Infos, Mmdet3dFromOneOn) {
  const auto dataset = Dataset::open(madeFile("mmdet3d_v11_infos.pkl"));
  const Keyframe keyframe = dataset->keyframe(0, 0);
  EXPECT_EQ(keyframe.token, "n008-0");
  EXPECT_EQ(keyframe.timestamp_us, 1'500'000'000'000'000);
  expectRig(keyframe, 0, 0.25);
  EXPECT_TRUE(keyframe.cameras[0]->file.string().ends_with(
      "samples/CAM_FRONT_LEFT/n008__CAM_FRONT_LEFT__1500000000001000.jpg"));
  ASSERT_EQ(keyframe.boxes.size(), 1U);
  expectCar(keyframe.boxes[0], 0, std::numbers::pi / 2);
}

TEST(Infos, AFolderWithoutTablesOpensItsInfos) {
  const TemporaryFolder folder;
  fs::copy(madeFile("bevdet_infos.pkl"), folder / "bevdetv2-nuscenes_infos_val.pkl");
  fs::copy(madeFile("mmdet3d_v11_infos.pkl"), folder / "nuscenes_infos_train.pkl");
  const auto dataset = Dataset::open(folder.path());
  EXPECT_EQ(dataset->keyframeCount(), 4U);
  EXPECT_TRUE(hasIssue(*dataset, "There are no tables; the keyframes are those of bevdetv2", 1));
}

TEST(Infos, WhatIsNoInfosIsRefused) {
  const TemporaryFolder folder;
  for (const char* program :
       {"].", "}.", "(S'infos'\n]d.", "(S'infos'\nI1\nd.", "(S'infos'\n]I1\nad.", "N."}) {
    writeFile(folder / "bad_infos.pkl", program);
    EXPECT_EQ(problemOf([&] { readInfos(folder / "bad_infos.pkl"); }).summary, "The pickle holds no infos")
        << program;
  }
  // A record that is a record, and nothing in it.
  writeFile(folder / "bad_infos.pkl", "(S'infos'\n](S'token'\nS'a'\ndad.");
  EXPECT_THROW(Dataset::open(folder / "bad_infos.pkl"), Error);
  writeFile(folder / "bad_infos.pkl", "(S'infos'\n](cos\nsystem\n(S'id'\ntRdad.");
  EXPECT_EQ(problemOf([&] { Dataset::open(folder / "bad_infos.pkl"); }).file, folder / "bad_infos.pkl");
}

TEST(Infos, DamagedFilesDoNoHarm) {
  const std::vector<std::byte> whole = readFile(madeFile("mmdet3d_v0_infos.pkl"), 1 << 20);
  const TemporaryFolder folder;
  std::size_t opened = 0;
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::vector<std::byte> damaged = whole;
    damaged[at] = std::byte(at * 31);
    writeFile(folder / "infos.pkl", damaged);
    try {
      const auto dataset = Dataset::open(folder / "infos.pkl");
      for (std::size_t scene = 0; scene < dataset->scenes().size(); ++scene) {
        for (std::size_t i = 0; i < dataset->scenes()[scene].keyframes.size(); ++i)
          (void)dataset->keyframe(scene, i);
      }
      ++opened;
    } catch (const Error&) {
    }
  }
  EXPECT_GT(opened, 0U);
}

/// Tables whose cars and sensors are turned and tilted, so that no frame can be taken for another.
MadeNuscenes turnedTables() {
  MadeNuscenes made;
  int number = 0;
  const auto turn = [&](nlohmann::json& row, double tilt) {
    ++number;
    const Eigen::Quaterniond q = Eigen::AngleAxisd(0.3 * number, Eigen::Vector3d::UnitZ()) *
                                 Eigen::AngleAxisd(tilt * number, Eigen::Vector3d(1, 0.5, 0).normalized());
    row["rotation"] = {q.w(), q.x(), q.y(), q.z()};
    row["translation"] = {600.0 + number, 1600.0 - number, 0.1 * number};
  };
  for (nlohmann::json& row : made.table("calibrated_sensor")) {
    turn(row, 0.1);
    row["translation"] = {1.0, 0.1 * number, 1.6};
  }
  for (nlohmann::json& row : made.table("ego_pose"))
    turn(row, 0.001);
  number = 0;
  for (nlohmann::json& row : made.table("sample_annotation")) {
    turn(row, 0.0);
    row["num_radar_pts"] = 2;
  }
  // As in nuScenes, where a sample has its lidar's time.
  for (nlohmann::json& row : made.table("sample")) {
    const std::string token = row.at("token").get<std::string>() + "-LIDAR_TOP";
    row["timestamp"] = made.row("sample_data", token).at("timestamp");
  }
  return made;
}

void expectSame(const SensorReading& a, const SensorReading& b) {
  EXPECT_EQ(a.file, b.file);
  EXPECT_EQ(a.timestamp_us, b.timestamp_us);
  expectNear(a.ego_from_sensor, b.ego_from_sensor, 1e-9);
  expectNear(a.global_from_ego, b.global_from_ego, 1e-9);
}

void expectSameKeyframes(const Dataset& tables, const Dataset& infos) {
  ASSERT_EQ(infos.scenes().size(), tables.scenes().size());
  for (std::size_t scene = 0; scene < tables.scenes().size(); ++scene) {
    EXPECT_EQ(infos.scenes()[scene].name, tables.scenes()[scene].name);
    EXPECT_EQ(infos.scenes()[scene].token, tables.scenes()[scene].token);
    ASSERT_EQ(infos.scenes()[scene].keyframes, tables.scenes()[scene].keyframes);
    for (std::size_t i = 0; i < tables.scenes()[scene].keyframes.size(); ++i) {
      const Keyframe a = tables.keyframe(scene, i), b = infos.keyframe(scene, i);
      EXPECT_EQ(b.timestamp_us, a.timestamp_us);
      ASSERT_TRUE(a.lidar && b.lidar);
      expectSame(*b.lidar, *a.lidar);
      for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
        ASSERT_TRUE(a.cameras[camera] && b.cameras[camera]);
        expectSame(*b.cameras[camera], *a.cameras[camera]);
        EXPECT_TRUE(b.cameras[camera]->model.intrinsics.isApprox(a.cameras[camera]->model.intrinsics, 1e-12));
      }
      ASSERT_EQ(b.boxes.size(), a.boxes.size());
      for (std::size_t k = 0; k < a.boxes.size(); ++k) {
        expectNear(b.boxes[k].box.frame_from_box, a.boxes[k].box.frame_from_box, 1e-9);
        EXPECT_TRUE(b.boxes[k].box.size.isApprox(a.boxes[k].box.size, 1e-9));
        EXPECT_NEAR((b.boxes[k].velocity_mps - a.boxes[k].velocity_mps).norm(), 0, 1e-9);
        EXPECT_EQ(b.boxes[k].category, a.boxes[k].category);
        EXPECT_EQ(b.boxes[k].lidar_points, a.boxes[k].lidar_points);
      }
    }
  }
}

class WrittenInfos : public testing::TestWithParam<InfosDialect> {
 protected:
  void SetUp() override {
    turnedTables().write(folder_.path());
    writeFile(folder_ / "samples/LIDAR_TOP/a0.pcd.bin", "there");
    tables_ = Dataset::open(folder_.path());
    options_.dialect = GetParam();
    options_.scenes = scenesOfSplit(*tables_, "all");
    options_.data_root = "./data/nuscenes";
  }

  TemporaryFolder folder_;
  std::shared_ptr<const Dataset> tables_;
  InfosOptions options_;
};

TEST_P(WrittenInfos, GiveTheSameKeyframes) {
  const fs::path file = folder_ / "made_infos.pkl";
  EXPECT_EQ(writeInfos(file, *tables_, options_).keyframes, 4U);
  const auto infos = Dataset::open(file);
  EXPECT_EQ(infos->root(), tables_->root());
  EXPECT_EQ(infos->version(), "v1.0-mini");
  ASSERT_GT(tables_->keyframe(0, 1).boxes.at(0).velocity_mps.norm(), 1.0);
  expectSameKeyframes(*tables_, *infos);
  // The lidar's sweeps come along: those before the last keyframe.
  std::size_t sweeps = 0;
  for (const DatasetIndex::Reading& reading : infos->index().readings)
    sweeps += reading.sample == kNoRow;
  EXPECT_EQ(sweeps, 2U);
}

TEST_P(WrittenInfos, PythonLoadsThem) {
  if (!test::pythonHas("numpy")) GTEST_SKIP() << "no Python with NumPy (HBEV_PYTHON)";
  writeInfos(folder_ / "made_infos.pkl", *tables_, options_);
  const std::string command = "'" + test::python() + "' -W error '" + madeFile("check_written.py").string() +
                              "' '" + (folder_ / "made_infos.pkl").string() + "' > /dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_P(WrittenInfos, NothingIsLeftWhenCancelled) {
  std::stop_source stop;
  stop.request_stop();
  Progress progress({}, stop.get_token());
  EXPECT_THROW(writeInfos(folder_ / "new/infos.pkl", *tables_, options_, &progress), Cancelled);
  EXPECT_TRUE(fs::is_empty(folder_ / "new"));
}

INSTANTIATE_TEST_SUITE_P(Dialects, WrittenInfos,
                         testing::Values(InfosDialect::BevDet, InfosDialect::MmDet3dV11),
                         [](const auto& dialect) {
                           return dialect.param == InfosDialect::BevDet ? "BevDet" : "MmDet3dV11";
                         });

TEST(InfosWriter, BevDetsOwnValues) {
  const TemporaryFolder folder;
  MadeNuscenes made;
  made.row("sample_annotation", "box0")["num_lidar_pts"] = 0;  // hit by no sensor: not in ann_infos
  made.write(folder.path());
  const auto tables = Dataset::open(folder.path());
  InfosOptions options;
  options.scenes = {0};
  options.data_root = "./data/nuscenes";
  options.max_sweeps = 2;
  writeInfos(folder / "infos.pkl", *tables, options);
  const Pickle pickle = readPickle(folder / "infos.pkl");
  const auto infos = pickle.root().at("infos").items();
  ASSERT_EQ(infos.size(), 3U);
  EXPECT_EQ(infos[0].at("ann_infos").items()[0].items().size(), 0U);
  EXPECT_EQ(infos[0].at("valid_flag").array().values<std::uint8_t>(), std::vector<std::uint8_t>{0});
  EXPECT_EQ(infos[2].at("lidar_path").text(), "./data/nuscenes/samples/LIDAR_TOP/a2.pcd.bin");
  EXPECT_EQ(infos[2].at("occ_path").text(), "./data/nuscenes/gts/scene-a/a2");
  EXPECT_EQ(infos[2].at("prev").text(), "a1");
  EXPECT_EQ(infos[2].at("next").text(), "");
  ASSERT_EQ(infos[2].at("sweeps").items().size(), 2U);
  EXPECT_EQ(infos[2].at("sweeps").items()[0].at("data_path").text(),
            "./data/nuscenes/sweeps/LIDAR_TOP/a1.pcd.bin");
  EXPECT_EQ(infos[2].at("sweeps").items()[1].at("data_path").text(),
            "./data/nuscenes/samples/LIDAR_TOP/a1.pcd.bin");
  // The car at (12, 0, 1), the ego at (2, ~0, 0): 10 m ahead. Length, width, height; 2 m/s.
  const std::vector<double> box = infos[2].at("ann_infos").items()[0].items()[0].numbers();
  ASSERT_EQ(box.size(), 9U);
  EXPECT_NEAR(box[0], 10, 1e-9);
  EXPECT_EQ(std::vector<double>(box.begin() + 3, box.begin() + 6), (std::vector<double>{4, 2, 1.5}));
  EXPECT_NEAR(box[7], 2, 1e-9);
  EXPECT_EQ(infos[2].at("ann_infos").items()[1].numbers(), std::vector<double>{0});
}

TEST(InfosWriter, UnknownVelocitiesAreNaNBesideTheBoxesAndZeroInAnnInfos) {
  const TemporaryFolder folder;
  MadeNuscenes made;
  for (const char* box : {"box0", "box1", "box2"})
    made.row("sample_annotation", box)["prev"] = made.row("sample_annotation", box)["next"] = "";
  made.write(folder.path());
  const auto tables = Dataset::open(folder.path());
  InfosOptions options;
  options.scenes = {0};
  options.data_root = ".";
  writeInfos(folder / "bevdet_infos.pkl", *tables, options);
  const Pickle bevdet = readPickle(folder / "bevdet_infos.pkl");
  const PickleValue& info = bevdet.root().at("infos").items()[1];
  const std::vector<double> velocity = info.at("gt_velocity").array().values<double>();
  ASSERT_EQ(velocity.size(), 2U);
  EXPECT_TRUE(std::isnan(velocity[0]) && std::isnan(velocity[1]));
  const std::vector<double> row = info.at("ann_infos").items()[0].items()[0].numbers();
  EXPECT_EQ(std::vector<double>(row.begin() + 7, row.end()), (std::vector<double>{0, 0}));
  options.dialect = InfosDialect::MmDet3dV11;
  writeInfos(folder / "v11_infos.pkl", *tables, options);
  const Pickle v11 = readPickle(folder / "v11_infos.pkl");
  const PickleValue& instance = v11.root().at("data_list").items()[1].at("instances").items()[0];
  EXPECT_TRUE(std::isnan(instance.at("velocity").numbers()[0]));
  for (const char* name : {"bevdet_infos.pkl", "v11_infos.pkl"}) {
    const auto read = Dataset::open(folder / name);
    EXPECT_TRUE(std::isnan(read->index().boxes[1].velocity_mps[0])) << name;
    EXPECT_EQ(read->keyframe(0, 1).boxes.at(0).velocity_mps, Eigen::Vector2d(0, 0)) << name;
  }
}

TEST(InfosWriter, IncompleteKeyframesAreLeftOutAndCounted) {
  const TemporaryFolder folder;
  MadeNuscenes made;
  nlohmann::json& readings = made.table("sample_data");
  for (std::size_t i = 0; i < readings.size(); ++i) {
    if (readings[i].at("token") == "a1-CAM_BACK") readings.erase(i);
  }
  made.row("ego_pose", "a2-LIDAR_TOP")["rotation"] = {0, 0, 0, 0};
  made.write(folder.path());
  const auto tables = Dataset::open(folder.path());
  InfosOptions options;
  options.scenes = {0};
  options.data_root = ".";
  const InfosWritten written = writeInfos(folder / "infos.pkl", *tables, options);
  EXPECT_EQ(written.keyframes, 1U);
  EXPECT_EQ(written.left_out, 2U);
}

TEST(Splits, OfficialNumbers) {
  EXPECT_EQ(officialSplit("scene-0003"), "val");
  EXPECT_EQ(officialSplit("scene-0103"), "val");
  EXPECT_EQ(officialSplit("scene-0061"), "train");
  EXPECT_EQ(officialSplit("scene-1110"), "train");
  EXPECT_EQ(officialSplit("scene-0077"), "test");
  EXPECT_EQ(officialSplit("demo-0103"), "");
  EXPECT_EQ(officialSplit("scene-a"), "");
}

TEST(Splits, FilesNamesAndTheMiniSplit) {
  const TemporaryFolder folder;
  MadeNuscenes made;
  made.row("scene", "a")["name"] = "scene-0061";
  made.row("scene", "b")["name"] = "scene-0103";
  made.write(folder.path());
  const auto dataset = Dataset::open(folder.path());
  EXPECT_EQ(scenesOfSplit(*dataset, "all").size(), 2U);
  EXPECT_EQ(scenesOfSplit(*dataset, "train"), std::vector<std::size_t>{0});
  EXPECT_EQ(scenesOfSplit(*dataset, "val"), std::vector<std::size_t>{1});
  EXPECT_EQ(scenesOfSplit(*dataset, "mini_val"), std::vector<std::size_t>{1});
  EXPECT_EQ(scenesOfSplit(*dataset, "scene-0061"), std::vector<std::size_t>{0});
  EXPECT_EQ(problemOf([&] { scenesOfSplit(*dataset, "night"); }).found, "night");
  EXPECT_EQ(splitsWithScenes(*dataset), (std::vector<std::string>{"mini_train", "mini_val"}));
  writeFile(folder / "splits.json", R"({"night": ["scene-0103", "scene-0104"], "snow": ["scene-0105"]})");
  EXPECT_EQ(scenesOfSplit(*dataset, "night"), std::vector<std::size_t>{1});
  EXPECT_EQ(namedSplits(*dataset).at("night").size(), 2U);
  EXPECT_EQ(splitsWithScenes(*dataset), std::vector<std::string>{"night"}) << "nothing of snow is here";
  EXPECT_EQ(scenesOfSplit(*dataset, "val"), std::vector<std::size_t>{1}) << "still nuScenes'";
  for (const char* damaged : {"[]", "{", R"({"val": 7})", R"({"val": [7]})"}) {
    writeFile(folder / "splits.json", damaged);
    EXPECT_EQ(problemOf([&] { namedSplits(*dataset); }).summary, "splits.json cannot be used") << damaged;
  }
}

TEST(Splits, TheWholeDataSetHasItsOfficialNames) {
  const TemporaryFolder folder;
  MadeNuscenes made;
  made.row("scene", "a")["name"] = "scene-0061";
  made.row("scene", "b")["name"] = "scene-0103";
  made.write(folder.path());
  fs::rename(folder / "v1.0-mini", folder / "v1.0-trainval");
  EXPECT_EQ(splitsWithScenes(*Dataset::open(folder.path())), (std::vector<std::string>{"train", "val"}));
}

}  // namespace
}  // namespace hbev
