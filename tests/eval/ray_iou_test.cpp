#include "core/eval/ray_iou.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace hbev {
namespace {

// Classes: 0 moves, 1 does not, 2 moves, 3 is free.
const RayClasses kClasses{{true, false, true, false}};

RayHit hitAt(double metres, std::uint8_t label, std::uint8_t x = 0) {
  return {float(metres / 0.4), {x, 0, 0}, label};
}

Occupancy withFlow(float vx, float vy) {
  Occupancy occupancy;
  occupancy.flow.assign(2 * occupancy.grid.size(), 0.0F);
  occupancy.flow[2 * occupancy.grid.index(7, 0, 0)] = vx;
  occupancy.flow[2 * occupancy.grid.index(7, 0, 0) + 1] = vy;
  return occupancy;
}

TEST(iou_rays, by_hand) {
  const std::vector<RayHit> truth{
      hitAt(10, 0, 7),  // predicted 0.5 m off: right at 1, 2 and 4 m
      hitAt(10, 0),     // predicted 1.5 m off: right at 2 and 4 m
      hitAt(20, 1),     // predicted 3 m off: right at 4 m
      hitAt(20, 1),     // predicted as class 0
      hitAt(30, 3),     // free: not counted, though something is predicted there
  };
  const std::vector<RayHit> prediction{hitAt(10.5, 0, 7), hitAt(8.5, 0), hitAt(23, 1), hitAt(20, 0),
                                       hitAt(12, 1)};
  const RayCounts counts = countRays(kClasses, withFlow(1, 2), prediction, withFlow(4, 6), truth);
  EXPECT_EQ(counts.valid_rays, 4);
  EXPECT_EQ(counts.truth, (std::vector<std::int64_t>{2, 2, 0, 0}));
  EXPECT_EQ(counts.predicted, (std::vector<std::int64_t>{3, 1, 0, 0}));

  const RayScores scores = scoreRays(kClasses, counts);
  EXPECT_DOUBLE_EQ(scores.iou[0][0], 1.0 / 4.0);
  EXPECT_DOUBLE_EQ(scores.iou[1][0], 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(scores.iou[2][0], 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(scores.iou[0][1], 0.0);
  EXPECT_DOUBLE_EQ(scores.iou[1][1], 0.0);
  EXPECT_DOUBLE_EQ(scores.iou[2][1], 1.0 / 2.0);
  EXPECT_TRUE(std::isnan(scores.iou[0][2]));
  EXPECT_DOUBLE_EQ(scores.mean_iou[1], (2.0 / 3.0 + 0.0) / 2.0);
  const double ray_iou = (0.25 + 2.0 / 3.0 + 2.0 / 3.0 + 0.0 + 0.0 + 0.5) / 6.0;
  EXPECT_DOUBLE_EQ(scores.ray_iou, ray_iou);
  // (3, 4) m/s off on one of the two rays of class 0 that are right at 2 m, 0 on the other.
  EXPECT_DOUBLE_EQ(scores.ave_mps[0], 2.5);
  EXPECT_TRUE(std::isnan(scores.ave_mps[1]));
  EXPECT_TRUE(std::isnan(scores.ave_mps[2]));
  EXPECT_DOUBLE_EQ(scores.mave_mps, 2.5);
  EXPECT_DOUBLE_EQ(scores.occ_score, 0.9 * ray_iou);  // an mAVE above 1 adds nothing
}

TEST(iou_rays, thresholds_are_strict) {
  // 2.5 voxels of 0.4 m are exactly 1 m in float: not closer than 1 m.
  const std::vector<RayHit> truth{{0.0F, {}, 1}};
  const std::vector<RayHit> prediction{{2.5F, {}, 1}};
  const RayCounts counts = countRays(kClasses, Occupancy(), prediction, Occupancy(), truth);
  EXPECT_EQ(counts.hits[0][1], 0);
  EXPECT_EQ(counts.hits[1][1], 1);
}

TEST(iou_rays, without_velocities_there_is_no_score) {
  const std::vector<RayHit> hits{hitAt(10, 1)};
  const RayScores scores = scoreRays(kClasses, countRays(kClasses, Occupancy(), hits, Occupancy(), hits));
  EXPECT_DOUBLE_EQ(scores.ray_iou, 1.0);
  EXPECT_TRUE(std::isnan(scores.mave_mps));
  EXPECT_TRUE(std::isnan(scores.occ_score));
}

TEST(iou_rays, missing_flow_counts_as_standing_still) {
  const std::vector<RayHit> hits{hitAt(10, 0, 7)};
  const RayCounts counts = countRays(kClasses, Occupancy(), hits, withFlow(3, 4), hits);
  EXPECT_DOUBLE_EQ(scoreRays(kClasses, counts).mave_mps, 5.0);
}

TEST(iou_rays, velocities_are_compared_in_half_precision) {
  const std::vector<RayHit> hits{hitAt(10, 0, 7)};
  // 1.0001 is 1 in half precision.
  const RayCounts counts = countRays(kClasses, withFlow(1.0F, 0), hits, withFlow(1.0001F, 0), hits);
  EXPECT_EQ(scoreRays(kClasses, counts).mave_mps, 0.0);
}

TEST(iou_rays, labels_beyond_the_class_set_belong_to_no_class) {
  const std::vector<RayHit> truth{hitAt(10, 255), hitAt(10, 1)};
  const std::vector<RayHit> prediction{hitAt(10, 1), hitAt(10, 255)};
  const RayCounts counts = countRays(kClasses, Occupancy(), prediction, Occupancy(), truth);
  EXPECT_EQ(counts.valid_rays, 2);
  EXPECT_EQ(counts.truth, (std::vector<std::int64_t>{0, 1, 0, 0}));
  EXPECT_EQ(counts.predicted, (std::vector<std::int64_t>{0, 1, 0, 0}));
  EXPECT_EQ(counts.hits[2], (std::vector<std::int64_t>{0, 0, 0, 0}));
}

TEST(iou_rays, wrong_input_is_refused) {
  const std::vector<RayHit> one{hitAt(1, 0)}, none;
  EXPECT_THROW(countRays(kClasses, Occupancy(), one, Occupancy(), none), Error);
  RayCounts counts(3);
  EXPECT_THROW(counts += RayCounts(4), Error);
}

}  // namespace
}  // namespace hbev
