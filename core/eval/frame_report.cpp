#include "core/eval/frame_report.h"

#include <string>

#include "core/base/error.h"

namespace hbev {
namespace {

std::string describe(const GridSpec& grid) {
  return std::to_string(grid.dims.x()) + " x " + std::to_string(grid.dims.y()) + " x " +
         std::to_string(grid.dims.z()) + " voxels of " + std::to_string(grid.voxel_m) + " m";
}

void requireFilled(const Occupancy& occupancy, const std::string& whose) {
  const std::size_t voxels = occupancy.grid.size();
  const auto require = [&](std::size_t found, std::size_t expected, const std::string& what, bool optional) {
    if (found == expected || (optional && found == 0)) return;
    throw Error({"The " + whose + "'s " + what + " does not fill its grid",
                 {},
                 std::to_string(expected) + " numbers",
                 std::to_string(found),
                 {}});
  };
  require(occupancy.semantics.size(), voxels, "semantics", false);
  require(occupancy.flow.size(), 2 * voxels, "flow", true);
  require(occupancy.mask_camera.size(), voxels, "camera mask", true);
}

void requireOrigins(std::span<const Eigen::Vector3d> origins) {
  if (!origins.empty()) return;
  throw Error({"Rays have no origin to start from",
               {},
               "at least one place of the lidar",
               "none",
               "Leave the ray metrics out, or give the keyframe a lidar."});
}

}  // namespace

void requireComparable(const Occupancy& prediction, const Occupancy& truth) {
  if (prediction.classes != truth.classes) {
    throw Error({"Prediction and truth are in different class sets",
                 {},
                 std::string(truth.classes->name()),
                 std::string(prediction.classes->name()),
                 "Evaluate against the labels that the prediction was made for."});
  }
  if (!(prediction.grid == truth.grid)) {
    throw Error({"Prediction and truth have different grids",
                 {},
                 describe(truth.grid),
                 describe(prediction.grid),
                 "Resample the prediction to the truth's grid."});
  }
  requireFilled(prediction, "prediction");
  requireFilled(truth, "truth");
}

RayScores FrameReport::rayScores() const {
  RayScores scores = scoreRays(RayClasses::of(*classes), rays.value_or(RayCounts(classes->size())));
  return truth_has_flow ? scores : withoutVelocities(std::move(scores));
}

VoxelScores FrameReport::voxelScores() const {
  return scoreVoxels(voxels.value_or(Confusion()));
}

std::optional<VoxelScores> FrameReport::cameraVoxelScores() const {
  if (!camera_voxels) return std::nullopt;
  return scoreVoxels(*camera_voxels);
}

TruthFrame prepareTruth(Occupancy truth, std::span<const Eigen::Vector3d> origins,
                        const DeviceCaster* device) {
  requireFilled(truth, "truth");
  TruthFrame frame;
  frame.has_flow = !truth.flow.empty();
  if (!origins.empty()) frame.rays = castTruthEnds(truth, origins, device);
  truth.flow = {};
  frame.occupancy = std::move(truth);
  return frame;
}

PredictionFrame preparePrediction(Occupancy prediction, std::span<const Eigen::Vector3d> origins,
                                  const DeviceCaster* device) {
  requireFilled(prediction, "prediction");
  PredictionFrame frame;
  frame.has_flow = !prediction.flow.empty();
  if (!origins.empty()) frame.rays = castEnds(prediction, origins, device);
  frame.voxels = std::move(prediction);
  return frame;
}

PredictionFrame preparePrediction(const RayPrediction& prediction) {
  return {std::nullopt, endsOf(prediction), DistanceRule::Server, true};
}

FrameReport compareFrames(const PredictionFrame& prediction, const TruthFrame& truth,
                          const EvaluationOptions& options) {
  const ClassSet& classes = *truth.occupancy.classes;
  if (prediction.voxels) requireComparable(*prediction.voxels, truth.occupancy);
  FrameReport report;
  report.classes = &classes;
  report.prediction_has_flow = prediction.has_flow;
  report.truth_has_flow = truth.has_flow;
  if (options.rays) {
    report.origins = truth.rays.origins;
    if (options.details) report.details = RayDetails(classes.size());
    report.rays = countRays(RayClasses::of(classes), prediction.rays, truth.rays, prediction.rule,
                            report.details ? &*report.details : nullptr);
  }
  if (options.voxels && prediction.voxels) {
    const Occupancy& occupancy = truth.occupancy;
    report.voxels = countVoxels(classes.size(), prediction.voxels->semantics, occupancy.semantics);
    if (options.camera_mask && !occupancy.mask_camera.empty()) {
      report.camera_voxels = countVoxels(classes.size(), prediction.voxels->semantics, occupancy.semantics,
                                         occupancy.mask_camera);
    }
  }
  return report;
}

FrameReport evaluateFrame(const Occupancy& prediction, const Occupancy& truth,
                          std::span<const Eigen::Vector3d> origins, const EvaluationOptions& options) {
  requireComparable(prediction, truth);
  if (options.rays) requireOrigins(origins);
  const auto used = options.rays ? origins : std::span<const Eigen::Vector3d>();
  return compareFrames(preparePrediction(prediction, used), prepareTruth(truth, used), options);
}

}  // namespace hbev
