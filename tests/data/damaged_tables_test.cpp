// Tables that are missing, cut off, of wrong types or full of NaN: what can be saved is, and the rest is
// named.
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/data/dataset.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_nuscenes.h"
#include "tests/io/damage.h"

namespace hbev {
namespace {

using test::MadeNuscenes;
using test::problemOf;
using test::TemporaryFolder;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class NeededTable : public testing::TestWithParam<const char*> {};

TEST_P(NeededTable, MissingIsAnErrorThatNamesIt) {
  const TemporaryFolder folder;
  MadeNuscenes made;
  made.removeTable(GetParam());
  made.write(folder.path());
  const Problem problem = problemOf([&] { Dataset::open(folder / "v1.0-mini"); });
  EXPECT_EQ(problem.file, folder / ("v1.0-mini/" + std::string(GetParam()) + ".json"));
  EXPECT_EQ(problem.summary, "The table " + std::string(GetParam()) + ".json is missing");
  EXPECT_FALSE(problem.advice.empty());
}

TEST_P(NeededTable, CutOffOrOfAnotherShapeIsAnErrorThatNamesIt) {
  const MadeNuscenes whole;
  const std::string text = whole.text(GetParam());
  for (const std::string& spoiled : {text.substr(0, text.size() / 2), text.substr(0, text.size() - 2),
                                     std::string(), std::string("[1, 2]"), std::string("{\"token\": \"a\"}"),
                                     std::string("null"), text + text, std::string("\xFF\xFE\x00[", 4)}) {
    const TemporaryFolder folder;
    MadeNuscenes made;
    made.replaceTable(GetParam(), spoiled);
    made.write(folder.path());
    const Problem problem = problemOf([&] { Dataset::open(folder.path()); });
    EXPECT_EQ(problem.file, folder / ("v1.0-mini/" + std::string(GetParam()) + ".json"))
        << spoiled.substr(0, 40);
    EXPECT_TRUE(contains(problem.found, "near row")) << problem.found;
  }
}

INSTANTIATE_TEST_SUITE_P(All, NeededTable,
                         testing::Values("scene", "sample", "sample_data", "ego_pose", "calibrated_sensor",
                                         "sensor"),
                         [](const auto& tested) { return std::string(tested.param); });

class OptionalTable : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(OptionalTable, MissingOrDamagedCostsOnlyWhatItHolds) {
  const auto& [name, consequence] = GetParam();
  for (const bool damaged : {false, true}) {
    const TemporaryFolder folder;
    MadeNuscenes made;
    const std::string text = made.text(name);
    damaged ? made.replaceTable(name, text.substr(0, text.size() - 5)) : made.removeTable(name);
    made.write(folder.path());
    const auto dataset = Dataset::open(folder.path());
    EXPECT_EQ(dataset->keyframeCount(), 4U);
    ASSERT_FALSE(dataset->issues().empty());
    const DatasetIssue& issue = dataset->issues().front();
    EXPECT_TRUE(
        issue.what.starts_with(std::string(name) + (damaged ? ".json cannot be read" : ".json is missing")));
    EXPECT_EQ(issue.consequence, consequence);
    const Keyframe keyframe = dataset->keyframe(0, 0);
    EXPECT_TRUE(keyframe.problems.empty());
    EXPECT_EQ(keyframe.boxes.empty(), std::string_view(name) == "sample_annotation");
    EXPECT_EQ(dataset->scenes()[0].location.empty(), std::string_view(name) == "log");
  }
}

INSTANTIATE_TEST_SUITE_P(All, OptionalTable,
                         testing::Values(std::pair{"log", "Locations are unknown."},
                                         std::pair{"sample_annotation", "There are no boxes."},
                                         std::pair{"instance", "Boxes have no class."},
                                         std::pair{"category", "Boxes have no class."}),
                         [](const auto& tested) { return std::string(tested.param.first); });

/// Replaces the first number after `token` and `field` by the bare word NaN, which Python writes and JSON
/// lacks.
std::string withNan(std::string text, const std::string& token, const std::string& field) {
  // Rows are sorted by key and indented: the fields of a row stand around its token.
  const std::size_t at = text.find("\"token\": \"" + token + "\"");
  const std::size_t begin = text.rfind('{', at), end = text.find("\n }", at);
  const std::size_t number = text.find_first_of("-0123456789", text.find("\"" + field + "\"", begin));
  EXPECT_LT(number, end);
  return text.replace(number, text.find_first_of(",\n]", number) - number, "NaN");
}

TEST(DamagedTables, NanInACalibrationCostsThatSensorOnly) {
  for (const char* field : {"rotation", "translation", "camera_intrinsic"}) {
    const TemporaryFolder folder;
    MadeNuscenes made;
    made.replaceTable("calibrated_sensor",
                      withNan(made.text("calibrated_sensor"), "calibrated-CAM_FRONT", field));
    made.write(folder.path());
    const Keyframe keyframe = Dataset::open(folder.path())->keyframe(0, 0);
    for (std::size_t i = 0; i < kCameraCount; ++i)
      EXPECT_EQ(keyframe.cameras[i].has_value(), Camera(i) != Camera::Front);
    EXPECT_TRUE(keyframe.lidar);
    ASSERT_EQ(keyframe.problems.size(), 1U) << field;
    EXPECT_TRUE(keyframe.problems[0].starts_with("Front camera: ")) << keyframe.problems[0];
    EXPECT_TRUE(contains(keyframe.problems[0], "v1.0-mini/calibrated_sensor.json")) << keyframe.problems[0];
  }
}

TEST(DamagedTables, NanInAnEgoPoseCostsThatReadingOnly) {
  const TemporaryFolder folder;
  MadeNuscenes made;
  made.replaceTable("ego_pose", withNan(made.text("ego_pose"), "a0-LIDAR_TOP", "translation"));
  made.write(folder.path());
  const auto dataset = Dataset::open(folder.path());
  const Keyframe keyframe = dataset->keyframe(0, 0);
  EXPECT_FALSE(keyframe.lidar);
  ASSERT_EQ(keyframe.problems.size(), 1U);
  EXPECT_TRUE(keyframe.problems[0].starts_with("Lidar: ")) << keyframe.problems[0];
  EXPECT_TRUE(contains(keyframe.problems[0], "v1.0-mini/ego_pose.json")) << keyframe.problems[0];
  EXPECT_TRUE(dataset->keyframe(0, 1).lidar);
  EXPECT_FALSE(dataset->lidarReadings(0)[0]);
}

TEST(DamagedTables, WrongTypesCostTheRowTheyStandIn) {
  const TemporaryFolder folder;
  MadeNuscenes made;
  made.row("calibrated_sensor", "calibrated-CAM_BACK")["rotation"] = "none";
  made.row("calibrated_sensor", "calibrated-CAM_FRONT")["camera_intrinsic"] = {{1000, 0, 800},
                                                                               {0, 1000, 450}};
  made.row("ego_pose", "a0-CAM_FRONT_LEFT")["translation"] = {1, 2};
  made.row("ego_pose", "a0-CAM_FRONT_RIGHT")["rotation"] = {0, 0, 0, 0};
  made.row("sample_data", "a0-CAM_BACK_LEFT")["width"] = "wide";
  made.row("sample_data", "a0-CAM_BACK_RIGHT")["height"] = 1e12;
  made.row("sample", "a2")["token"] = 17;
  made.row("scene", "b")["description"] = nullptr;
  made.row("sample_annotation", "box0")["size"] = {2, -4, 1.5};
  made.row("sample_annotation", "box1")["num_lidar_pts"] = "many";
  made.write(folder.path());
  const auto dataset = Dataset::open(folder.path());
  const Keyframe keyframe = dataset->keyframe(0, 0);
  EXPECT_EQ(keyframe.problems.size(), 5U) << "four cameras and a box";
  EXPECT_TRUE(keyframe.lidar);
  EXPECT_EQ(keyframe.cameras[std::size_t(Camera::BackLeft)]->model.width, 1600);
  EXPECT_EQ(keyframe.cameras[std::size_t(Camera::BackRight)]->model.height, 900);
  EXPECT_TRUE(keyframe.boxes.empty());
  EXPECT_EQ(dataset->keyframe(0, 1).boxes[0].lidar_points, 0);
  EXPECT_EQ(dataset->scenes()[0].keyframes, (std::vector<std::string>{"a0", "a1"}));
  EXPECT_EQ(dataset->issues().front().what, "Samples have no token");
}

TEST(DamagedTables, NoKeyframeIsAnError) {
  const TemporaryFolder folder;
  MadeNuscenes made;
  made.table("sample").clear();
  made.write(folder.path());
  EXPECT_EQ(problemOf([&] { Dataset::open(folder.path()); }).summary, "v1.0-mini holds no keyframe");
}

TEST(DamagedTables, AnyDamageIsReadOrRefused) {
  const TemporaryFolder folder;
  const MadeNuscenes made;
  made.write(folder.path());
  std::mt19937 random(4);
  int opened = 0, refused = 0;
  for (const std::string name : {"scene", "sample", "sample_data", "ego_pose", "calibrated_sensor", "sensor",
                                 "sample_annotation", "instance", "category", "log"}) {
    const auto file = folder / ("v1.0-mini/" + name + ".json");
    for (int round = 0; round < 150; ++round) {
      writeFile(file, test::damaged(made.text(name), random));
      try {
        const auto dataset = Dataset::open(folder.path());
        for (std::size_t scene = 0; scene < dataset->scenes().size(); ++scene) {
          for (std::size_t i = 0; i < dataset->scenes()[scene].keyframes.size(); ++i)
            dataset->keyframe(scene, i);
          dataset->lidarReadings(scene);
        }
        ++opened;
      } catch (const Error&) {
        ++refused;
      }
    }
    writeFile(file, made.text(name));
  }
  EXPECT_EQ(opened + refused, 1500);
  EXPECT_GT(opened, 300);
  EXPECT_GT(refused, 300);
}

}  // namespace
}  // namespace hbev
