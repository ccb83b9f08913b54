// What one thread of a card computes: one ray of the metric through the voxels, with the arithmetic of
// caster.h to the last bit. Any compiler takes it for the processor, too, where the tests compare it.
#pragma once

#include <cfloat>
#include <cmath>
#include <cstdint>

#ifdef __CUDACC__
#define HBEV_CAST_BODY __host__ __device__ inline
#else
#define HBEV_CAST_BODY inline
#endif

namespace hbev::cast_body {

/// A RayHit as a card writes it.
struct Answer {
  float distance_vox;
  std::uint8_t x, y, z, label;
};

/// Voxels [200, 200, 16] of the metric's grid.
struct Voxels {
  const std::uint8_t* semantics;
  std::uint8_t free;

  static constexpr int kX = 200, kY = 200, kZ = 16;
  HBEV_CAST_BODY bool holds(int x, int y, int z) const {
    return 0 <= x && x < kX && 0 <= y && y < kY && 0 <= z && z < kZ;
  }
  HBEV_CAST_BODY std::uint8_t at(int x, int y, int z) const { return semantics[(x * kY + y) * kZ + z]; }
};

/// A coordinate in m to voxels, through float, as the reference writes it.
HBEV_CAST_BODY double toVoxels(double metres, double lower_m) {
  return double(float((metres - lower_m) / double(0.4F)));
}

/// How a ray crosses the borders between voxels along one axis.
struct Axis {
  int voxel, step;
  double next, delta;

  HBEV_CAST_BODY Axis(double origin, double direction)
      : voxel(int(origin)), step(direction >= 0 ? 1 : -1), next(DBL_MAX), delta(DBL_MAX) {
    if (direction == 0) return;
    const double border = voxel + (step < 0 ? 0 : 1);
    next = (border - origin) / direction;
    delta = step / direction;
  }
  HBEV_CAST_BODY void advance() {
    voxel += step;
    next += delta;
  }
};

/// Casts `ray` (3 numbers, any length but zero) from `origin_m` (3 numbers, m in ego).
HBEV_CAST_BODY Answer castRay(const Voxels& voxels, const double* origin_m, const float* ray) {
  constexpr int kMaxSteps = 1001;
  const double from_x = toVoxels(origin_m[0], -40.0), from_y = toVoxels(origin_m[1], -40.0),
               from_z = toVoxels(origin_m[2], -1.0);
  const double to_x = toVoxels(double(ray[0]) + origin_m[0], -40.0) - from_x;
  const double to_y = toVoxels(double(ray[1]) + origin_m[1], -40.0) - from_y;
  const double to_z = toVoxels(double(ray[2]) + origin_m[2], -1.0) - from_z;
  const double length = std::sqrt(to_x * to_x + to_y * to_y + to_z * to_z);
  Axis x(from_x, to_x / length), y(from_y, to_y / length), z(from_z, to_z / length);

  Answer answer{-1.0F, 0, 0, 0, voxels.semantics[0]};
  bool was_inside = false;
  for (int steps = 0; steps < kMaxSteps; ++steps) {
    const bool inside = voxels.holds(x.voxel, y.voxel, z.voxel);
    if (was_inside && !inside) break;
    was_inside = inside;
    // A tie goes to the later axis.
    const int axis = x.next < y.next ? (x.next < z.next ? 0 : 2) : (y.next < z.next ? 1 : 2);
    if (inside) {
      const double leaving = axis == 0 ? x.next : axis == 1 ? y.next : z.next;
      const std::uint8_t label = voxels.at(x.voxel, y.voxel, z.voxel);
      answer = {float(leaving), std::uint8_t(x.voxel), std::uint8_t(y.voxel), std::uint8_t(z.voxel), label};
      if (label != voxels.free) break;
    }
    if (axis == 0) x.advance();
    if (axis == 1) y.advance();
    if (axis == 2) z.advance();
  }
  return answer;
}

}  // namespace hbev::cast_body
