#include "core/eval/split_evaluation.h"

#include <fstream>
#include <map>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <oneapi/tbb/global_control.h>

#include "core/eval/origins.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

std::string tokenOf(int number) {
  return fmt::format("{:032x}", number + 1);
}

// A nuScenes folder of two scenes with three keyframes each; the car drives 2 m from keyframe to keyframe.
// Keyframe 4 has no labels.
class SplitEvaluationTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            fmt::format("hbev_split_{}_{}", testing::UnitTest::GetInstance()->current_test_info()->name(),
                        ::getpid());
    fs::create_directories(root_ / "v1.0-mini");
    writeTables();
    for (int keyframe = 0; keyframe < 6; ++keyframe) {
      truths_.push_back(test::makeStreet(std::uint32_t(keyframe)));
      if (keyframe == 4) continue;
      const fs::path folder = root_ / "openocc_v2" / sceneOf(keyframe) / tokenOf(keyframe);
      fs::create_directories(folder);
      writeOccupancyNpz(folder / "labels.npz", truths_.back(), false);
    }
    dataset_ = Dataset::open(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  static std::string sceneOf(int keyframe) { return keyframe < 3 ? "scene-0001" : "scene-0002"; }

  void write(const std::string& table, const nlohmann::json& rows) const {
    std::ofstream(root_ / "v1.0-mini" / (table + ".json")) << rows;
  }

  void writeTables() const {
    using Rows = nlohmann::json;
    const std::string lidar = tokenOf(900), calibration = tokenOf(901);
    Rows samples = Rows::array(), data = Rows::array(), poses = Rows::array(), scenes = Rows::array();
    for (int scene = 0; scene < 2; ++scene) {
      scenes.push_back({{"token", tokenOf(100 + scene)},
                        {"name", sceneOf(3 * scene)},
                        {"description", ""},
                        {"log_token", tokenOf(950)}});
    }
    for (int i = 0; i < 6; ++i) {
      const std::int64_t time_us = 1'000'000'000 + 500'000 * i;
      samples.push_back(
          {{"token", tokenOf(i)}, {"scene_token", tokenOf(100 + i / 3)}, {"timestamp", time_us}});
      poses.push_back({{"token", tokenOf(200 + i)},
                       {"timestamp", time_us},
                       {"rotation", {1, 0, 0, 0}},
                       {"translation", {600 + 2.0 * i, 1600, 0}}});
      data.push_back({{"token", tokenOf(300 + i)},
                      {"sample_token", tokenOf(i)},
                      {"ego_pose_token", tokenOf(200 + i)},
                      {"calibrated_sensor_token", calibration},
                      {"timestamp", time_us},
                      {"is_key_frame", true},
                      {"filename", fmt::format("samples/LIDAR_TOP/{}.pcd.bin", i)},
                      {"width", 0},
                      {"height", 0}});
    }
    write("scene", scenes);
    write("sample", samples);
    write("sample_data", data);
    write("ego_pose", poses);
    write("calibrated_sensor", Rows::array({{{"token", calibration},
                                             {"sensor_token", lidar},
                                             {"rotation", {1, 0, 0, 0}},
                                             {"translation", {0.9858, 0, 1.8402}},
                                             {"camera_intrinsic", Rows::array()}}}));
    write("sensor", Rows::array({{{"token", lidar}, {"channel", "LIDAR_TOP"}, {"modality", "lidar"}}}));
  }

  fs::path root_;
  std::vector<Occupancy> truths_;
  std::shared_ptr<const Dataset> dataset_;
};

// Predictions in memory.
class FakePredictions : public PredictionSource {
 public:
  explicit FakePredictions(const ClassSet& classes = ClassSet::openocc()) : classes_(classes) {}

  std::map<std::string, Occupancy> occupancies;
  std::string damaged;  ///< a token whose file cannot be read

  const fs::path& path() const override { return path_; }
  std::string title() const override { return "fake"; }
  std::string formatName() const override { return "in memory"; }
  const ClassSet& classes() const override { return classes_; }
  std::size_t count() const override { return occupancies.size(); }
  std::optional<fs::path> find(const Keyframe& keyframe) const override {
    if (!occupancies.contains(keyframe.token)) return std::nullopt;
    return path_ / keyframe.token;
  }
  Occupancy read(const Keyframe& keyframe) const override {
    if (keyframe.token == damaged)
      throw Error({"The prediction is damaged", path_ / keyframe.token, {}, {}, {}});
    return occupancies.at(keyframe.token);
  }

 private:
  const ClassSet& classes_;
  fs::path path_ = "predictions";
};

using iou_evaluation = SplitEvaluationTest;

TEST_F(iou_evaluation, scores_what_it_can_and_names_the_rest) {
  FakePredictions predictions;
  for (const int i : {0, 1, 2, 4, 5}) {
    predictions.occupancies[tokenOf(i)] = test::makeFlawedPrediction(truths_[std::size_t(i)], 1);
  }
  predictions.damaged = tokenOf(2);
  Progress progress;
  const SplitEvaluation evaluation = evaluateSplit(*dataset_, predictions, LabelKind::OpenOcc, {}, progress);

  ASSERT_EQ(evaluation.keyframes.size(), 3u);
  EXPECT_EQ(evaluation.keyframes[1].token, tokenOf(1));
  EXPECT_EQ(evaluation.keyframes[2].scene_name, "scene-0002");
  EXPECT_EQ(evaluation.keyframes[2].index_in_scene, 2u);
  ASSERT_EQ(evaluation.skipped.size(), 3u);
  EXPECT_EQ(evaluation.skipped[0].reason, SkipReason::Unusable);
  EXPECT_EQ(evaluation.skipped[0].problem.summary, "The prediction is damaged");
  EXPECT_EQ(evaluation.skipped[1].reason, SkipReason::NoPrediction);
  EXPECT_EQ(evaluation.skipped[1].token, tokenOf(3));
  EXPECT_EQ(evaluation.skipped[2].reason, SkipReason::NoTruth);
  EXPECT_EQ(evaluation.skippedFor(SkipReason::NoTruth), 1u);
  EXPECT_EQ(progress.state().done, 6);

  // By hand: the same frames with origins 2 m apart around each keyframe.
  SplitReport expected(ClassSet::openocc());
  for (const int i : {0, 1, 5}) {
    const auto origins = lidarOrigins(dataset_->lidarReadings(std::size_t(i / 3)), std::size_t(i % 3));
    ASSERT_EQ(origins.size(), 3u);
    expected.add(evaluateFrame(predictions.occupancies[tokenOf(i)], truths_[std::size_t(i)], origins));
  }
  EXPECT_EQ(evaluation.report.rayScores()->occ_score, expected.rayScores()->occ_score);
  EXPECT_EQ(*evaluation.report.voxels(), *expected.voxels());
}

TEST_F(iou_evaluation, does_not_depend_on_the_number_of_threads) {
  FakePredictions predictions;
  for (int i = 0; i < 6; ++i) {
    predictions.occupancies[tokenOf(i)] = test::makeFlawedPrediction(truths_[std::size_t(i)], 3);
  }
  const auto evaluate = [&](std::size_t threads) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    Progress progress;
    return evaluateSplit(*dataset_, predictions, LabelKind::OpenOcc, {}, progress);
  };
  const SplitEvaluation one = evaluate(1), four = evaluate(4);
  EXPECT_EQ(one.report.rays()->hits, four.report.rays()->hits);
  EXPECT_EQ(one.report.rays()->velocity_error_mps, four.report.rays()->velocity_error_mps);
  EXPECT_EQ(one.keyframes.size(), 5u);
}

TEST_F(iou_evaluation, can_be_limited_to_scenes_and_stopped) {
  FakePredictions predictions;
  for (int i = 0; i < 6; ++i)
    predictions.occupancies[tokenOf(i)] = truths_[std::size_t(i)];
  Progress progress;
  const SplitEvaluation second =
      evaluateSplit(*dataset_, predictions, LabelKind::OpenOcc, {.scenes = {"scene-0002"}}, progress);
  EXPECT_EQ(second.keyframes.size(), 2u);
  EXPECT_EQ(second.report.rayScores()->ray_iou, 1.0);
  EXPECT_THROW(
      evaluateSplit(*dataset_, predictions, LabelKind::OpenOcc, {.scenes = {"scene-0009"}}, progress), Error);

  std::stop_source stop;
  stop.request_stop();
  Progress stopped({}, stop.get_token());
  EXPECT_THROW(evaluateSplit(*dataset_, predictions, LabelKind::OpenOcc, {}, stopped), Cancelled);
}

TEST_F(iou_evaluation, predictions_of_another_class_set_are_refused) {
  Progress progress;
  EXPECT_THROW(evaluateSplit(*dataset_, FakePredictions(ClassSet::occ3d()), LabelKind::OpenOcc, {}, progress),
               Error);
}

}  // namespace
}  // namespace hbev
