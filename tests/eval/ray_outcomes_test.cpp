#include "core/eval/ray_outcomes.h"

#include <random>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/eval/frame_report.h"
#include "core/eval/rays.h"
#include "core/eval/submission_writer.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

/// A few solid boxes of any class in the grid; another seed moves some of them.
Occupancy boxes(std::uint32_t seed, std::uint32_t moved) {
  std::mt19937 random(seed), shift(moved);
  Occupancy occupancy;
  occupancy.semantics.assign(occupancy.grid.size(), occupancy.classes->free());
  for (int box = 0; box < 60; ++box) {
    int x = int(random() % 190), y = int(random() % 190);
    const int z = int(random() % 12), size = 2 + int(random() % 8);
    auto label = std::uint8_t(random() % 16);
    x = std::min(190, x + int(shift() % 6));
    if (shift() % 5 == 0) label = std::uint8_t(shift() % 16);
    if (shift() % 7 == 0) continue;
    for (int i = x; i < std::min(200, x + size); ++i) {
      for (int j = y; j < std::min(200, y + size); ++j) {
        for (int k = z; k < std::min(16, z + size); ++k)
          occupancy.semantics[occupancy.grid.index(i, j, k)] = label;
      }
    }
  }
  return occupancy;
}

/// Outcomes are the metric's counts, told apart ray by ray.
void expectCountsOf(const Occupancy& prediction, const Occupancy& truth,
                    const std::vector<Eigen::Vector3d>& origins) {
  const RayOutcomes outcomes = rayOutcomes(prediction, truth, origins);
  const RayCounts expected = *evaluateFrame(prediction, truth, origins, {.voxels = false}).rays;
  ASSERT_EQ(outcomes.size(), origins.size() * kRaysPerOrigin);
  for (std::size_t threshold = 0; threshold < kRayThresholds_m.size(); ++threshold) {
    std::vector<std::int64_t> right(std::size_t(truth.classes->size()));
    std::int64_t valid = 0;
    for (std::size_t ray = 0; ray < outcomes.size(); ++ray) {
      const RayOutcome outcome = outcomes.outcome(ray, threshold);
      if (outcome == RayOutcome::Right) ++right[outcomes.rays[ray].truth];
      valid += outcome != RayOutcome::Phantom && outcome != RayOutcome::Ignored;
    }
    EXPECT_EQ(right, expected.hits[threshold]);
    EXPECT_EQ(valid, expected.valid_rays);
  }
}

TEST(RayOutcomes, right_rays_are_what_the_metric_counts_as_hits) {
  const Occupancy street = test::makeStreet(3);
  expectCountsOf(test::makeFlawedPrediction(street, 4), street, test::streetOrigins());
}

TEST(RayOutcomes, the_same_in_worlds_of_random_boxes) {
  for (std::uint32_t seed = 0; seed < 4; ++seed)
    expectCountsOf(boxes(seed, 100 + seed), boxes(seed, 0), {{0.9, 0.1, 1.84}, {12.0, -3.0, 1.84}});
}

/// One voxel on the ray straight ahead at the height of the eye; `x` below 0: none.
Occupancy oneVoxel(int x, const char* label) {
  Occupancy occupancy;
  occupancy.semantics.assign(occupancy.grid.size(), occupancy.classes->free());
  if (x >= 0)
    for (int y = 0; y < 200; ++y)
      for (int z = 0; z < 16; ++z)
        occupancy.semantics[occupancy.grid.index(x, y, z)] =
            std::uint8_t(*occupancy.classes->findLabel(label));
  return occupancy;
}

/// A ray that looks ahead and next to level.
std::size_t aheadOf(const RayOutcomes& outcomes) {
  std::size_t level = 0;
  for (std::size_t ring = 0; ring < kLidarRings; ++ring) {
    if (std::abs(ringPitch_rad(ring)) < std::abs(ringPitch_rad(level))) level = ring;
  }
  return outcomes.rayAt(0, level, 0);
}

TEST(RayOutcomes, every_outcome_has_its_name_and_its_words) {
  struct Case {
    Occupancy prediction, truth;
    RayOutcome outcome;
    std::string words;
  };
  const std::vector<Case> cases{
      {oneVoxel(150, "truck"), oneVoxel(150, "truck"), RayOutcome::Right, "A hits truck at 20.4 m"},
      {oneVoxel(151, "truck"), oneVoxel(150, "trailer"), RayOutcome::WrongClass, "A hits truck at 20.8 m"},
      {oneVoxel(140, "truck"), oneVoxel(150, "truck"), RayOutcome::Near, "A hits truck at 16.4 m"},
      {oneVoxel(160, "truck"), oneVoxel(150, "truck"), RayOutcome::Far, "A hits truck at 24.4 m"},
      {oneVoxel(-1, ""), oneVoxel(150, "truck"), RayOutcome::Missed, "A hits nothing"},
      {oneVoxel(150, "truck"), oneVoxel(-1, ""), RayOutcome::Phantom, "A hits truck at 20.4 m"},
      {oneVoxel(-1, ""), oneVoxel(-1, ""), RayOutcome::Ignored, "A hits nothing"}};
  for (const Case& each : cases) {
    const RayOutcomes outcomes =
        rayOutcomes(each.prediction, each.truth, std::vector<Eigen::Vector3d>{{0, 0, 2}});
    const std::size_t ray = aheadOf(outcomes);
    ASSERT_EQ(outcomes.outcome(ray, 1), each.outcome) << rayOutcomeName(each.outcome);
    const RayWords words = describeRay(outcomes, ray, 1, "A");
    EXPECT_EQ(words.prediction, each.words);
    EXPECT_EQ(words.angles, "0°, 0°");
    std::string name = words.outcome;
    name.front() = char(std::tolower(name.front()));
    EXPECT_EQ(name, rayOutcomeName(each.outcome));
    EXPECT_FALSE(words.verdict.empty());
  }
}

TEST(RayOutcomes, a_wider_threshold_makes_near_rays_right) {
  const RayOutcomes outcomes =
      rayOutcomes(oneVoxel(146, "truck"), oneVoxel(150, "truck"), std::vector<Eigen::Vector3d>{{0, 0, 2}});
  const std::size_t ray = aheadOf(outcomes);
  EXPECT_EQ(outcomes.outcome(ray, 0), RayOutcome::Near);
  EXPECT_EQ(outcomes.outcome(ray, 1), RayOutcome::Right);
  EXPECT_NEAR(*outcomes.error_m(ray), -1.6, 0.01);
  EXPECT_NEAR(outcomes.trueEnd(ray).x(), 20.4, 0.01);
  EXPECT_EQ(outcomes.place(ray)[0], 150);
}

TEST(RayOutcomes, rays_are_found_by_origin_ring_and_azimuth) {
  RayOutcomes outcomes;
  const std::size_t ray = outcomes.rayAt(3, 17, -90);
  EXPECT_EQ(outcomes.originOf(ray), 3U);
  EXPECT_EQ(outcomes.ringOf(ray), 17U);
  EXPECT_EQ(outcomes.azimuthOf(ray), 270);
  EXPECT_NEAR(outcomes.direction(ray).y(), -std::cos(ringPitch_rad(17)), 1e-6);
  EXPECT_NEAR(ringPitch_rad(0), -0.7854, 1e-4);
}

/// A submission's own rays, not those of the voxels that it is shown as.
TEST(RayOutcomes, a_submission_has_rays_of_its_own) {
  const Occupancy truth = oneVoxel(150, "truck"), prediction = oneVoxel(146, "truck");
  const std::vector<Eigen::Vector3d> origins{{0, 0, 2}};
  RayPrediction rays = raysOf(prediction, origins);
  const RayOutcomes expected = rayOutcomes(prediction, truth, origins);
  const RayOutcomes outcomes = rayOutcomes(rays, truth, origins);
  ASSERT_EQ(outcomes.size(), expected.size());
  for (std::size_t ray = 0; ray < outcomes.size(); ++ray)
    EXPECT_EQ(outcomes.outcome(ray, 1), expected.outcome(ray, 1));
  const std::size_t ray = aheadOf(outcomes);
  EXPECT_EQ(outcomes.rays[ray].predicted_voxel, expected.rays[ray].predicted_voxel);
  rays.labels.resize(7);
  EXPECT_THROW(rayOutcomes(rays, truth, origins), Error);
}

TEST(RayOutcomes, other_classes_cannot_be_compared) {
  Occupancy other = oneVoxel(150, "truck");
  other.classes = &ClassSet::occ3d();
  EXPECT_THROW(rayOutcomes(other, oneVoxel(150, "truck"), test::streetOrigins()), Error);
}

}  // namespace
}  // namespace hbev
