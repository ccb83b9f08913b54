// The truth: voxels sampled from the same triangles that the cameras see, their flow, and what was visible.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/data/occupancy.h"
#include "core/synth/rig.h"
#include "core/synth/world.h"

namespace hbev::synth {

/// Surfaces are sampled at the corners of their triangles and in steps of at most this along two edges, m.
inline constexpr float kLabelStep_m = 0.12F;

/// OpenOcc semantics and flow (m/s, in ego axes) at `time_s`, in ego at that time. One layer of ground;
/// walls, trees and poles as their surfaces; vehicles full. A voxel that anything touches, however thin,
/// belongs to it: to what is annotated before what stands still before the ground.
Occupancy labelWorld(const World& world, std::span<const Placement> placements, double time_s);

/// OpenOcc semantics in Occ3D's numbers, without flow.
Occupancy toOcc3d(const Occupancy& openocc);

/// 1 for each voxel that a ray from `origin` (ego, m) reaches before or when it meets a voxel that is not
/// free; `directions` need not have unit length. Ors into `mask` ([X, Y, Z], already sized).
void markSeen(const Occupancy& occupancy, const Eigen::Vector3d& origin,
              std::span<const Eigen::Vector3d> directions, std::vector<std::uint8_t>& mask);

/// Fills mask_lidar and mask_camera of `occupancy`. `ego_from_sensors` are the placements of the rig's
/// sensors in the ego frame of the labels, at their own times.
void markVisibility(Occupancy& occupancy, std::span<const SensorMount> rig,
                    std::span<const Pose> ego_from_sensors);

}  // namespace hbev::synth
