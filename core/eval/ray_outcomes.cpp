#include "core/eval/ray_outcomes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/eval/frame_report.h"
#include "core/eval/rays.h"

namespace hbev {

const std::size_t kRaysPerOrigin = kLidarRings * kLidarAzimuths;

namespace {

std::string name(const ClassSet& classes, std::uint8_t label) {
  return std::string(classes[label].shortName());
}

/// With a true minus sign, as the window writes numbers.
std::string degrees(double value) {
  const long whole = std::lround(value);
  return fmt::format("{}{}°", whole < 0 ? "\u2212" : "", std::abs(whole));
}

std::string hitOf(const ClassSet& classes, const std::string& who, std::uint8_t label, float distance_m) {
  if (label == classes.free()) return who + " hits nothing";
  return fmt::format("{} hits {} at {:.1f} m", who, name(classes, label), distance_m);
}

std::string verdictOf(const RayOutcomes& outcomes, std::size_t ray, std::size_t threshold,
                      const std::string& who) {
  const RayPair& pair = outcomes.rays[ray];
  const ClassSet& classes = *outcomes.classes;
  const double limit_m = kRayThresholds_m[threshold];
  const double error_m = outcomes.error_m(ray).value_or(0);
  switch (outcomes.outcome(ray, threshold)) {
    case RayOutcome::Right:
      return fmt::format("The class is right and the distance off by {:.1f} m, less than {:g} m: a hit.",
                         std::abs(error_m), limit_m);
    case RayOutcome::WrongClass:
      return fmt::format("It takes {} for {}, {:.1f} m {}: wrong at every threshold.",
                         name(classes, pair.truth), name(classes, pair.predicted), std::abs(error_m),
                         error_m < 0 ? "nearer" : "farther");
    case RayOutcome::Near:
      return fmt::format("The class is right, but {:.1f} m too near, {:g} m or more.", -error_m, limit_m);
    case RayOutcome::Far:
      return fmt::format("The class is right, but {:.1f} m too far, {:g} m or more.", error_m, limit_m);
    case RayOutcome::Missed:
      return fmt::format("{} lets the ray through what is {} in truth.", who, name(classes, pair.truth));
    case RayOutcome::Phantom:
      return fmt::format("There is no {} in truth. The metric leaves such rays out.",
                         name(classes, pair.predicted));
    case RayOutcome::Ignored:
      return "Neither meets anything. The metric leaves such rays out.";
  }
  return {};
}

}  // namespace

std::string_view rayOutcomeName(RayOutcome outcome) {
  constexpr std::array<std::string_view, kRayOutcomes> kNames{"right",  "wrong class", "near",   "far",
                                                              "missed", "phantom",     "nothing"};
  return kNames[std::size_t(outcome)];
}

std::size_t RayOutcomes::originOf(std::size_t ray) const {
  return ray / kRaysPerOrigin;
}

const Eigen::Vector3f& RayOutcomes::direction(std::size_t ray) const {
  return lidarRays()[ray % kRaysPerOrigin];
}

std::size_t RayOutcomes::ringOf(std::size_t ray) const {
  return ray % kRaysPerOrigin / kLidarAzimuths;
}

int RayOutcomes::azimuthOf(std::size_t ray) const {
  return int(ray % kLidarAzimuths);
}

std::size_t RayOutcomes::rayAt(std::size_t origin, std::size_t ring, int azimuth_deg) const {
  constexpr int kAround = int(kLidarAzimuths);
  return origin * kRaysPerOrigin + ring * kLidarAzimuths +
         std::size_t((azimuth_deg % kAround + kAround) % kAround);
}

RayOutcome RayOutcomes::outcome(std::size_t ray, std::size_t threshold) const {
  const RayPair& pair = rays[ray];
  const auto free = std::uint8_t(classes->free());
  if (pair.truth == free) return pair.predicted == free ? RayOutcome::Ignored : RayOutcome::Phantom;
  if (pair.predicted == free) return RayOutcome::Missed;
  if (pair.predicted != pair.truth) return RayOutcome::WrongClass;
  const double error = double(pair.predicted_m) - double(pair.true_m);
  if (std::abs(error) < kRayThresholds_m[threshold]) return RayOutcome::Right;
  return error < 0 ? RayOutcome::Near : RayOutcome::Far;
}

std::optional<double> RayOutcomes::error_m(std::size_t ray) const {
  const RayPair& pair = rays[ray];
  const auto free = std::uint8_t(classes->free());
  if (pair.truth == free || pair.predicted == free) return std::nullopt;
  return double(pair.predicted_m) - double(pair.true_m);
}

Eigen::Vector3f RayOutcomes::predictedEnd(std::size_t ray) const {
  return origins[originOf(ray)].cast<float>() + std::max(0.0F, rays[ray].predicted_m) * direction(ray);
}

Eigen::Vector3f RayOutcomes::trueEnd(std::size_t ray) const {
  return origins[originOf(ray)].cast<float>() + std::max(0.0F, rays[ray].true_m) * direction(ray);
}

const std::array<std::uint8_t, 3>& RayOutcomes::place(std::size_t ray) const {
  const RayPair& pair = rays[ray];
  return pair.truth == classes->free() ? pair.predicted_voxel : pair.true_voxel;
}

double ringPitch_rad(std::size_t ring) {
  return std::asin(double(lidarRays()[ring * kLidarAzimuths].z()));
}

RayOutcomes rayOutcomes(const Occupancy& prediction, const Occupancy& truth,
                        std::span<const Eigen::Vector3d> origins) {
  requireComparable(prediction, truth);
  const FrameRays predicted = castFrame(RayVolume(prediction), origins);
  const FrameRays actual = castFrame(RayVolume(truth), origins);
  RayOutcomes outcomes;
  outcomes.classes = truth.classes;
  outcomes.origins.assign(origins.begin(), origins.end());
  outcomes.rays.resize(actual.hits.size());
  for (std::size_t i = 0; i < outcomes.rays.size(); ++i) {
    const RayHit &guess = predicted.hits[i], &hit = actual.hits[i];
    outcomes.rays[i] = {guess.distance_m(), hit.distance_m(), guess.label, hit.label, guess.voxel, hit.voxel};
  }
  return outcomes;
}

namespace {

/// Where a submission's ray ends.
std::array<std::uint8_t, 3> endVoxelOf(const Eigen::Vector3d& origin, const Eigen::Vector3f& direction,
                                       float distance_m, const GridSpec& grid) {
  constexpr double kBack_m = 0.05;  // distances end where a ray leaves its voxel
  const Eigen::Vector3d end = origin + (double(distance_m) - kBack_m) * direction.cast<double>();
  std::array<std::uint8_t, 3> voxel{};
  for (Eigen::Index axis = 0; axis < 3; ++axis) {
    const double place = std::floor((end[axis] - grid.origin[axis]) / grid.voxel_m);
    voxel[std::size_t(axis)] = std::uint8_t(std::clamp(place, 0.0, double(grid.dims[axis] - 1)));
  }
  return voxel;
}

}  // namespace

RayOutcomes rayOutcomes(const RayPrediction& prediction, const Occupancy& truth,
                        std::span<const Eigen::Vector3d> origins) {
  const FrameRays actual = castFrame(RayVolume(truth), origins);
  if (prediction.labels.size() != actual.hits.size()) {
    throw Error({"The rays do not belong to this keyframe",
                 {},
                 fmt::format("{} rays", actual.hits.size()),
                 std::to_string(prediction.labels.size()),
                 "Open the data set that the submission was made for."});
  }
  RayOutcomes outcomes;
  outcomes.classes = truth.classes;
  outcomes.origins.assign(origins.begin(), origins.end());
  outcomes.rays.resize(actual.hits.size());
  for (std::size_t i = 0; i < outcomes.rays.size(); ++i) {
    const RayHit& hit = actual.hits[i];
    const float distance_m = prediction.distances_m[i];
    outcomes.rays[i] = {
        distance_m,
        hit.distance_m(),
        prediction.labels[i],
        hit.label,
        endVoxelOf(outcomes.origins[i / kRaysPerOrigin], outcomes.direction(i), distance_m, truth.grid),
        hit.voxel};
  }
  return outcomes;
}

RayWords describeRay(const RayOutcomes& outcomes, std::size_t ray, std::size_t threshold,
                     const std::string& who) {
  const RayPair& pair = outcomes.rays[ray];
  const int azimuth = outcomes.azimuthOf(ray);
  RayWords words;
  words.outcome = rayOutcomeName(outcomes.outcome(ray, threshold));
  words.outcome.front() = char(std::toupper(words.outcome.front()));
  words.angles = degrees(azimuth > 180 ? azimuth - 360 : azimuth) + ", " +
                 degrees(ringPitch_rad(outcomes.ringOf(ray)) * 180 / std::numbers::pi);
  words.prediction = hitOf(*outcomes.classes, who, pair.predicted, pair.predicted_m);
  words.truth = hitOf(*outcomes.classes, "Truth", pair.truth, pair.true_m);
  words.verdict = verdictOf(outcomes, ray, threshold, who);
  return words;
}

}  // namespace hbev
