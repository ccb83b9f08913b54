#include "core/eval/split_report.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

std::vector<FrameReport> someFrames() {
  std::vector<FrameReport> frames;
  for (std::uint32_t seed = 0; seed < 3; ++seed) {
    Occupancy street = test::makeStreet(seed);
    const Occupancy prediction = test::makeFlawedPrediction(street, seed + 10);
    if (seed == 1) street.mask_camera.assign(street.grid.size(), 1);
    frames.push_back(evaluateFrame(prediction, street, test::streetOrigins()));
  }
  return frames;
}

TEST(iou_split, order_of_frames_does_not_matter) {
  const std::vector<FrameReport> frames = someFrames();
  SplitReport forward(ClassSet::openocc()), backward(ClassSet::openocc());
  for (const FrameReport& frame : frames)
    forward.add(frame);
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame)
    backward.add(*frame);
  EXPECT_EQ(forward.rays()->truth, backward.rays()->truth);
  EXPECT_EQ(forward.rays()->predicted, backward.rays()->predicted);
  EXPECT_EQ(forward.rays()->hits, backward.rays()->hits);
  EXPECT_EQ(*forward.voxels(), *backward.voxels());
  EXPECT_EQ(forward.rayScores()->ray_iou, backward.rayScores()->ray_iou);
  EXPECT_NEAR(forward.rayScores()->mave_mps, backward.rayScores()->mave_mps, 1e-12);
}

TEST(iou_split, a_split_of_one_frame_scores_like_the_frame) {
  const std::vector<FrameReport> frames = someFrames();
  SplitReport split(ClassSet::openocc());
  split.add(frames[0]);
  EXPECT_EQ(split.rayScores()->occ_score, frames[0].rayScores().occ_score);
  EXPECT_EQ(split.voxelScores()->mean_iou, frames[0].voxelScores().mean_iou);
  EXPECT_GT(split.rayScores()->ray_iou, 0.2);
  EXPECT_LT(split.rayScores()->ray_iou, 0.99);
}

TEST(iou_split, frames_are_counted_by_what_they_lack) {
  const std::vector<FrameReport> frames = someFrames();
  SplitReport split(ClassSet::openocc());
  for (const FrameReport& frame : frames)
    split.add(frame);
  EXPECT_EQ(split.frames(), 3);
  EXPECT_EQ(split.origins(), 24);
  EXPECT_EQ(split.framesWithCameraMask(), 1);
  EXPECT_EQ(split.framesWithoutPredictedFlow(), 0);
  EXPECT_EQ(split.cameraVoxels()->total(), std::int64_t(occ3dGrid().size()));

  FrameReport still = frames[0];
  still.prediction_has_flow = false;
  split.add(still);
  EXPECT_EQ(split.framesWithoutPredictedFlow(), 1);
}

TEST(iou_split, nothing_added_has_no_scores) {
  const SplitReport split(ClassSet::occ3d());
  EXPECT_FALSE(split.rayScores());
  EXPECT_FALSE(split.voxelScores());
}

TEST(iou_split, another_class_set_is_refused) {
  SplitReport split(ClassSet::occ3d());
  EXPECT_THROW(split.add(someFrames()[0]), Error);
}

}  // namespace
}  // namespace hbev
