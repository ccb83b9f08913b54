// Several rays walk through the cells of a RayVolume side by side, one voxel a step, until each meets
// something.
//
// One ray's steps wait for each other (compare, choose, add); rays beside each other do not. Written with
// GCC's vector types, so that the same text serves 16-byte registers (every x86-64 and AArch64) and 32-byte
// ones (AVX2, compiled in its own file). Plain arrays only: a file compiled for AVX2 must not emit functions
// that others might link to.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/eval/ray_setup.h"

namespace hbev::lane_walk {

inline constexpr std::size_t kBlock = 512;

/// Rays at their start, axis by axis, and where they ended.
struct Block {
  alignas(64) double direction[3][kBlock];
  alignas(64) double next[3][kBlock];          ///< distance at which the ray leaves its voxel along an axis
  alignas(64) double delta[3][kBlock];         ///< distance between two borders
  alignas(64) std::int64_t stride[3][kBlock];  ///< cells from one voxel to the next
  alignas(64) float distance[kBlock];          ///< answer: where the ray leaves its last voxel
  alignas(64) std::int32_t cell[kBlock];       ///< answer: its last voxel: the one hit, or the last inside
};

/// A volume's cells: 0 is free, kSolid stops a ray, kOutside is beyond the grid.
struct Cells {
  const std::uint8_t* bytes;
  std::int64_t start;    ///< where all rays start; free
  std::int64_t parking;  ///< a free cell for lanes that have no ray
};

inline constexpr std::uint8_t kSolid = 1;
inline constexpr std::uint8_t kOutside = 2;

/// Rays of one origin.
struct Rays {
  const float* xyz;   ///< [count, 3]
  std::size_t count;  ///< at most kBlock
  double origin_m[3];
  double position[3];  ///< the origin in voxels
  int voxel[3];        ///< the voxel it lies in
};

/// What is compiled for each kind of processor.
struct Kernels {
  /// Fills the block's `next`, `delta` and `stride`; `strides` are the cells from one voxel to the next.
  void (*setUp)(const Rays& rays, const std::int64_t (&strides)[3], Block& block);
  /// Walks the first `count` rays of the block.
  void (*walk)(const Cells& cells, std::size_t count, Block& block);
};
extern const Kernels kPortable;
#ifdef HBEV_AVX2
extern const Kernels kAvx2;
#endif

struct Vectors16 {
  typedef double Reals __attribute__((vector_size(16)));
  typedef std::int64_t Ints __attribute__((vector_size(16)));
  static constexpr Ints kLaneNumbers{0, 1};
};
struct Vectors32 {
  typedef double Reals __attribute__((vector_size(32)));
  typedef std::int64_t Ints __attribute__((vector_size(32)));
  static constexpr Ints kLaneNumbers{0, 1, 2, 3};
};

/// The walk with `Groups` vectors.
template <class Vectors, int Groups>
struct Walker {
  using Reals = typename Vectors::Reals;
  using Ints = typename Vectors::Ints;
  static constexpr int kLanes = sizeof(Reals) / sizeof(double);

  // One vector of rays. A lane's `ray` is its place in the block.
  struct Group {
    Reals next_x, next_y, next_z;
    Reals delta_x, delta_y, delta_z;
    Ints stride_x, stride_y, stride_z;
    Ints cell, before;
    Reals left;
    std::size_t ray[kLanes];
  };

  // Axis by axis, so that the compiler sets several rays up at once: there are nine divisions a ray.
  static void setUp(const Rays& rays, const std::int64_t (&strides)[3], Block& block) {
    for (int axis = 0; axis < 3; ++axis) {
      const double origin_m = rays.origin_m[axis], position = rays.position[axis];
      for (std::size_t i = 0; i < rays.count; ++i) {
        const double end_m = double(rays.xyz[3 * i + std::size_t(axis)]) + origin_m;
        block.direction[axis][i] = ray_setup::toVoxels(end_m, axis) - position;
      }
    }
    double* const x = block.direction[0];
    double* const y = block.direction[1];
    double* const z = block.direction[2];
    for (std::size_t i = 0; i < rays.count; ++i) {
      const double length = std::sqrt(x[i] * x[i] + y[i] * y[i] + z[i] * z[i]);
      x[i] /= length;
      y[i] /= length;
      z[i] /= length;
    }
    for (int axis = 0; axis < 3; ++axis) {
      const double position = rays.position[axis];
      const int voxel = rays.voxel[axis];
      const std::int64_t stride = strides[axis];
      for (std::size_t i = 0; i < rays.count; ++i) {
        const ray_setup::AxisWalk walk = ray_setup::axisWalk(position, voxel, block.direction[axis][i]);
        block.next[axis][i] = walk.next;
        block.delta[axis][i] = walk.delta;
        block.stride[axis][i] = walk.step * stride;
      }
    }
  }

  static void walk(const Cells& cells, std::size_t count, Block& block) {
    Group groups[Groups];
    std::size_t taken = 0;
    std::size_t walking = 0;
    for (Group& group : groups) {
      group = Group();
      for (int lane = 0; lane < kLanes; ++lane)
        walking += takeNextRay(cells, count, block, group, lane, taken);
    }
    while (walking > 0) {
      while (!step(cells, groups)) {
      }
      // Which lane met something cannot be predicted, so nothing branches on it.
      for (unsigned stopped = stoppedLanes(cells, groups); stopped != 0; stopped &= stopped - 1) {
        const int place = __builtin_ctz(stopped);
        Group& group = groups[place / kLanes];
        const int lane = place % kLanes;
        finish(group, lane, cells.bytes[group.cell[lane]], block);
        walking -= 1;
        walking += takeNextRay(cells, count, block, group, lane, taken);
      }
    }
  }

 private:
  // One voxel further in every lane. True when a lane met something.
  [[gnu::always_inline]] static inline bool step(const Cells& cells, Group* groups) {
    std::uint8_t met = 0;
    for (int g = 0; g < Groups; ++g) {
      Group& group = groups[g];
      const Reals x = group.next_x, y = group.next_y, z = group.next_z;
      // The axis whose border comes first; a tie goes to the later axis. The comparisons do not wait for each
      // other.
      const Ints x_before_y = x < y;
      const Ints along_x = x_before_y & (x < z);
      const Ints along_y = ~x_before_y & (y < z);
      const Ints along_xy = along_x | along_y;
      group.next_x = along_x ? x + group.delta_x : x;
      group.next_y = along_y ? y + group.delta_y : y;
      group.next_z = along_xy ? z : z + group.delta_z;
      const Reals xy = x < y ? x : y;
      group.left = xy < z ? xy : z;
      group.before = group.cell;
      group.cell += (group.stride_x & along_x) | (group.stride_y & along_y) | (group.stride_z & ~along_xy);
      for (int lane = 0; lane < kLanes; ++lane)
        met |= cells.bytes[group.cell[lane]];
    }
    return met != 0;
  }

  [[gnu::always_inline]] static inline unsigned stoppedLanes(const Cells& cells, const Group* groups) {
    unsigned stopped = 0;
    for (int place = 0; place < Groups * kLanes; ++place) {
      stopped |= unsigned(cells.bytes[groups[place / kLanes].cell[place % kLanes]] != 0) << place;
    }
    return stopped;
  }

  [[gnu::always_inline]] static inline void finish(const Group& group, int lane, std::uint8_t met,
                                                   Block& block) {
    const std::size_t ray = group.ray[lane];
    if (met == kSolid) {
      const double x = group.next_x[lane], y = group.next_y[lane], z = group.next_z[lane];
      const double xy = x < y ? x : y;
      block.distance[ray] = float(xy < z ? xy : z);
      block.cell[ray] = std::int32_t(group.cell[lane]);
    } else {
      block.distance[ray] = float(group.left[lane]);
      block.cell[ray] = std::int32_t(group.before[lane]);
    }
  }

  // Puts the next ray into a lane, or parks the lane. Returns how many rays it took.
  [[gnu::always_inline]] static inline std::size_t takeNextRay(const Cells& cells, std::size_t count,
                                                               const Block& block, Group& group, int lane,
                                                               std::size_t& taken) {
    // Chosen by a mask: writing one number into a vector in memory and reading the vector back would stall.
    const Ints here = Vectors::kLaneNumbers == std::int64_t(lane);
    const auto put = [&here](auto& vector, auto value) {
      std::remove_reference_t<decltype(vector)> everywhere;
      for (int i = 0; i < kLanes; ++i)
        everywhere[i] = value;
      vector = here ? everywhere : vector;
    };
    if (taken == count) {
      put(group.cell, cells.parking);
      put(group.next_x, 0.0), put(group.next_y, 0.0), put(group.next_z, 0.0);
      put(group.delta_x, 0.0), put(group.delta_y, 0.0), put(group.delta_z, 0.0);
      put(group.stride_x, std::int64_t{0}), put(group.stride_y, std::int64_t{0}),
          put(group.stride_z, std::int64_t{0});
      return 0;
    }
    const std::size_t ray = taken++;
    group.ray[lane] = ray;
    put(group.cell, cells.start);
    put(group.next_x, block.next[0][ray]), put(group.next_y, block.next[1][ray]);
    put(group.next_z, block.next[2][ray]);
    put(group.delta_x, block.delta[0][ray]), put(group.delta_y, block.delta[1][ray]);
    put(group.delta_z, block.delta[2][ray]);
    put(group.stride_x, block.stride[0][ray]), put(group.stride_y, block.stride[1][ray]);
    put(group.stride_z, block.stride[2][ray]);
    return 1;
  }
};

}  // namespace hbev::lane_walk
