#include <fstream>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/lidar.h"
#include "core/doctor/dataset_check.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_nuscenes.h"
#include "tests/doctor/found.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::find;
using test::stateOf;
using State = Finding::State;

/// Tables, lidar files and labels without a fault; pictures are only touched.
class MadeFolder {
 public:
  MadeFolder() {
    // What nuScenes has beyond what this program reads.
    for (json& scene : tables.table("scene")) {
      const std::string name = scene["token"];
      scene["first_sample_token"] = name + "0";
      scene["last_sample_token"] = name == "a" ? "a2" : "b0";
    }
    tables.row("instance", "the-car")["first_annotation_token"] = "box0";
    tables.row("instance", "the-car")["last_annotation_token"] = "box2";
    for (const json& row : tables.table("sample_data")) {
      const std::string file = row["filename"];
      if (file.starts_with("samples/LIDAR_TOP")) {
        const std::vector<LidarPoint> points{{1, 2, 3, 4, 5}};
        writeFile(folder / file, std::as_bytes(std::span(points)));
      }
    }
    for (const LabelKind kind : kLabelKinds) {
      for (const char* token : {"a0", "a1", "a2", "b0"}) {
        const std::string scene = std::string("scene-") + token[0];
        writeOccupancyNpz(folder / test::labelsFile(kind, scene, token).string(), test::madeOccupancy(kind),
                          true);
      }
    }
    writeFile(folder / "splits.json", std::string_view(R"({"train": ["scene-a"], "val": ["scene-b"]})"));
  }

  std::vector<Finding> inspect(const DoctorOptions& options = {}) const {
    tables.write(folder.path());
    return inspectDataset(folder.path(), nullptr, options);
  }

  test::TemporaryFolder folder;
  test::MadeNuscenes tables;
};

TEST(DatasetDoctor, SaysWhatIsThere) {
  const std::vector<Finding> findings = MadeFolder().inspect();
  EXPECT_EQ(stateOf(findings, "2 scenes, 4 keyframes"), State::Good) << testing::PrintToString(findings);
  EXPECT_EQ(stateOf(findings, "10 of 13 tables can be read"), State::Good);
  EXPECT_EQ(stateOf(findings, "links between rows hold"), State::Good);
  EXPECT_EQ(stateOf(findings, "six cameras and a lidar"), State::Good);
  EXPECT_EQ(stateOf(findings, "4 lidar files of keyframes are there"), State::Good);
  EXPECT_EQ(stateOf(findings, "OpenOcc: 3 of 3 keyframes for train"), State::Good);
  EXPECT_EQ(stateOf(findings, "Occ3D: 1 of 1 keyframes for val"), State::Good);
  EXPECT_EQ(stateOf(findings, "Occ3D: 4 files are plausible"), State::Good);
  // There are no pictures at all.
  EXPECT_EQ(stateOf(findings, "24 of 24 pictures of keyframes are missing"), State::Failure);
  EXPECT_NE(find(findings, "24 of 24 pictures")->advice, "");
}

TEST(DatasetDoctor, DanglingTokensAreCountedByTable) {
  MadeFolder made;
  made.tables.row("sample_data", "a0-CAM_FRONT")["ego_pose_token"] = "nobody";
  made.tables.row("sample_data", "a1-LIDAR_TOP")["ego_pose_token"] = "nobody";
  made.tables.row("sample_annotation", "box1")["instance_token"] = "";
  made.tables.row("sample", "a1")["next"] = "nobody";
  made.tables.table("ego_pose").push_back(made.tables.row("ego_pose", "a0-CAM_BACK"));
  const std::vector<Finding> findings = made.inspect();
  EXPECT_EQ(stateOf(findings, "2 of 64 ego_pose_token of sample_data.json name no row of ego_pose.json"),
            State::Warning)
      << testing::PrintToString(findings);
  EXPECT_EQ(stateOf(findings, "1 of 3 instance_token of sample_annotation.json are empty"), State::Warning);
  EXPECT_EQ(stateOf(findings, "1 of 4 next of sample.json name no row"), State::Note);
  EXPECT_EQ(stateOf(findings, "1 tokens of ego_pose.json appear twice"), State::Warning);
  EXPECT_EQ(stateOf(findings, "rows of ego_pose.json are named by no row of sample_data.json"), State::Note);
  EXPECT_EQ(stateOf(findings, "1 of 4 keyframes lacks readings of cameras"), State::Warning);
  EXPECT_EQ(stateOf(findings, "1 of 4 keyframes has no lidar"), State::Warning);
  EXPECT_EQ(stateOf(findings, "links between rows hold"), std::nullopt);
}

TEST(DatasetDoctor, TimesAndPlacesAreCompared) {
  MadeFolder made;
  made.tables.row("sample", "a1")["timestamp"] = made.tables.row("sample", "a0")["timestamp"];
  made.tables.row("ego_pose", "a2-LIDAR_TOP")["translation"] = {5000, 0, 0};
  made.tables.row("sample_data", "b0-CAM_BACK")["timestamp"] = 1'500'000'003'000'000;
  const std::vector<Finding> findings = made.inspect();
  EXPECT_EQ(stateOf(findings, "1 keyframe has the same time"), State::Warning)
      << testing::PrintToString(findings);
  EXPECT_EQ(stateOf(findings, "farther from the one before than a car can drive"), State::Warning);
  EXPECT_NE(find(findings, "more than 0.1 s from their keyframe"), std::nullopt);
}

TEST(DatasetDoctor, ADamagedTableIsOneFindingAmongOthers) {
  MadeFolder made;
  made.tables.replaceTable("sample", "[{\"token\": \"a0\"");
  made.tables.removeTable("category");
  const std::vector<Finding> findings = made.inspect();
  EXPECT_EQ(stateOf(findings, "sample.json cannot be read"), State::Failure)
      << testing::PrintToString(findings);
  EXPECT_EQ(stateOf(findings, "category.json is missing"), State::Warning);
  EXPECT_EQ(stateOf(findings, "8 of 13 tables can be read"), State::Good);
  made.tables.removeTable("ego_pose");
  EXPECT_EQ(stateOf(made.inspect(), "category.json is missing"), State::Warning);
}

TEST(DatasetDoctor, DamagedFilesOfSensorsAreCounted) {
  MadeFolder made;
  const fs::path picture = made.folder / "samples/CAM_BACK/a0.jpg";
  writeFile(picture, std::string_view("no picture"));
  writeFile(made.folder / "samples/LIDAR_TOP/a0.pcd.bin", std::string_view("odd"));
  const std::vector<Finding> findings = made.inspect();
  EXPECT_EQ(stateOf(findings, "23 of 24 pictures of keyframes are missing"), State::Warning)
      << testing::PrintToString(findings);
  EXPECT_EQ(stateOf(findings, "1 lidar file cannot be used among 4 keyframes"), State::Failure);
#ifdef HBEV_HAS_OPENCV
  EXPECT_EQ(stateOf(findings, "1 picture cannot be opened among 4 keyframes"), State::Failure);
#endif
}

TEST(DatasetDoctor, LabelsAreReadAndJudged) {
  MadeFolder made;
  Occupancy labels = test::madeOccupancy(LabelKind::OpenOcc);
  const auto write = [&](const char* token, const Occupancy& occupancy) {
    writeOccupancyNpz(made.folder / test::labelsFile(LabelKind::OpenOcc, "scene-a", token).string(),
                      occupancy, true);
  };
  labels.flow[1] = 400;
  write("a0", labels);
  labels.flow.clear();
  std::fill(labels.semantics.begin(), labels.semantics.end(), labels.classes->free());
  write("a1", labels);
  std::fill(labels.semantics.begin(), labels.semantics.end(), std::uint8_t(3));
  write("a2", labels);
  fs::remove(made.folder / "openocc_v2/scene-b/b0/labels.npz");
  writeFile(made.folder / "gts/scene-b/b0/labels.npz", std::string_view("no labels"));
  const std::vector<Finding> findings = made.inspect();
  EXPECT_EQ(stateOf(findings, "OpenOcc: 0 of 1 keyframes for val"), State::Warning)
      << testing::PrintToString(findings);
  EXPECT_EQ(stateOf(findings, "OpenOcc: 1 of 3 files have flow that nothing can drive"), State::Warning);
  EXPECT_EQ(stateOf(findings, "OpenOcc: 1 of 3 files hold only free voxels"), State::Warning);
  EXPECT_EQ(stateOf(findings, "OpenOcc: 1 of 3 files are less than half free"), State::Warning);
  EXPECT_EQ(stateOf(findings, "OpenOcc: 2 of 3 files have no flow"), State::Warning);
  EXPECT_EQ(stateOf(findings, "Occ3D: 1 of 4 files cannot be used"), State::Failure);
}

TEST(DatasetDoctor, MasksAndSplitsMayBeAbsent) {
  MadeFolder made;
  Occupancy labels = test::madeOccupancy(LabelKind::Occ3d);
  labels.mask_camera.clear();
  writeOccupancyNpz(made.folder / "gts/scene-b/b0/labels.npz", labels, true);
  writeFile(made.folder / "splits.json", std::string_view("{\"train\": [\"scene-a\", \"scene-x\"]}"));
  const std::vector<Finding> findings = made.inspect();
  EXPECT_EQ(stateOf(findings, "Occ3D: 1 of 4 files have no visibility masks"), State::Note)
      << testing::PrintToString(findings);
  EXPECT_EQ(stateOf(findings, "1 of 2 scenes of train are not in the tables"), State::Note);
  EXPECT_EQ(stateOf(findings, "Occ3D: 1 of 1 keyframes in no split"), State::Good);
  writeFile(made.folder / "splits.json", std::string_view("[]"));
  EXPECT_EQ(stateOf(made.inspect(), "splits.json cannot be used"), State::Warning);
}

TEST(DatasetDoctor, LabelsAreCountedByOfficialSplits) {
  MadeFolder made;
  fs::remove(made.folder / "splits.json");
  for (const auto& [token, name] : {std::pair("a", "scene-0061"), std::pair("b", "scene-0103")}) {
    made.tables.row("scene", token)["name"] = name;
    for (const char* labels : {"gts", "openocc_v2"})
      fs::rename(made.folder / labels / (std::string("scene-") + token), made.folder / labels / name);
  }
  fs::remove(made.folder / "openocc_v2/scene-0061/a1/labels.npz");
  const std::vector<Finding> findings = made.inspect();
  EXPECT_EQ(stateOf(findings, "OpenOcc: 2 of 3 keyframes for mini_train"), State::Warning)
      << testing::PrintToString(findings);
  EXPECT_EQ(stateOf(findings, "OpenOcc: 1 of 1 keyframes for mini_val"), State::Good);
  EXPECT_EQ(stateOf(findings, "Occ3D: 3 of 3 keyframes for mini_train"), State::Good);
  EXPECT_EQ(stateOf(findings, "in no split"), std::nullopt);
}

TEST(DatasetDoctor, TheIndexCacheIsNamed) {
  const MadeFolder made;
  made.tables.write(made.folder.path());
  const fs::path tables = made.folder / "v1.0-mini";
  EXPECT_EQ(doctor::inspectIndexCache(tables).title, "The tables are small and need no index cache");
  IndexCacheOptions options;
  options.least_bytes = 1;
  options.user_folder = made.folder / "cache";
  EXPECT_EQ(doctor::inspectIndexCache(tables, options).title, "There is no index cache yet");
  writeFile(indexCacheFiles(tables, options).front(), std::string_view("joined"));
  EXPECT_EQ(doctor::inspectIndexCache(tables, options).state, State::Good);
}

TEST(DatasetDoctor, WhatIsNoDataSetIsAFailure) {
  const test::TemporaryFolder folder;
  for (const fs::path& path : {folder.path(), fs::path("/nowhere/at/all")}) {
    const std::vector<Finding> findings = inspectDataset(path);
    ASSERT_EQ(findings.size(), 1U) << testing::PrintToString(findings);
    EXPECT_EQ(findings.front().state, State::Failure);
    EXPECT_NE(findings.front().advice, "");
  }
}

TEST(DatasetDoctor, AWrongFolderIsNotJudgedByAFileInIt) {
  const test::TemporaryFolder folder;
  writeFile(folder / "old_infos_val.pkl", std::string_view("notes on old infos"));
  const std::vector<Finding> findings = inspectDataset(folder.path());
  ASSERT_EQ(findings.size(), 1U) << testing::PrintToString(findings);
  EXPECT_NE(findings.front().title.find("is no nuScenes folder"), std::string::npos)
      << findings.front().title;
  EXPECT_NE(findings.front().detail.find("only old_infos_val.pkl"), std::string::npos)
      << findings.front().detail;
}

TEST(DatasetDoctor, CanBeCancelled) {
  const MadeFolder made;
  made.tables.write(made.folder.path());
  std::stop_source stop;
  stop.request_stop();
  Progress progress([](const Progress::State&) {}, stop.get_token());
  EXPECT_THROW(inspectDataset(made.folder.path(), &progress), Cancelled);
}

}  // namespace
}  // namespace hbev
