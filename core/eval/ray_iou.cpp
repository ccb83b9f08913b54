#include "core/eval/ray_iou.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/eval/statistics.h"

namespace hbev {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double lengthOf(const Velocity& a, const Velocity& b) {
  const double x = double(a[0]) - double(b[0]), y = double(a[1]) - double(b[1]);
  const double square = x * x + y * y;
  return square == 0 ? 0.0 : std::sqrt(square);  // most things stand still, and roots are slow
}

// Length of the difference of two rays' velocities, m/s; a missing flow is zero.
double velocityError(const RayEnds& predicted, const RayEnds& actual, std::size_t ray) {
  constexpr Velocity kStill{};
  return lengthOf(actual.flow_mps.empty() ? kStill : actual.flow_mps[ray],
                  predicted.flow_mps.empty() ? kStill : predicted.flow_mps[ray]);
}

std::int64_t micrometres(double metres) {
  constexpr double kMost_m = 1e6;  // std::min() takes its first argument where the other is NaN
  return std::llround(std::min(kMost_m, metres) * 1e6);
}

// Predicted minus true distance, m.
double distanceError(float predicted_m, float actual_m, DistanceRule rule) {
  if (rule == DistanceRule::Reference) return double(predicted_m) - double(actual_m);
  return double(float(Eigen::half(predicted_m)) - float(Eigen::half(actual_m)));
}

void requireSameRays(const RayEnds& predicted, const RayEnds& actual) {
  if (predicted.size() == actual.size()) return;
  throw Error({"Rays of prediction and truth differ in number",
               {},
               std::to_string(actual.size()) + " rays",
               std::to_string(predicted.size()),
               "Cast both from the same origins."});
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
    : truth(std::size_t(classes)),
      predicted(std::size_t(classes)),
      velocity_error_mps(std::size_t(classes)),
      velocity_error_squares(std::size_t(classes)),
      server_velocity_error_mps(std::size_t(classes)),
      server_velocity_rays(std::size_t(classes)) {
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
  addTo(velocity_error_squares, other.velocity_error_squares);
  addTo(server_velocity_error_mps, other.server_velocity_error_mps);
  addTo(server_velocity_rays, other.server_velocity_rays);
  return *this;
}

RayCounts countRays(const RayClasses& classes, const Occupancy& prediction, std::span<const RayHit> predicted,
                    const Occupancy& truth, std::span<const RayHit> actual) {
  const auto framed = [](std::span<const RayHit> hits) {
    return FrameRays{1, std::vector<RayHit>(hits.begin(), hits.end())};
  };
  return countRays(classes, endsOf(framed(predicted), prediction), truthEndsOf(framed(actual), truth));
}

RayCounts countRays(const RayClasses& classes, const RayEnds& predicted, const TruthRays& actual,
                    DistanceRule rule, RayDetails* details) {
  requireSameRays(predicted, actual);
  const bool any_flow = !predicted.flow_mps.empty() || !actual.flow_mps.empty();
  RayCounts counts(classes.size());
  double all_velocity_errors_mps = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const std::uint8_t label = actual.label[i], guess = predicted.label[i];
    if (details && label < classes.size() && guess < classes.size())
      details->ranges[actual.zone[i] / kHeightBands].add(label, guess, 1);
    if (label == classes.free()) continue;
    ++counts.valid_rays;
    const double velocity_error_mps = any_flow ? velocityError(predicted, actual, i) : 0.0;
    all_velocity_errors_mps += velocity_error_mps;
    if (guess < classes.size()) {
      ++counts.predicted[guess];
      if (details) ++details->zone(actual.zone[i], guess).predicted;
    }
    if (label >= classes.size()) continue;
    ++counts.truth[label];
    ClassRays* const zone = details ? &details->zone(actual.zone[i], label) : nullptr;
    if (zone) ++zone->truth;
    if (guess != label) continue;
    const double error_m = distanceError(predicted.distance_m[i], actual.distance_m[i], rule);
    if (details) ++details->error(label, errorBinOf(error_m));
    for (std::size_t t = 0; t < kRayThresholds_m.size(); ++t) {
      if (!(std::abs(error_m) < kRayThresholds_m[t])) continue;
      ++counts.hits[t][label];
      if (zone) ++zone->hits[t];
    }
    if (classes.moves[label] && std::abs(error_m) < kRayThresholds_m[kFlowThreshold]) {
      counts.velocity_error_mps[label] += velocity_error_mps;
      counts.velocity_error_squares[label] += velocity_error_mps * velocity_error_mps;
      if (zone) zone->velocity_error_umps += micrometres(velocity_error_mps);
    }
  }
  if (details) details->sumRanges();
  for (std::size_t c = 0; c < counts.truth.size(); ++c) {
    if (!classes.moves[c] || counts.hits[kFlowThreshold][c] == 0) continue;
    counts.server_velocity_error_mps[c] = all_velocity_errors_mps;
    counts.server_velocity_rays[c] = counts.valid_rays;
  }
  return counts;
}

std::vector<std::uint8_t> rightRays(const RayClasses& classes, const RayEnds& predicted,
                                    const TruthRays& actual, DistanceRule rule) {
  requireSameRays(predicted, actual);
  std::vector<std::uint8_t> right(actual.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (actual.label[i] == classes.free() || predicted.label[i] != actual.label[i]) continue;
    const double error_m = distanceError(predicted.distance_m[i], actual.distance_m[i], rule);
    right[i] = std::abs(error_m) < kRayThresholds_m[kFlowThreshold];
  }
  return right;
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
    const auto hits = double(counts.hits[kFlowThreshold][c]);
    const auto rays = double(counts.server_velocity_rays[c]);
    const bool moved = classes.moves[c] && hits > 0;
    const double mean = moved ? counts.velocity_error_mps[c] / hits : kUnknown;
    const double variance = moved ? counts.velocity_error_squares[c] / hits - mean * mean : kUnknown;
    scores.ave_mps.push_back(mean);
    scores.ave_spread_mps.push_back(moved ? std::sqrt(std::max(variance, 0.0)) : kUnknown);
    scores.server_ave_mps.push_back(classes.moves[c] && rays > 0 ? counts.server_velocity_error_mps[c] / rays
                                                                 : kUnknown);
  }
  scores.ray_iou = meanOfKnown(all);
  scores.mave_mps = meanOfKnown(scores.ave_mps);
  // std::max keeps its first argument when it is NaN: without velocities there is no OccScore.
  scores.occ_score = 0.9 * scores.ray_iou + 0.1 * std::max(1.0 - scores.mave_mps, 0.0);
  scores.server_mave_mps = meanOfKnown(scores.server_ave_mps);
  scores.server_occ_score = 0.9 * scores.ray_iou + 0.1 * std::max(1.0 - scores.server_mave_mps, 0.0);
  return scores;
}

RayScores withoutVelocities(RayScores scores) {
  for (std::vector<double>* values : {&scores.ave_mps, &scores.ave_spread_mps, &scores.server_ave_mps})
    std::fill(values->begin(), values->end(), kUnknown);
  for (double* value :
       {&scores.mave_mps, &scores.occ_score, &scores.server_mave_mps, &scores.server_occ_score})
    *value = kUnknown;
  return scores;
}

}  // namespace hbev
