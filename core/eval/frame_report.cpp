#include "core/eval/frame_report.h"

#include <string>

#include "core/base/error.h"
#include "core/eval/caster.h"

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

}  // namespace

RayScores FrameReport::rayScores() const {
  return scoreRays(RayClasses::of(*classes), rays.value_or(RayCounts(classes->size())));
}

VoxelScores FrameReport::voxelScores() const {
  return scoreVoxels(voxels.value_or(Confusion()));
}

std::optional<VoxelScores> FrameReport::cameraVoxelScores() const {
  if (!camera_voxels) return std::nullopt;
  return scoreVoxels(*camera_voxels);
}

FrameReport evaluateFrame(const Occupancy& prediction, const Occupancy& truth,
                          std::span<const Eigen::Vector3d> origins, const EvaluationOptions& options) {
  requireComparable(prediction, truth);
  FrameReport report;
  report.classes = truth.classes;
  report.prediction_has_flow = !prediction.flow.empty();
  report.truth_has_flow = !truth.flow.empty();
  if (options.rays) {
    if (origins.empty()) {
      throw Error({"Rays have no origin to start from",
                   {},
                   "at least one place of the lidar",
                   "none",
                   "Leave the ray metrics out, or give the keyframe a lidar."});
    }
    report.origins = origins.size();
    const FrameRays predicted = castFrame(RayVolume(prediction), origins);
    const FrameRays actual = castFrame(RayVolume(truth), origins);
    report.rays = countRays(RayClasses::of(*truth.classes), prediction, predicted.hits, truth, actual.hits);
  }
  if (options.voxels) {
    const int classes = truth.classes->size();
    report.voxels = countVoxels(classes, prediction.semantics, truth.semantics);
    if (!truth.mask_camera.empty()) {
      report.camera_voxels = countVoxels(classes, prediction.semantics, truth.semantics, truth.mask_camera);
    }
  }
  return report;
}

}  // namespace hbev
