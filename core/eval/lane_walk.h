// Several rays walk through the cells of a RayVolume side by side, one voxel a step, until each meets
// something.
//
// One ray's steps wait for each other (compare, choose, add); rays beside each other do not. Written with
// GCC's vector types, so that the same text serves 16-byte registers (every x86-64 and AArch64), 32-byte ones
// (AVX2) and 64-byte ones (AVX-512), each compiled in its own file. Plain arrays only: a file compiled for
// AVX2 must not emit functions that others might link to.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/eval/ray_setup.h"

namespace hbev::lane_walk {

/// Two rings of the metric's rays: two groups of lanes then walk beside each other in neighbouring rings.
inline constexpr std::size_t kBlock = 720;
/// So many steps are taken between two looks at which rays have stopped.
inline constexpr int kOverrun = 8;

/// Rays at their start, axis by axis, and where they ended.
struct Block {
  alignas(64) double direction[3][kBlock];
  alignas(64) double next[3][kBlock];          ///< distance at which the ray leaves its voxel along an axis
  alignas(64) double delta[3][kBlock];         ///< distance between two borders
  alignas(64) std::int64_t stride[3][kBlock];  ///< cells from one voxel to the next
  alignas(64) float distance[kBlock];          ///< answer: where the ray leaves its last voxel
  alignas(64) std::int32_t cell[kBlock];       ///< answer: its last voxel: the one hit, or the last inside
};

/// A volume's cells: 0 is free, kSolid stops a ray, kOutside is beyond the grid. A ray that has stopped reads
/// up to kOverrun cells more in its direction, also beyond the grid: they must exist, with any content.
struct Cells {
  const std::uint8_t* bytes;
  std::int64_t start;  ///< where all rays start; free
};

// The highest bits of a byte, for they become a vector's sign.
inline constexpr std::uint8_t kOutside = 0x80;
inline constexpr std::uint8_t kSolid = 0x40;

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
#ifdef HBEV_AVX
extern const Kernels kAvx2;
extern const Kernels kAvx512;
#endif
/// Those that this processor can run, the fastest first.
std::span<const Kernels* const> usableKernels();

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

struct Vectors64 {
  typedef double Reals __attribute__((vector_size(64)));
  typedef std::int64_t Ints __attribute__((vector_size(64)));
  static constexpr Ints kLaneNumbers{0, 1, 2, 3, 4, 5, 6, 7};
};

/// The walk with `Groups` vectors.
template <class Vectors, int Groups>
struct Walker {
  using Reals = typename Vectors::Reals;
  using Ints = typename Vectors::Ints;
  static constexpr int kLanes = sizeof(Reals) / sizeof(double);

  // One vector of rays.
  struct Group {
    Reals next_x, next_y, next_z;
    Reals delta_x, delta_y, delta_z;
    Ints stride_x, stride_y, stride_z;
    Ints cell;
    Ints stopped;  // negative once the ray has met something
    Ints last;     // the ray's last voxel: the one hit, or the last inside
    Reals leaving;
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

  // Rays that are neighbours walk until all of them have stopped. When each stops cannot be predicted, so
  // nothing branches on it: those that have stopped walk on, unseen, and stand still from the next look on.
  static void walk(const Cells& cells, std::size_t count, Block& block) {
    Group groups[Groups];
    const std::size_t share = (count + Groups * kLanes - 1) / (Groups * kLanes) * kLanes;
    for (std::size_t first = 0; first < share; first += kLanes) {
      for (int g = 0; g < Groups; ++g)
        start(cells, block, first + std::size_t(g) * share, count, groups[g]);
      while (anyWalks(groups)) {
#pragma GCC unroll 8
        for (int i = 0; i < kOverrun; ++i) {
#pragma GCC unroll 2
          for (int g = 0; g < Groups; ++g)
            step(cells, groups[g]);
        }
      }
      for (int g = 0; g < Groups; ++g)
        finish(groups[g], first + std::size_t(g) * share, block);
    }
  }

 private:
  // Lanes beyond the last ray have stopped before they start.
  [[gnu::always_inline]] static inline void start(const Cells& cells, const Block& block, std::size_t first,
                                                  std::size_t count, Group& group) {
    const auto load = [first](auto& vector, const auto* values) {
      __builtin_memcpy(&vector, values + first, sizeof vector);
    };
    load(group.next_x, block.next[0]), load(group.next_y, block.next[1]), load(group.next_z, block.next[2]);
    load(group.delta_x, block.delta[0]), load(group.delta_y, block.delta[1]);
    load(group.delta_z, block.delta[2]);
    load(group.stride_x, block.stride[0]), load(group.stride_y, block.stride[1]);
    load(group.stride_z, block.stride[2]);
    group.cell = group.last = Ints{} + cells.start;
    group.leaving = earliest(group);
    group.stopped = Vectors::kLaneNumbers >= std::int64_t(count) - std::int64_t(first);
  }

  [[gnu::always_inline]] static inline Reals earliest(const Group& group) {
    const Reals xy = group.next_x < group.next_y ? group.next_x : group.next_y;
    return xy < group.next_z ? xy : group.next_z;
  }

  // Halts the rays that have stopped. True when others are left.
  [[gnu::always_inline]] static inline bool anyWalks(Group* groups) {
    Ints any{};
    for (int g = 0; g < Groups; ++g) {
      const Ints walks = groups[g].stopped >= 0;
      groups[g].stride_x &= walks;
      groups[g].stride_y &= walks;
      groups[g].stride_z &= walks;
      any |= walks;
    }
    std::int64_t left = 0;
    for (int lane = 0; lane < kLanes; ++lane)
      left |= any[lane];
    return left != 0;
  }

  // One voxel further in every lane.
  [[gnu::always_inline]] static inline void step(const Cells& cells, Group& group) {
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
    group.cell += along_xy ? (along_x ? group.stride_x : group.stride_y) : group.stride_z;
    Ints met;
    for (int lane = 0; lane < kLanes; ++lane)
      met[lane] = std::int64_t(cells.bytes[group.cell[lane]]) << 56;
    // A solid voxel is still seen, one outside is not.
    const Ints unseen = group.stopped | met;
    group.leaving = unseen < 0 ? group.leaving : earliest(group);
    group.last = unseen < 0 ? group.last : group.cell;
    group.stopped = unseen | (met << 1);
  }

  [[gnu::always_inline]] static inline void finish(const Group& group, std::size_t first, Block& block) {
    for (int lane = 0; lane < kLanes; ++lane) {
      block.distance[first + std::size_t(lane)] = float(group.leaving[lane]);
      block.cell[first + std::size_t(lane)] = std::int32_t(group.last[lane]);
    }
  }
};

}  // namespace hbev::lane_walk
