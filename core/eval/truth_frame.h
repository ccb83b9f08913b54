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

/// Casts the truth's rays from `origins` (m, ego), as castTruthEnds() does. One thread. Throws Error like it,
/// and when an array does not fill the grid.
TruthFrame prepareTruth(Occupancy truth, std::span<const Eigen::Vector3d> origins,
                        const DeviceCaster* device = nullptr);

}  // namespace hbev
