// The truth of a keyframe, prepared once for all predictions that are compared with it.
#pragma once

#include <span>

#include <Eigen/Core>

#include "core/data/occupancy.h"
#include "core/eval/ray_ends.h"

namespace hbev {

struct TruthFrame {
  Occupancy occupancy;    ///< semantics and camera mask; flow is in the rays
  bool has_flow = false;  ///< else the rays stand still
  TruthRays rays;         ///< none when there were no origins
};

/// Casts the truth's rays from `origins` (m, ego). One thread. Throws Error when the grid is not the metric's
/// or an array does not fill it.
TruthFrame prepareTruth(Occupancy truth, std::span<const Eigen::Vector3d> origins);

}  // namespace hbev
