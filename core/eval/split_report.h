// What the evaluator found in many keyframes: the sum of their reports.
#pragma once

#include <cstdint>
#include <optional>

#include "core/eval/frame_report.h"

namespace hbev {

/// Adds frames up. All counts are independent of the order; sums of velocity errors differ in their last bits
/// at most.
class SplitReport {
 public:
  explicit SplitReport(const ClassSet& classes) : classes_(&classes) {}

  /// Throws Error when the frame's class set is another one.
  void add(const FrameReport& frame);

  const ClassSet& classes() const { return *classes_; }
  std::int64_t frames() const { return frames_; }
  std::int64_t origins() const { return origins_; }
  /// Frames whose prediction had no flow and was scored as standing still.
  std::int64_t framesWithoutPredictedFlow() const { return frames_without_predicted_flow_; }
  /// Frames whose truth has no flow: in them AVE says only how large the predicted flow is.
  std::int64_t framesWithoutTrueFlow() const { return frames_without_true_flow_; }
  /// Frames whose truth has a camera mask.
  std::int64_t framesWithCameraMask() const { return frames_with_camera_mask_; }

  /// Absent when no frame had them.
  const std::optional<RayCounts>& rays() const { return rays_; }
  const std::optional<RayDetails>& details() const { return details_; }
  const std::optional<Confusion>& voxels() const { return voxels_; }
  const std::optional<Confusion>& cameraVoxels() const { return camera_voxels_; }

  /// Velocities' scores, and OccScore with them, are NaN when no truth has flow.
  std::optional<RayScores> rayScores() const;
  /// The scores of some of its rays, in the same way.
  RayScores scoresOf(const RayCounts& counts) const;
  std::optional<VoxelScores> voxelScores() const;
  std::optional<VoxelScores> cameraVoxelScores() const;

 private:
  const ClassSet* classes_;
  std::int64_t frames_ = 0;
  std::int64_t origins_ = 0;
  std::int64_t frames_without_predicted_flow_ = 0;
  std::int64_t frames_without_true_flow_ = 0;
  std::int64_t frames_with_camera_mask_ = 0;
  std::optional<RayCounts> rays_;
  std::optional<RayDetails> details_;
  std::optional<Confusion> voxels_;
  std::optional<Confusion> camera_voxels_;
};

}  // namespace hbev
