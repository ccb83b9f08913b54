#include "core/eval/split_report.h"

#include <string>
#include <utility>

#include "core/base/error.h"

namespace hbev {
namespace {

template <class T>
void accumulate(std::optional<T>& sum, const std::optional<T>& more) {
  if (!more) return;
  if (sum) {
    *sum += *more;
  } else {
    sum = *more;
  }
}

}  // namespace

void SplitReport::add(const FrameReport& frame) {
  if (frame.classes != classes_) {
    throw Error({"Reports of different class sets cannot be added",
                 {},
                 std::string(classes_->name()),
                 std::string(frame.classes->name()),
                 {}});
  }
  ++frames_;
  origins_ += std::int64_t(frame.origins);
  if (!frame.prediction_has_flow) ++frames_without_predicted_flow_;
  if (!frame.truth_has_flow) ++frames_without_true_flow_;
  if (frame.camera_voxels) ++frames_with_camera_mask_;
  accumulate(rays_, frame.rays);
  accumulate(details_, frame.details);
  accumulate(voxels_, frame.voxels);
  accumulate(camera_voxels_, frame.camera_voxels);
}

std::optional<RayScores> SplitReport::rayScores() const {
  if (!rays_) return std::nullopt;
  return scoresOf(*rays_);
}

RayScores SplitReport::scoresOf(const RayCounts& counts) const {
  RayScores scores = scoreRays(RayClasses::of(*classes_), counts);
  return frames_without_true_flow_ < frames_ ? scores : withoutVelocities(std::move(scores));
}

std::optional<VoxelScores> SplitReport::voxelScores() const {
  if (!voxels_) return std::nullopt;
  return scoreVoxels(*voxels_);
}

std::optional<VoxelScores> SplitReport::cameraVoxelScores() const {
  if (!camera_voxels_) return std::nullopt;
  return scoreVoxels(*camera_voxels_);
}

}  // namespace hbev
