#include "core/eval/ray_iou.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/eval/statistics.h"

namespace hbev {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double halfPrecision(float value) {
  return double(float(Eigen::half(value)));
}

// Length of the difference of two voxels' velocities, m/s; a missing flow is zero.
double velocityError(const Occupancy& prediction, const RayHit& predicted, const Occupancy& truth,
                     const RayHit& actual) {
  double squares = 0;
  for (std::size_t component = 0; component < 2; ++component) {
    const auto velocity = [component](const Occupancy& occupancy, const RayHit& hit) {
      if (occupancy.flow.empty()) return 0.0;
      const std::size_t voxel = occupancy.grid.index(hit.voxel[0], hit.voxel[1], hit.voxel[2]);
      return halfPrecision(occupancy.flow[2 * voxel + component]);
    };
    const double difference = velocity(truth, actual) - velocity(prediction, predicted);
    squares += difference * difference;
  }
  return std::sqrt(squares);
}

template <class T>
void addTo(std::vector<T>& sums, const std::vector<T>& more) {
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] += more[i];
}

}  // namespace

RayClasses RayClasses::of(const ClassSet& classes) {
  RayClasses result;
  for (const ClassInfo& info : classes.classes())
    result.moves.push_back(info.moves);
  return result;
}

RayCounts::RayCounts(int classes)
    : truth(std::size_t(classes)), predicted(std::size_t(classes)), velocity_error_mps(std::size_t(classes)) {
  hits.fill(std::vector<std::int64_t>(std::size_t(classes)));
}

RayCounts& RayCounts::operator+=(const RayCounts& other) {
  if (truth.size() != other.truth.size()) {
    throw Error({"Ray counts of different class sets cannot be added",
                 {},
                 std::to_string(truth.size()) + " classes",
                 std::to_string(other.truth.size()),
                 {}});
  }
  valid_rays += other.valid_rays;
  addTo(truth, other.truth);
  addTo(predicted, other.predicted);
  for (std::size_t i = 0; i < hits.size(); ++i)
    addTo(hits[i], other.hits[i]);
  addTo(velocity_error_mps, other.velocity_error_mps);
  return *this;
}

RayCounts countRays(const RayClasses& classes, const Occupancy& prediction, std::span<const RayHit> predicted,
                    const Occupancy& truth, std::span<const RayHit> actual) {
  if (predicted.size() != actual.size()) {
    throw Error({"Rays of prediction and truth differ in number",
                 {},
                 std::to_string(actual.size()) + " rays",
                 std::to_string(predicted.size()),
                 "Cast both from the same origins."});
  }
  RayCounts counts(classes.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const std::uint8_t label = actual[i].label;
    if (label == classes.free()) continue;
    ++counts.valid_rays;
    if (predicted[i].label < classes.size()) ++counts.predicted[predicted[i].label];
    if (label >= classes.size()) continue;
    ++counts.truth[label];
    if (predicted[i].label != label) continue;
    const double error_m = std::abs(double(predicted[i].distance_m()) - double(actual[i].distance_m()));
    for (std::size_t t = 0; t < kRayThresholds_m.size(); ++t) {
      if (error_m < kRayThresholds_m[t]) ++counts.hits[t][label];
    }
    if (classes.moves[label] && error_m < kRayThresholds_m[kFlowThreshold]) {
      counts.velocity_error_mps[label] += velocityError(prediction, predicted[i], truth, actual[i]);
    }
  }
  return counts;
}

RayScores scoreRays(const RayClasses& classes, const RayCounts& counts) {
  const std::size_t scored = std::size_t(classes.size() - 1);
  RayScores scores;
  std::vector<double> all;
  for (std::size_t t = 0; t < kRayThresholds_m.size(); ++t) {
    for (std::size_t c = 0; c < scored; ++c) {
      const std::int64_t hits = counts.hits[t][c];
      const std::int64_t either = counts.truth[c] + counts.predicted[c] - hits;
      scores.iou[t].push_back(either > 0 ? double(hits) / double(either) : kUnknown);
    }
    scores.mean_iou[t] = meanOfKnown(scores.iou[t]);
    all.insert(all.end(), scores.iou[t].begin(), scores.iou[t].end());
  }
  for (std::size_t c = 0; c < scored; ++c) {
    const std::int64_t hits = counts.hits[kFlowThreshold][c];
    scores.ave_mps.push_back(classes.moves[c] && hits > 0 ? counts.velocity_error_mps[c] / double(hits)
                                                          : kUnknown);
  }
  scores.ray_iou = meanOfKnown(all);
  scores.mave_mps = meanOfKnown(scores.ave_mps);
  // std::max keeps its first argument when it is NaN: without velocities there is no OccScore.
  scores.occ_score = 0.9 * scores.ray_iou + 0.1 * std::max(1.0 - scores.mave_mps, 0.0);
  return scores;
}

}  // namespace hbev
