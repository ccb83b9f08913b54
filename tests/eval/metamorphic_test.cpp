// What must come out of the metric when something known is done to what goes in: shifts, submissions.
#include <algorithm>
#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/eval/caster.h"
#include "core/eval/evaluation.h"
#include "core/eval/evaluation_summary.h"
#include "core/eval/origins.h"
#include "core/eval/rays.h"
#include "core/eval/submission_writer.h"
#include "tests/eval/made_split.h"

namespace hbev {
namespace {

constexpr int kWall = 150;              // x of the wall's voxels: from 20.0 to 20.4 m in front of the car
constexpr std::uint8_t kWallClass = 3;  // any but free
const Eigen::Vector3d kOrigin(0.1, 0.05, 1.7);  // on no edge of a voxel

Occupancy wallAt(int x) {
  Occupancy occupancy;
  occupancy.grid = occ3dGrid();
  occupancy.classes = &ClassSet::openocc();
  occupancy.semantics.assign(occupancy.grid.size(), occupancy.classes->free());
  for (int y = 0; y < occupancy.grid.dims.y(); ++y) {
    for (int z = 0; z < occupancy.grid.dims.z(); ++z)
      occupancy.semantics[occupancy.grid.index(x, y, z)] = kWallClass;
  }
  return occupancy;
}

/// Where a ray leaves the wall's voxel that it meets first, by the geometry of one box.
struct WallHit {
  bool is_hit = false;
  bool is_clear = true;  ///< farther from edges and the grid's end than what rounding can change
  double distance_m = 0;
};

WallHit hitOf(const Eigen::Vector3d& ray, int x) {
  const GridSpec grid = occ3dGrid();
  const Eigen::Vector3d first = grid.center({0, 0, 0}) - Eigen::Vector3d::Constant(grid.voxel_m / 2);
  WallHit hit;
  if (ray.x() <= 0) return hit;
  const Eigen::Vector3d direction = ray / ray.x() / grid.voxel_m;  // per metre of x, in voxels
  const Eigen::Vector3d begin = (kOrigin - first) / grid.voxel_m;
  const double enters_m = (x - begin.x()) * grid.voxel_m, leaves_m = enters_m + grid.voxel_m;
  double exit_m = leaves_m;
  for (const int axis : {1, 2}) {
    const double at = begin[axis] + direction[axis] * enters_m;
    const double floor = std::floor(at);
    constexpr double kNear = 1e-3;
    if (at - floor < kNear || floor + 1 - at < kNear) hit.is_clear = false;
    if (floor < 0 || floor >= grid.dims[axis]) return hit;
    const double step = direction[axis];
    if (step != 0) exit_m = std::min(exit_m, enters_m + ((step > 0 ? floor + 1 : floor) - at) / step);
  }
  hit.is_hit = true;
  hit.distance_m = exit_m * ray.norm() / ray.x();
  return hit;
}

TEST(Metamorphic, AShiftAlongTheRayIsTheDistancesError) {
  const std::vector<Eigen::Vector3f> ahead{Eigen::Vector3f(1, 0, 0)};
  std::array<RayHit, 1> truth, shifted;
  castRays(RayVolume(wallAt(kWall)), kOrigin, ahead, truth);
  for (const int k : {-20, -3, -1, 1, 2, 5, 12, 40}) {
    castRays(RayVolume(wallAt(kWall + k)), kOrigin, ahead, shifted);
    EXPECT_NEAR(shifted[0].distance_m() - truth[0].distance_m(), 0.4 * k, 1e-4) << k;
  }
}

TEST(Metamorphic, AShiftedWallIsHitByTheRaysWhoseErrorIsBelowTheThreshold) {
  const std::vector<Eigen::Vector3d> origins{kOrigin};
  const Occupancy truth = wallAt(kWall);
  for (const int k : {0, 1, 2, 3, 5, 8, 12, -4}) {
    std::array<std::int64_t, 3> expected{};
    std::int64_t valid = 0, unclear = 0;
    for (const Eigen::Vector3f& ray : lidarRays()) {
      const WallHit actual = hitOf(ray.cast<double>(), kWall), moved = hitOf(ray.cast<double>(), kWall + k);
      const double error_m = std::abs(moved.distance_m - actual.distance_m);
      const bool is_near = std::ranges::any_of(
          kRayThresholds_m, [&](double limit_m) { return std::abs(error_m - limit_m) < 1e-3; });
      if (!actual.is_clear || !moved.is_clear || is_near) ++unclear;
      if (!actual.is_hit) continue;
      ++valid;
      for (std::size_t t = 0; t < expected.size(); ++t)
        expected[t] += moved.is_hit && error_m < kRayThresholds_m[t];
    }
    ASSERT_LT(unclear, valid / 10);
    const FrameReport report = evaluateFrame(wallAt(kWall + k), truth, origins, {.voxels = false});
    EXPECT_NEAR(double(report.rays->truth[kWallClass]), double(valid), double(unclear)) << k;
    for (std::size_t t = 0; t < expected.size(); ++t)
      EXPECT_NEAR(double(report.rays->hits[t][kWallClass]), double(expected[t]), double(unclear))
          << k << " " << t;
    if (k == 0) {
      EXPECT_EQ(report.rayScores().ray_iou, 1.0);
    }
    if (k >= 12) {
      EXPECT_EQ(report.rays->hits[2][kWallClass], 0) << "4.8 m and more";
    }
  }
}

/// A submission of all keyframes with labels, cast from `occupancies`.
std::filesystem::path writeSubmission(const test::MadeSplit& split, const std::vector<Occupancy>& occupancies,
                                      const std::string& name) {
  const std::filesystem::path file = split.root() / name;
  SubmissionWriter writer(file, "a method", "a team");
  for (int i = 0; i < split.keyframes(); ++i) {
    const auto origins = lidarOrigins(split.dataset()->lidarReadings(std::size_t(i / 3)), std::size_t(i % 3));
    writer.add(test::MadeSplit::tokenOf(i), raysOf(occupancies[std::size_t(i)], origins));
  }
  writer.close();
  return file;
}

SourceSummary evaluated(const test::MadeSplit& split, const std::filesystem::path& submission) {
  EvaluationPlan plan;
  plan.dataset = split.dataset();
  plan.sources.push_back(openEvaluationSource(submission, {.dataset = plan.dataset}));
  EvaluationStore store = createStore(plan, {});
  Progress progress;
  runEvaluation(plan, store, progress);
  return summarise(store).sources.front();
}

TEST(Metamorphic, ASubmissionOfTheTruthsRaysIsPerfect) {
  const test::MadeSplit split;
  const SourceSummary source = evaluated(split, writeSubmission(split, split.truths(), "truth.gz"));
  EXPECT_EQ(source.frames.size(), 5U);
  EXPECT_EQ(source.total.rayScores()->ray_iou, 1.0);
  EXPECT_EQ(source.total.rayScores()->server_mave_mps, 0.0);
  EXPECT_FALSE(source.total.voxels().has_value()) << "rays have no voxels";
}

/// It is scored by its rays wherever it lies, not as the voxels that it is shown as.
TEST(Metamorphic, AFolderWithASubmissionIsScoredAsTheSubmission) {
  const test::MadeSplit split;
  std::filesystem::create_directories(split.root() / "results");
  const auto file = writeSubmission(split, split.truths(), "results/submission.gz");
  const SourceSummary source = evaluated(split, split.root() / "results");
  EXPECT_EQ(source.facts.format, "CVPR 2024 ray submission, scored ray by ray");
  EXPECT_EQ(source.total.rays(), evaluated(split, file).total.rays());
}

TEST(Metamorphic, ASubmissionIsScoredByTheServersRule) {
  const test::MadeSplit split;
  const auto predictions = test::FakePredictions::of(split, 7);
  std::vector<Occupancy> occupancies;
  for (int i = 0; i < split.keyframes(); ++i)
    occupancies.push_back(predictions->occupancies.at(test::MadeSplit::tokenOf(i)));
  const std::filesystem::path file = writeSubmission(split, occupancies, "flawed.gz");
  const SourceSummary source = evaluated(split, file);
  const auto submission = RaySubmission::open(file);
  SplitReport expected(ClassSet::openocc());
  for (const int i : {0, 1, 2, 3, 5}) {
    const auto origins = lidarOrigins(split.dataset()->lidarReadings(std::size_t(i / 3)), std::size_t(i % 3));
    const Occupancy& truth = split.truths()[std::size_t(i)];
    FrameReport frame;
    frame.classes = &ClassSet::openocc();
    frame.rays =
        countRays(RayClasses::of(ClassSet::openocc()), endsOf(submission->read(test::MadeSplit::tokenOf(i))),
                  truthEndsOf(castFrame(RayVolume(truth), origins), truth), DistanceRule::Server);
    expected.add(frame);
  }
  EXPECT_EQ(source.total.rays(), expected.rays());
  EXPECT_GT(source.total.rayScores()->ray_iou, 0.2);
  EXPECT_LT(source.total.rayScores()->ray_iou, 0.95);
}

}  // namespace
}  // namespace hbev
