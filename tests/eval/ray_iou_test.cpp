#include "core/eval/ray_iou.h"

#include <cmath>
#include <limits>
#include <random>

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

TEST(iou_rays, velocities_by_both_definitions) {
  TruthRays truth;
  truth.label = {0, 0, 1, 0, 3};
  truth.distance_m = {10, 10, 20, 30, 40};
  truth.zone.assign(5, 0);
  truth.flow_mps = {{3, 4}, {0, 0}, {0, 0}, {1, 0}, {9, 9}};
  RayEnds prediction;
  prediction.label = {0, 0, 1, 0, 0};
  prediction.distance_m = {10.5F, 8.5F, 20, 33, 40};  // the fourth is right at 4 m only
  const RayCounts counts = countRays(kClasses, prediction, truth);
  const RayScores scores = scoreRays(kClasses, counts);
  EXPECT_DOUBLE_EQ(scores.ave_mps[0], 2.5);         // 5 and 0 over two true positives
  EXPECT_DOUBLE_EQ(scores.ave_spread_mps[0], 2.5);  // both are 2.5 off
  EXPECT_DOUBLE_EQ(scores.server_ave_mps[0], 1.5);  // 5, 0, 0, 1 over all four counted rays
  EXPECT_TRUE(std::isnan(scores.server_ave_mps[1])) << "does not move";
  EXPECT_TRUE(std::isnan(scores.server_ave_mps[2])) << "has no true positive";
  EXPECT_DOUBLE_EQ(scores.server_mave_mps, 1.5);
}

TEST(iou_rays, submissions_are_compared_in_half_precision) {
  TruthRays truth;
  truth.label = {0};
  truth.zone = {0};
  truth.distance_m = {40.006F};  // 40.0 in half precision, whose steps are 0.03125 m there
  RayEnds prediction;
  prediction.label = {0};
  prediction.distance_m = {41.0F};
  EXPECT_EQ(countRays(kClasses, prediction, truth, DistanceRule::Reference).hits[0][0], 1);
  EXPECT_EQ(countRays(kClasses, prediction, truth, DistanceRule::Server).hits[0][0], 0);
  EXPECT_EQ(rightRays(kClasses, prediction, truth, DistanceRule::Server), std::vector<std::uint8_t>{1});
}

// To the last bit what half precision keeps: of halves themselves, and of any other numbers.
TEST(iou_rays, flow_is_rounded_to_half_precision) {
  Occupancy occupancy;
  occupancy.semantics.assign(occupancy.grid.size(), 0);
  occupancy.flow.assign(2 * occupancy.grid.size(), 0);
  FrameRays rays{1, {}};
  std::mt19937 random(3);
  std::vector<float> values;
  for (std::uint32_t bits = 0; bits < 0x7C00; ++bits)
    values.push_back(float(Eigen::half(Eigen::half_impl::raw_uint16_to_half(std::uint16_t(bits)))));
  for (int i = 0; i < 30'000; ++i)
    values.push_back(std::ldexp(float(random()) / 4e9F, int(random() % 45) - 28));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Eigen::Vector3i voxel = occupancy.grid.voxel(i);
    rays.hits.push_back(
        {1.0F, {std::uint8_t(voxel.x()), std::uint8_t(voxel.y()), std::uint8_t(voxel.z())}, 0});
    occupancy.flow[2 * i] = values[i];
    occupancy.flow[2 * i + 1] = -values[i];
  }
  const RayEnds ends = endsOf(rays, occupancy);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto expected = float(Eigen::half(values[i]));
    ASSERT_EQ(ends.flow_mps[i], (Velocity{expected, -expected})) << values[i];
  }
}

TEST(iou_rays, details_add_up_to_the_counts) {
  TruthRays truth;
  truth.label = {0, 1, 2, 3, 3};
  truth.distance_m = {10, 20, 30, 40, 40};
  truth.zone = {0, 5, 19, 2, 2};
  RayEnds prediction;
  prediction.label = {0, 1, 1, 0, 3};
  prediction.distance_m = {11.6F, 10, 30, 5, 40};
  RayDetails details(4);
  const RayCounts counts = countRays(kClasses, prediction, truth, DistanceRule::Reference, &details);
  EXPECT_EQ(details.labels.at(3, 0), 1) << "a phantom";
  EXPECT_EQ(details.labels.at(2, 1), 1);
  EXPECT_EQ(details.ranges[0].at(3, 0), 1);  // zones are ranges of four heights each
  EXPECT_EQ(details.ranges[0].total(), 3);
  EXPECT_EQ(details.ranges[1].at(1, 1), 1);
  EXPECT_EQ(details.ranges[4].at(2, 1), 1);
  EXPECT_EQ(details.labels.total(), 5);
  EXPECT_EQ(details.error(0, errorBinOf(1.6)), 1);
  EXPECT_EQ(details.error(1, 0), 1) << "10 m too near";
  std::vector<ClassRays> sums(4);
  for (std::size_t zone = 0; zone < kZones; ++zone) {
    for (int label = 0; label < 4; ++label)
      sums[std::size_t(label)] += details.zone(zone, label);
  }
  for (std::size_t label = 0; label < 4; ++label) {
    EXPECT_EQ(sums[label].truth, counts.truth[label]);
    EXPECT_EQ(sums[label].predicted, counts.predicted[label]);
    for (std::size_t t = 0; t < 3; ++t)
      EXPECT_EQ(sums[label].hits[t], counts.hits[t][label]);
  }
}

TEST(iou_rays, zones_are_distances_and_heights) {
  EXPECT_EQ(zoneOf({100, 100, 0}), 0);                      // at the car, on the ground
  EXPECT_EQ(zoneOf({130, 100, 3}), 1 * kHeightBands + 1);   // 12.2 m ahead, 0.4 m high
  EXPECT_EQ(zoneOf({199, 100, 15}), 3 * kHeightBands + 3);  // 39.8 m ahead
  EXPECT_EQ(zoneOf({0, 0, 7}), 4 * kHeightBands + 2);       // a corner
  EXPECT_EQ(errorBinOf(-8.0), 1U);
  EXPECT_EQ(errorBinOf(-8.01), 0U);
  EXPECT_EQ(errorBinOf(7.99), kErrorBins - 2);
  EXPECT_EQ(errorBinOf(8.0), kErrorBins - 1);
  EXPECT_EQ(errorBinOf(0.1), 1 + std::size_t(kErrorReach_m / kErrorStep_m));
  EXPECT_EQ(errorBinOf(std::numeric_limits<double>::quiet_NaN()), kErrorBins - 1);
}

}  // namespace
}  // namespace hbev
