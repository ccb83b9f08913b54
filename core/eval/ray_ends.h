// What the rays of one side, prediction or truth, met: everything that the ray metrics compare.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/data/occupancy.h"
#include "core/data/predictions/ray_submission.h"
#include "core/eval/caster.h"

namespace hbev {

class DeviceCaster;

/// x and y, m/s in ego.
using Velocity = std::array<float, 2>;

/// Arrays over all rays of a frame, origin by origin, in the order of lidarRays().
struct RayEnds {
  std::size_t origins = 0;
  std::vector<float> distance_m;     ///< to where the ray leaves the voxel that it met
  std::vector<std::uint8_t> label;   ///< that voxel's class; free when nothing was met
  std::vector<Velocity> flow_mps{};  ///< that voxel's, in half precision; empty: everything stands still
  std::size_t size() const { return label.size(); }
};

/// Zones that a frame's rays are told apart by: how far from the car and how high the truth's ray ends.
inline constexpr std::array<double, 6> kRangeEdges_m{0, 10, 20, 30, 40, 57};
inline constexpr std::array<double, 5> kHeightEdges_m{-1.0, 0.2, 1.8, 3.4, 5.4};
inline constexpr std::size_t kRangeBands = kRangeEdges_m.size() - 1;
inline constexpr std::size_t kHeightBands = kHeightEdges_m.size() - 1;
inline constexpr std::size_t kZones = kRangeBands * kHeightBands;

/// range band * kHeightBands + height band of a voxel of occ3dGrid(). Ranges are horizontal distances of the
/// voxel's centre from the car's origin; the last band holds the grid's corners.
std::uint8_t zoneOf(const std::array<std::uint8_t, 3>& voxel);

struct TruthRays : RayEnds {
  std::vector<std::uint8_t> zone;  ///< by ray; see zoneOf()
};

/// Where cast rays ended. Flow is rounded to half precision, as the metric's authors store it.
RayEnds endsOf(const FrameRays& rays, const Occupancy& occupancy);
TruthRays truthEndsOf(const FrameRays& rays, const Occupancy& occupancy);

/// The same of lidarRays() cast from all `origins` (m, ego), faster than by castFrame(): by one thread, or on
/// `device` when that is not null. Throws Error like RayVolume, castRays() and DeviceCaster.
RayEnds castEnds(const Occupancy& occupancy, std::span<const Eigen::Vector3d> origins,
                 const DeviceCaster* device = nullptr);
TruthRays castTruthEnds(const Occupancy& occupancy, std::span<const Eigen::Vector3d> origins,
                        const DeviceCaster* device = nullptr);

/// A submission's rays as they are.
RayEnds endsOf(const RayPrediction& prediction);

}  // namespace hbev
