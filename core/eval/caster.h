// Casting the metric's rays through a voxel grid: which voxel a ray meets first, and how far away.
//
// The arithmetic is the reference's to the last bit (HBEVOcc and OccNet, libs/dvr/dvr.cu, in double on float
// end points): a ray's distance is where it LEAVES the voxel it hit; a ray that meets nothing ends in its
// last voxel inside the grid; one that never enters the grid has distance -1 and voxel [0, 0, 0].
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/data/occupancy.h"

namespace hbev {

/// The unit of the metric's distances, m: the reference multiplies in float.
inline constexpr float kMetricVoxel_m = 0.4F;

struct RayHit {
  float distance_vox = -1.0F;           ///< from the origin, in voxels; -1 when the ray never enters the grid
  std::array<std::uint8_t, 3> voxel{};  ///< x, y, z
  std::uint8_t label = 0;               ///< the voxel's class; free when nothing was hit
  bool operator==(const RayHit&) const = default;
  float distance_m() const { return distance_vox * kMetricVoxel_m; }
};

/// The semantics of an occupancy. Throws Error when its grid is not the metric's (occ3dGrid()) or they do not
/// fill it.
std::span<const std::uint8_t> requireMetricGrid(const Occupancy& occupancy);

/// Semantics prepared for casting: with a border that ends every walk. Immutable; reads `occupancy` while it
/// lives.
class RayVolume {
 public:
  /// Voxels of any class but free stop rays. Throws Error when the grid is not the metric's (occ3dGrid()) or
  /// the semantics do not fill it.
  explicit RayVolume(const Occupancy& occupancy);
  /// The same for class numbers of any set: `semantics` [200, 200, 16] on the metric's grid.
  RayVolume(std::span<const std::uint8_t> semantics, std::uint8_t free_class);

  std::span<const std::uint8_t> semantics() const { return semantics_; }
  std::uint8_t freeClass() const { return free_; }
  /// One byte a voxel with a border of one voxel on every side: 0 free, kSolid, kOutside. See caster.cpp.
  const std::uint8_t* cells() const { return cells_.data(); }

 private:
  std::span<const std::uint8_t> semantics_;
  std::uint8_t free_;
  std::vector<std::uint8_t> cells_;
};

/// Casts `rays` (directions in ego, of any length but zero) from `origin` (m, ego) into `hits`, one for each
/// ray. Throws Error when the origin is not finite or farther than 1000 km away, or the sizes differ.
void castRays(const RayVolume& volume, const Eigen::Vector3d& origin, std::span<const Eigen::Vector3f> rays,
              std::span<RayHit> hits);

/// The same answers by the reference's loop, line by line: every ray walks to the end of the grid, and what
/// it met is looked up afterwards. Slow; the oracle that castRays is tested against.
void castRaysPlain(const RayVolume& volume, const Eigen::Vector3d& origin,
                   std::span<const Eigen::Vector3f> rays, std::span<RayHit> hits);

/// lidarRays() from every origin of a frame.
struct FrameRays {
  std::size_t origins = 0;
  std::vector<RayHit> hits;  ///< [origins, lidarRays().size()]
};

/// Casts lidarRays() from all `origins` (m, ego). One thread: frames run beside each other.
FrameRays castFrame(const RayVolume& volume, std::span<const Eigen::Vector3d> origins);

}  // namespace hbev
