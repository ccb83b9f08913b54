// What the evaluator found in one keyframe: a prediction against the truth.
#pragma once

#include <optional>
#include <span>

#include <Eigen/Core>

#include "core/data/occupancy.h"
#include "core/eval/confusion.h"
#include "core/eval/mean_iou.h"
#include "core/eval/ray_iou.h"
#include "core/eval/truth_frame.h"

namespace hbev {

struct EvaluationOptions {
  bool rays = true;         ///< RayIoU, AVE, OccScore
  bool voxels = true;       ///< confusion and mIoU
  bool camera_mask = true;  ///< also within the truth's camera mask, where it has one
  bool details = false;     ///< RayDetails too: 25 KB a frame
  bool operator==(const EvaluationOptions&) const = default;
};

/// Counts, not scores: reports of frames add up (SplitReport).
struct FrameReport {
  const ClassSet* classes = &ClassSet::openocc();
  std::size_t origins = 0;                 ///< places that rays were cast from
  std::optional<RayCounts> rays;           ///< absent when not asked for
  std::optional<RayDetails> details;       ///< absent when not asked for
  std::optional<Confusion> voxels;         ///< all voxels; absent when not asked for
  std::optional<Confusion> camera_voxels;  ///< voxels of the truth's camera mask; absent without one
  bool prediction_has_flow = false;        ///< else it was scored as standing still
  bool truth_has_flow = false;             ///< else velocities cannot be scored

  /// NaN everywhere when rays were not asked for, and for velocities when the truth has no flow.
  RayScores rayScores() const;
  /// No classes and NaN when voxels were not asked for.
  VoxelScores voxelScores() const;
  std::optional<VoxelScores> cameraVoxelScores() const;
};

/// Throws Error when class sets or grids differ, or arrays do not fill the grid.
void requireComparable(const Occupancy& prediction, const Occupancy& truth);

/// Scores one keyframe; rays start at `origins` (m, ego; lidarOrigins()). One thread. Throws Error when class
/// sets or grids differ, the grid is not the metric's, arrays do not fill it, or rays are asked for without
/// an origin.
FrameReport evaluateFrame(const Occupancy& prediction, const Occupancy& truth,
                          std::span<const Eigen::Vector3d> origins, const EvaluationOptions& options = {});

/// A prediction's side of a frame: voxels, or a submission's rays alone.
struct PredictionFrame {
  std::optional<Occupancy> voxels;
  RayEnds rays;  ///< none when there were no origins
  DistanceRule rule = DistanceRule::Reference;
  bool has_flow = false;
};

/// Casts a prediction's rays from `origins`, as castEnds() does. Throws Error like evaluateFrame().
PredictionFrame preparePrediction(Occupancy prediction, std::span<const Eigen::Vector3d> origins,
                                  const DeviceCaster* device = nullptr);
/// A submission's rays, which are compared as the challenge's server does.
PredictionFrame preparePrediction(const RayPrediction& prediction);

/// Scores what was prepared. Rays are compared where both have them, voxels where the prediction has them.
FrameReport compareFrames(const PredictionFrame& prediction, const TruthFrame& truth,
                          const EvaluationOptions& options);

}  // namespace hbev
