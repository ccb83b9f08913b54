// The oracle: the reference's loop as it stands, without its sums that nothing reads.
#include <cfloat>
#include <cmath>

#include "core/base/error.h"
#include "core/eval/caster.h"
#include "core/eval/ray_setup.h"

namespace hbev {
namespace {

using ray_setup::kDims;

struct Visit {
  int x, y, z;
  double leaving;  // distance at which the ray leaves the voxel
};

// Voxels inside the grid in the order of the walk.
void walk(const double origin[3], const double end[3], std::vector<Visit>& path) {
  path.clear();
  int vx = int(origin[0]), vy = int(origin[1]), vz = int(origin[2]);
  const double rx = end[0] - origin[0], ry = end[1] - origin[1], rz = end[2] - origin[2];
  const double length = std::sqrt(rx * rx + ry * ry + rz * rz);
  const double dx = rx / length, dy = ry / length, dz = rz / length;
  const int step_x = dx >= 0 ? 1 : -1, step_y = dy >= 0 ? 1 : -1, step_z = dz >= 0 ? 1 : -1;
  const double border_x = vx + (step_x < 0 ? 0 : 1), border_y = vy + (step_y < 0 ? 0 : 1),
               border_z = vz + (step_z < 0 ? 0 : 1);
  double next_x = dx != 0 ? (border_x - origin[0]) / dx : DBL_MAX;
  double next_y = dy != 0 ? (border_y - origin[1]) / dy : DBL_MAX;
  double next_z = dz != 0 ? (border_z - origin[2]) / dz : DBL_MAX;
  const double delta_x = dx != 0 ? step_x / dx : DBL_MAX;
  const double delta_y = dy != 0 ? step_y / dy : DBL_MAX;
  const double delta_z = dz != 0 ? step_z / dz : DBL_MAX;

  bool was_inside = false;
  for (int steps = 0; steps < ray_setup::kMaxSteps; ++steps) {
    const bool inside = 0 <= vx && vx < kDims[0] && 0 <= vy && vy < kDims[1] && 0 <= vz && vz < kDims[2];
    if (!inside && was_inside) break;
    was_inside = inside;
    const Visit here{vx, vy, vz, 0.0};
    double leaving = 0.0;
    // A tie goes to the later axis.
    if (next_x < next_y && next_x < next_z) {
      leaving = next_x;
      vx += step_x;
      next_x += delta_x;
    } else if (!(next_x < next_y) && next_y < next_z) {
      leaving = next_y;
      vy += step_y;
      next_y += delta_y;
    } else {
      leaving = next_z;
      vz += step_z;
      next_z += delta_z;
    }
    if (inside) path.push_back({here.x, here.y, here.z, leaving});
  }
}

}  // namespace

void castRaysPlain(const RayVolume& volume, const Eigen::Vector3d& origin,
                   std::span<const Eigen::Vector3f> rays, std::span<RayHit> hits) {
  ray_setup::requireUsable(origin, rays.size(), hits.size());
  const std::span<const std::uint8_t> semantics = volume.semantics();
  const GridSpec grid = occ3dGrid();
  std::vector<Visit> path;
  for (std::size_t i = 0; i < rays.size(); ++i) {
    double from[3], to[3];
    for (int axis = 0; axis < 3; ++axis) {
      from[axis] = ray_setup::toVoxels(origin[axis], axis);
      to[axis] = ray_setup::toVoxels(double(rays[i][axis]) + origin[axis], axis);
    }
    walk(from, to, path);
    RayHit& hit = hits[i];
    hit = {-1.0F, {0, 0, 0}, semantics[0]};
    if (path.empty()) continue;
    const Visit* found = &path.back();
    for (const Visit& visit : path) {
      if (semantics[grid.index(visit.x, visit.y, visit.z)] == volume.freeClass()) continue;
      found = &visit;
      break;
    }
    hit.distance_vox = float(found->leaving);
    hit.voxel = {std::uint8_t(found->x), std::uint8_t(found->y), std::uint8_t(found->z)};
    hit.label = semantics[grid.index(found->x, found->y, found->z)];
  }
}

}  // namespace hbev
