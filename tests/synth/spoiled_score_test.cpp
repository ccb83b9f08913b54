// The score of a spoiled demo frame, computed a second time by another way: rays as sorted crossings with the
// grid's planes instead of a walk, counts by plain loops.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/eval/frame_report.h"
#include "core/eval/rays.h"
#include "core/synth/labeler.h"
#include "core/synth/spoiler.h"
#include "tests/synth/small_world.h"

namespace hbev::synth {
namespace {

struct SeenVoxel {
  double distance_m = 0;
  int label = 16;
  std::size_t voxel = 0;
};

/// What the ray meets: it is cut where it crosses a plane of voxel borders; the first piece that lies in an
/// occupied voxel ends it, at the piece's far end. Without one, the last piece inside the grid.
SeenVoxel look(const Occupancy& occupancy, const Eigen::Vector3d& origin, const Eigen::Vector3d& direction) {
  const GridSpec& grid = occupancy.grid;
  std::vector<double> cuts;
  for (int axis = 0; axis < 3; ++axis) {
    if (std::abs(direction[axis]) < 1e-12) continue;
    for (int plane = 0; plane <= grid.dims[axis]; ++plane) {
      const double t = (grid.origin[axis] + plane * grid.voxel_m - origin[axis]) / direction[axis];
      if (t > 0) cuts.push_back(t);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  SeenVoxel seen;
  double from = 0;
  for (const double to : cuts) {
    const auto voxel = grid.voxelAt(origin + 0.5 * (from + to) * direction);
    from = to;
    if (!voxel) continue;
    seen = {to, occupancy.semantics[grid.index(*voxel)], grid.index(*voxel)};
    if (seen.label != occupancy.classes->free()) return seen;
  }
  return seen;
}

TEST(SpoiledScore, agreesWithASecondComputation) {
  SmallWorld& small = SmallWorld::get(0);
  const Occupancy truth = labelWorld(small.world, small.placements, SmallWorld::kTime_s);
  const Pose ego_from_global = small.world.globalFromEgo(SmallWorld::kTime_s).inverse();
  // Cars moved two voxels ahead, one class called another, and half a metre a second of wrong flow.
  Occupancy prediction = truth;
  for (const Actor& actor : small.world.actors) {
    const KnownObject object{ego_from_global * actor.box(SmallWorld::kTime_s), actor.model().label};
    if (object.label == 0) shiftObject(prediction, object, {2, 0, 0});
    if (object.label == 1 || object.label == 3) relabelObject(prediction, object, 2);
    if (object.label == 7) changeFlow(prediction, object, 0.5, 0.3);
  }
  ASSERT_NE(prediction.semantics, truth.semantics);

  const Eigen::Vector3d origin(0.9437, 0.0123, 1.8402);
  std::array<std::vector<double>, 3> hits;
  for (auto& list : hits)
    list.assign(17, 0);
  std::vector<double> in_truth(17, 0), in_prediction(17, 0), flow_error(17, 0);
  for (const Eigen::Vector3f& ray : lidarRays()) {
    const Eigen::Vector3d direction = ray.cast<double>().normalized();
    const SeenVoxel actual = look(truth, origin, direction), guess = look(prediction, origin, direction);
    if (actual.label == 16) continue;
    ++in_truth[std::size_t(actual.label)];
    ++in_prediction[std::size_t(guess.label)];
    if (actual.label != guess.label) continue;
    for (std::size_t t = 0; t < 3; ++t) {
      hits[t][std::size_t(actual.label)] += std::abs(actual.distance_m - guess.distance_m) < (1 << t);
    }
    if (std::abs(actual.distance_m - guess.distance_m) < 2) {
      flow_error[std::size_t(actual.label)] +=
          std::hypot(truth.flow[2 * actual.voxel] - prediction.flow[2 * guess.voxel],
                     truth.flow[2 * actual.voxel + 1] - prediction.flow[2 * guess.voxel + 1]);
    }
  }
  double sum = 0, count = 0, ave_sum = 0, ave_count = 0;
  for (std::size_t label = 0; label < 16; ++label) {
    for (std::size_t t = 0; t < 3; ++t) {
      const double all = in_truth[label] + in_prediction[label] - hits[t][label];
      if (all == 0) continue;
      sum += hits[t][label] / all;
      ++count;
    }
    if (label >= 8 || hits[1][label] == 0) continue;
    ave_sum += flow_error[label] / hits[1][label];
    ++ave_count;
  }

  const std::vector<Eigen::Vector3d> origins{origin};
  const RayScores scores = evaluateFrame(prediction, truth, origins).rayScores();
  EXPECT_LT(scores.ray_iou, 0.95);
  // One ray in 14,040 may graze an edge and fall to the other side.
  EXPECT_NEAR(scores.ray_iou, sum / count, 2e-4);
  EXPECT_NEAR(scores.mave_mps, ave_sum / ave_count, 2e-3);
}

}  // namespace
}  // namespace hbev::synth
