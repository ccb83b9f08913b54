#include "core/eval/split_evaluation.h"

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include "core/base/error.h"
#include "core/eval/origins.h"
#include "tests/eval/made_split.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

using test::FakePredictions;

class SplitEvaluationTest : public testing::Test {
 protected:
  static std::string tokenOf(int number) { return test::MadeSplit::tokenOf(number); }

  test::MadeSplit split_;
  const std::vector<Occupancy>& truths_ = split_.truths();
  std::shared_ptr<const Dataset> dataset_ = split_.dataset();
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
  EXPECT_TRUE(evaluation.skipped[0].problem.starts_with("The prediction is damaged"));
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
