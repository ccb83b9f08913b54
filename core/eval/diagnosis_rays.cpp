#include "core/eval/diagnosis_rays.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/eval/diagnosis_flow.h"
#include "core/eval/origins.h"

namespace hbev {
namespace {

// Casting the truth's rays takes a tenth of a second a keyframe.
constexpr std::size_t kCastFrames = 2;
constexpr std::size_t kEnoughRays = 500;
constexpr double kRayTolerance = 0.12;
constexpr double kNearlyAllRays = 0.9995;

/// What a few keyframes' rays show.
struct RayFindings {
  std::array<std::size_t, 256> labels{};
  std::size_t rays = 0;
  std::vector<double> ratios;  ///< predicted by true distance, of rays that met the same class
  FlowCheck flow;
};

void lookIntoRays(const EvaluationPlan& plan, const RaySubmission& submission, const EvaluatedFrame& frame,
                  RayFindings& findings) {
  const Keyframe keyframe = plan.dataset->keyframe(frame.scene, frame.index_in_scene);
  const ClassSet& classes = classSetOf(plan.truth);
  const auto file = plan.dataset->truthFile(plan.truth, keyframe);
  if (!file) return;
  const RayEnds predicted = endsOf(submission.read(keyframe.token));
  const TruthRays actual = castTruthEnds(
      readOccupancyNpz(*file, classes),
      lidarOrigins(plan.dataset->lidarReadings(frame.origin_scene), frame.origin_index_in_scene));
  if (predicted.size() != actual.size()) return;
  findings.rays += predicted.size();
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    ++findings.labels[predicted.label[i]];
    if (predicted.label[i] != actual.label[i] || actual.label[i] == classes.free()) continue;
    if (actual.distance_m[i] > 1)
      findings.ratios.push_back(double(predicted.distance_m[i]) / double(actual.distance_m[i]));
  }
  findings.flow.add(predicted, actual, classes);
}

std::optional<std::string> sayWhetherOneClass(const RayFindings& findings, const ClassSet& classes) {
  const auto most = std::max_element(findings.labels.begin(), findings.labels.end());
  if (findings.rays == 0 || double(*most) < kNearlyAllRays * double(findings.rays)) return std::nullopt;
  const auto label = int(most - findings.labels.begin());
  if (label == classes.free()) {
    return "No ray meets anything: pcd_cls is the free class throughout. Check that the network had its "
           "weights "
           "and that rays were cast into what it predicted.";
  }
  return fmt::format(
      "Every ray meets class {} ({}): pcd_cls was probably never filled. Save the class of the voxel that "
      "each "
      "ray meets, {} where it meets none.",
      label, classes[label].name, classes.free());
}

std::optional<std::string> sayWhetherOtherDistances(RayFindings& findings) {
  if (findings.ratios.size() < kEnoughRays) return std::nullopt;
  const auto middle = findings.ratios.begin() + std::ptrdiff_t(findings.ratios.size() / 2);
  std::nth_element(findings.ratios.begin(), middle, findings.ratios.end());
  const double ratio = *middle;
  const auto isNearTo = [ratio](double expected) { return std::abs(ratio / expected - 1) < kRayTolerance; };
  const std::string median =
      fmt::format("where classes agree, the median is {:.3g} times the truth's", ratio);
  if (isNearTo(1 / 0.4))
    return fmt::format("Distances are probably in voxels, not metres ({}): multiply pcd_dist by 0.4.",
                       median);
  if (isNearTo(100))
    return fmt::format("Distances are probably in centimetres, not metres ({}): divide pcd_dist by 100.",
                       median);
  if (ratio > 0.5 && ratio < 2) return std::nullopt;
  return fmt::format(
      "Distances do not fit ({}): pcd_dist is in metres, from the ray's origin to where it leaves the voxel "
      "that "
      "it meets.",
      median);
}

}  // namespace

std::vector<std::string> diagnoseRays(const EvaluationPlan& plan, const RaySubmission& submission,
                                      const std::vector<EvaluatedFrame>& frames) {
  RayFindings findings;
  for (std::size_t i = 0; i < std::min(kCastFrames, frames.size()); ++i) {
    try {
      lookIntoRays(plan, submission, frames[i], findings);
    } catch (const Error&) {
      continue;  // told of when it is scored
    }
  }
  std::vector<std::string> sentences;
  if (auto one = sayWhetherOneClass(findings, classSetOf(plan.truth))) {
    sentences.push_back(std::move(*one));
    return sentences;  // it explains all that follows
  }
  if (auto distances = sayWhetherOtherDistances(findings)) sentences.push_back(std::move(*distances));
  if (auto flow = findings.flow.sentence()) sentences.push_back(std::move(*flow));
  return sentences;
}

}  // namespace hbev
