#include "core/eval/diagnosis_flow.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace hbev {
namespace {

constexpr float kDrives_mps = 1.0F, kStands_mps = 0.01F;
constexpr std::size_t kEnoughVoxels = 100;
// Keyframes are half a second apart; voxels are 0.4 m.
constexpr double kFramesPerSecond = 2.0, kVoxel_m = 0.4;
constexpr double kTolerance = 0.12;

double medianOf(std::vector<float> values) {
  const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return double(*middle);
}

bool isNear(double ratio, double expected) {
  return std::abs(ratio / expected - 1) < kTolerance;
}

}  // namespace

void FlowCheck::add(const Occupancy& prediction, const Occupancy& truth) {
  if (prediction.flow.empty() || truth.flow.empty()) return;
  for (std::size_t i = 0; i < truth.semantics.size(); ++i) {
    if (prediction.semantics[i] != truth.semantics[i] || !truth.classes->moves(truth.semantics[i])) continue;
    addPair(&prediction.flow[2 * i], &truth.flow[2 * i]);
  }
}

void FlowCheck::add(const RayEnds& prediction, const RayEnds& truth, const ClassSet& classes) {
  if (prediction.flow_mps.empty() || truth.flow_mps.empty()) return;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (prediction.label[i] != truth.label[i] || !classes.moves(truth.label[i])) continue;
    addPair(prediction.flow_mps[i].data(), truth.flow_mps[i].data());
  }
}

void FlowCheck::addPair(const float* p, const float* t) {
  const float speed = std::hypot(p[0], p[1]), true_speed = std::hypot(t[0], t[1]);
  if (true_speed < kDrives_mps) return;
  predicted_mps_.push_back(speed);
  true_mps_.push_back(true_speed);
  if (speed < kStands_mps) return;
  ++moving_;
  const double lengths = double(speed) * double(true_speed);
  cosines_ += double(p[0] * t[0] + p[1] * t[1]) / lengths;
  swapped_cosines_ += double(p[1] * t[0] + p[0] * t[1]) / lengths;
}

std::optional<std::string> FlowCheck::sentence() const {
  if (true_mps_.size() < kEnoughVoxels) return std::nullopt;
  const double predicted = medianOf(predicted_mps_), actual = medianOf(true_mps_);
  const std::string medians = fmt::format(
      "where things drive, the median speed is {:.2f} in the predictions and {:.2f} m/s in the labels",
      predicted, actual);
  if (moving_ < true_mps_.size() / 10)
    return fmt::format(
        "Flow is zero where things drive ({}): AVE will be their speed. Save the network's flow.", medians);
  if (predicted < kStands_mps) {
    return fmt::format(
        "Flow is zero for most of what drives ({}): whole numbers and a range without signs lose most of it. "
        "Save the network's flow as float16 or float32.",
        medians);
  }
  const double cosine = cosines_ / double(moving_), swapped = swapped_cosines_ / double(moving_);
  if (cosine < -0.5) return "Flow points backwards: change its sign, or check which frame comes first.";
  if (swapped > 0.8 && cosine < 0.5)
    return "Flow has x and y exchanged: save it as (x, y) of the car's frame.";
  const double ratio = predicted / actual;
  if (cosine < 0.5 || isNear(ratio, 1)) return std::nullopt;
  if (isNear(ratio, 1 / kFramesPerSecond)) {
    return fmt::format(
        "Flow is probably in metres per keyframe, not per second ({}): multiply it by 2 before saving.",
        medians);
  }
  if (isNear(ratio, 1 / kFramesPerSecond / kVoxel_m)) {
    return fmt::format(
        "Flow is probably in voxels per keyframe, not metres per second ({}): multiply it by 0.8.", medians);
  }
  if (isNear(ratio, 1 / kVoxel_m)) {
    return fmt::format("Flow is probably in voxels per second, not metres ({}): multiply it by 0.4.",
                       medians);
  }
  if (isNear(ratio, 3.6))
    return fmt::format("Flow is probably in km/h, not m/s ({}): divide it by 3.6.", medians);
  if (isNear(ratio, kFramesPerSecond)) {
    return fmt::format(
        "Flow is twice what it should be ({}): was it turned from metres per keyframe into m/s two times? "
        "Divide it by 2.",
        medians);
  }
  if (ratio < 0.25 || ratio > 4) {
    return fmt::format(
        "Flow's unit does not fit m/s: {}. Save metres per second; if all of it is off by one factor, "
        "multiply it by {:.2g}.",
        medians, 1 / ratio);
  }
  return std::nullopt;
}

}  // namespace hbev
