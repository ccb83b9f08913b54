// What the evaluator found in one keyframe: a prediction against the truth.
#pragma once

#include <optional>
#include <span>

#include <Eigen/Core>

#include "core/data/occupancy.h"
#include "core/eval/confusion.h"
#include "core/eval/mean_iou.h"
#include "core/eval/ray_iou.h"

namespace hbev {

struct EvaluationOptions {
  bool rays = true;    ///< RayIoU, AVE, OccScore
  bool voxels = true;  ///< confusion and mIoU
};

/// Counts, not scores: reports of frames add up (SplitReport).
struct FrameReport {
  const ClassSet* classes = &ClassSet::openocc();
  std::size_t origins = 0;                 ///< places that rays were cast from
  std::optional<RayCounts> rays;           ///< absent when not asked for
  std::optional<Confusion> voxels;         ///< all voxels; absent when not asked for
  std::optional<Confusion> camera_voxels;  ///< voxels of the truth's camera mask; absent without one
  bool prediction_has_flow = false;        ///< else it was scored as standing still
  bool truth_has_flow = false;             ///< else AVE says only how large the predicted flow is

  /// NaN everywhere when rays were not asked for.
  RayScores rayScores() const;
  /// No classes and NaN when voxels were not asked for.
  VoxelScores voxelScores() const;
  std::optional<VoxelScores> cameraVoxelScores() const;
};

/// Scores one keyframe; rays start at `origins` (m, ego; lidarOrigins()). One thread. Throws Error when class
/// sets or grids differ, the grid is not the metric's, arrays do not fill it, or rays are asked for without
/// an origin.
FrameReport evaluateFrame(const Occupancy& prediction, const Occupancy& truth,
                          std::span<const Eigen::Vector3d> origins, const EvaluationOptions& options = {});

}  // namespace hbev
