#include "core/eval/frame_report.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

// A wall across the whole grid, one voxel thick, at `x`.
Occupancy wallAt(int x) {
  Occupancy occupancy;
  occupancy.semantics.assign(occupancy.grid.size(), occupancy.classes->free());
  const auto wall = std::uint8_t(*occupancy.classes->findLabel("manmade"));
  for (int y = 0; y < 200; ++y) {
    for (int z = 0; z < 16; ++z)
      occupancy.semantics[occupancy.grid.index(x, y, z)] = wall;
  }
  return occupancy;
}

const std::vector<Eigen::Vector3d> kOrigin{{0.9858, 0.1, 1.8402}};

TEST(iou_frame, truth_as_prediction_scores_one) {
  const Occupancy street = test::makeStreet(1);
  const FrameReport report = evaluateFrame(street, street, test::streetOrigins());
  const RayScores scores = report.rayScores();
  EXPECT_EQ(scores.ray_iou, 1.0);
  EXPECT_EQ(scores.mave_mps, 0.0);
  EXPECT_EQ(scores.occ_score, 1.0);
  EXPECT_EQ(report.voxelScores().mean_iou, 1.0);
  EXPECT_FALSE(report.cameraVoxelScores());
  EXPECT_EQ(report.origins, 8u);
  EXPECT_TRUE(report.prediction_has_flow);
}

// Of the rays that meet the wall in the truth, all meet the shifted wall too, and each is off by k voxels /
// cos.
TEST(iou_frame, a_wall_shifted_away_is_off_by_the_shift_along_each_ray) {
  const Occupancy truth = wallAt(150);
  for (const int shift : {1, 2, 4, 9, 11}) {
    const FrameReport report = evaluateFrame(wallAt(150 + shift), truth, kOrigin);
    const RayCounts& counts = *report.rays;
    const auto wall = std::size_t(*truth.classes->findLabel("manmade"));
    const double least_m = 0.4 * shift;  // straight ahead
    for (std::size_t t = 0; t < kRayThresholds_m.size(); ++t) {
      if (least_m >= kRayThresholds_m[t] + 1e-4) {
        EXPECT_EQ(counts.hits[t][wall], 0) << shift;
      }
      if (least_m * 1.2 < kRayThresholds_m[t]) {
        EXPECT_GT(counts.hits[t][wall], 0) << shift;
      }
    }
  }
}

TEST(iou_frame, a_ray_straight_ahead_is_off_by_exactly_the_shift) {
  // The ring nearest to the horizon at azimuth 0 of a sensor in front of walls 9 and 10 voxels apart: 3.6 and
  // 4 m.
  const auto wall = std::size_t(*ClassSet::openocc().findLabel("manmade"));
  EXPECT_GT(evaluateFrame(wallAt(159), wallAt(150), kOrigin).rays->hits[2][wall], 0);
  EXPECT_EQ(evaluateFrame(wallAt(161), wallAt(150), kOrigin).rays->hits[2][wall], 0);
}

TEST(iou_frame, empty_truth_has_no_score) {
  Occupancy nothing;
  nothing.semantics.assign(nothing.grid.size(), nothing.classes->free());
  const FrameReport report = evaluateFrame(wallAt(150), nothing, kOrigin);
  EXPECT_EQ(report.rays->valid_rays, 0);
  EXPECT_TRUE(std::isnan(report.rayScores().ray_iou));
  EXPECT_TRUE(std::isnan(report.rayScores().occ_score));
  EXPECT_EQ(report.voxelScores().mean_iou, 0.0);  // the wall is predicted where nothing is
  EXPECT_FALSE(report.truth_has_flow);
}

TEST(iou_frame, camera_mask_of_the_truth_limits_voxels_and_not_rays) {
  Occupancy truth = wallAt(150);
  Occupancy prediction = wallAt(150);
  truth.mask_camera.assign(truth.grid.size(), 1);
  for (int y = 0; y < 100; ++y) {
    for (int z = 0; z < 16; ++z) {
      const std::size_t voxel = truth.grid.index(150, y, z);
      prediction.semantics[voxel] = prediction.classes->free();
      truth.mask_camera[voxel] = 0;
    }
  }
  const FrameReport report = evaluateFrame(prediction, truth, kOrigin);
  EXPECT_DOUBLE_EQ(report.voxelScores().mean_iou, 0.5);
  EXPECT_DOUBLE_EQ(report.cameraVoxelScores()->mean_iou, 1.0);
  EXPECT_LT(report.rayScores().ray_iou, 0.9);
}

TEST(iou_frame, parts_that_are_not_asked_for_are_absent) {
  const Occupancy wall = wallAt(120);
  const FrameReport voxels = evaluateFrame(wall, wall, {}, {.rays = false});
  EXPECT_FALSE(voxels.rays);
  EXPECT_TRUE(std::isnan(voxels.rayScores().ray_iou));
  EXPECT_EQ(voxels.voxelScores().mean_iou, 1.0);
  const FrameReport rays = evaluateFrame(wall, wall, kOrigin, {.voxels = false});
  EXPECT_FALSE(rays.voxels);
  EXPECT_TRUE(std::isnan(rays.voxelScores().mean_iou));
}

TEST(iou_frame, what_cannot_be_compared_is_refused) {
  const Occupancy truth = wallAt(150);
  EXPECT_THROW(evaluateFrame(truth, truth, {}), Error);

  Occupancy other_classes = truth;
  other_classes.classes = &ClassSet::occ3d();
  EXPECT_THROW(evaluateFrame(other_classes, truth, kOrigin), Error);

  Occupancy other_grid = truth;
  other_grid.grid.voxel_m = 0.5;
  EXPECT_THROW(evaluateFrame(other_grid, truth, kOrigin), Error);
  EXPECT_THROW(evaluateFrame(other_grid, other_grid, kOrigin), Error);  // equal, but not the metric's

  Occupancy short_flow = truth;
  short_flow.flow.resize(10);
  EXPECT_THROW(evaluateFrame(short_flow, truth, kOrigin), Error);

  Occupancy wrong_class = truth;
  wrong_class.semantics[5] = 17;
  EXPECT_THROW(evaluateFrame(wrong_class, truth, kOrigin), Error);
}

}  // namespace
}  // namespace hbev
