// LIDAR_TOP: 32 rings turning once, with noise, lost returns and intensities.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/lidar.h"
#include "core/synth/lighting.h"
#include "core/synth/ray_tracer.h"
#include "core/synth/world.h"

namespace hbev::synth {

struct LidarReturn {
  LidarPoint point;      ///< in the lidar's frame
  std::uint32_t object;  ///< the placement that threw it back
};

/// One turn at one moment (nuScenes' sweeps are undistorted). Rain loses returns.
std::vector<LidarReturn> scanLidar(const World& world, const Lighting& lighting, const RayTracer& tracer,
                                   std::span<const Placement> placements, const Pose& global_from_lidar,
                                   std::uint64_t seed);

}  // namespace hbev::synth
