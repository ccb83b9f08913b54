#include "core/eval/caster.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/eval/lane_walk.h"
#include "core/eval/ray_setup.h"
#include "core/eval/rays.h"

namespace hbev {

void ray_setup::requireUsable(const Eigen::Vector3d& origin_m, std::size_t rays, std::size_t hits) {
  constexpr double kFarthest_m = 1e6;
  if (!(origin_m.cwiseAbs().maxCoeff() <= kFarthest_m)) {
    throw Error({"Rays cannot be cast from this origin",
                 {},
                 "three numbers within 1000 km of the car",
                 "a number that is not finite or larger",
                 "Check the lidar's calibration and the ego poses."});
  }
  if (rays != hits) {
    throw Error(
        {"Rays and hits differ in number", {}, fmt::format("{} hits", rays), fmt::format("{}", hits), {}});
  }
}

namespace {

using namespace ray_setup;
using lane_walk::Block;
using lane_walk::kBlock;
using lane_walk::kOutside;
using lane_walk::kSolid;

// Cells of the bordered volume; z fastest. Before and behind it lie as many planes as a ray may overrun.
constexpr std::int64_t kStride[3] = {(kDims[1] + 2) * (kDims[2] + 2), kDims[2] + 2, 1};
constexpr int kFirstPlane = 1 + lane_walk::kOverrun;
constexpr std::int64_t kCells = (kDims[0] + 2 * kFirstPlane) * kStride[0];

constexpr std::int64_t cellOf(int x, int y, int z) {
  return (x + kFirstPlane) * kStride[0] + (y + 1) * kStride[1] + z + 1;
}

// The voxel of a cell inside the border.
std::array<std::uint8_t, 3> voxelOf(std::int64_t cell) {
  const unsigned place = unsigned(cell);
  return {std::uint8_t(place / unsigned(kStride[0]) - kFirstPlane),
          std::uint8_t(place % unsigned(kStride[0]) / unsigned(kStride[1]) - 1),
          std::uint8_t(place % unsigned(kStride[1]) - 1)};
}

std::size_t indexOf(const std::array<std::uint8_t, 3>& voxel) {
  return (std::size_t(voxel[0]) * kDims[1] + voxel[1]) * kDims[2] + voxel[2];
}

const lane_walk::Kernels& kernels() {
  static const lane_walk::Kernels& fastest = *lane_walk::usableKernels().front();
  return fastest;
}

void setUp(const Start& start, const Eigen::Vector3d& origin, std::span<const Eigen::Vector3f> rays,
           Block& block) {
  static_assert(sizeof(Eigen::Vector3f) == 3 * sizeof(float));
  const lane_walk::Rays prepared{rays.data()->data(),
                                 rays.size(),
                                 {origin.x(), origin.y(), origin.z()},
                                 {start.position[0], start.position[1], start.position[2]},
                                 {start.voxel[0], start.voxel[1], start.voxel[2]}};
  kernels().setUp(prepared, kStride, block);
}

// Distance at which a ray leaves its voxel, and along which axis: ties go to the later axis.
int nextAxis(double next_x, double next_y, double next_z) {
  if (next_x < next_y) return next_x < next_z ? 0 : 2;
  return next_y < next_z ? 1 : 2;
}

void walkFromFreeVoxel(const RayVolume& volume, std::int64_t start_cell, Block& block,
                       std::span<RayHit> hits) {
  const lane_walk::Cells cells{volume.cells(), start_cell};
  kernels().walk(cells, hits.size(), block);
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const std::array<std::uint8_t, 3> voxel = voxelOf(block.cell[i]);
    hits[i] = {block.distance[i], voxel, volume.semantics()[indexOf(voxel)]};
  }
}

// A ray whose origin is outside the grid: one at a time, as few keyframes have one.
RayHit walkFromOutside(const RayVolume& volume, const Start& start, const Block& block, std::size_t ray) {
  double next[3], delta[3];
  int voxel[3], step[3];
  for (int axis = 0; axis < 3; ++axis) {
    next[axis] = block.next[axis][ray];
    delta[axis] = block.delta[axis][ray];
    voxel[axis] = start.voxel[axis];
    step[axis] = block.stride[axis][ray] > 0 ? 1 : -1;
  }
  RayHit hit{-1.0F, {0, 0, 0}, volume.semantics()[0]};
  bool was_inside = false;
  for (int steps = 0; steps < kMaxSteps; ++steps) {
    bool inside = true;
    for (int axis = 0; axis < 3; ++axis) {
      const bool below = voxel[axis] < 0;
      const bool above = voxel[axis] >= kDims[axis];
      inside = inside && !below && !above;
      // Beside the grid and not coming nearer: it never will.
      if ((below && step[axis] < 0) || (above && step[axis] > 0)) return hit;
    }
    if (was_inside && !inside) return hit;
    was_inside = inside;
    const int axis = nextAxis(next[0], next[1], next[2]);
    if (inside) {
      hit.distance_vox = float(next[axis]);
      hit.voxel = {std::uint8_t(voxel[0]), std::uint8_t(voxel[1]), std::uint8_t(voxel[2])};
      hit.label = volume.semantics()[indexOf(hit.voxel)];
      if (hit.label != volume.freeClass()) return hit;
    }
    voxel[axis] += step[axis];
    next[axis] += delta[axis];
  }
  return hit;
}

// All rays start in a voxel that stops them.
void stopAtStart(const RayVolume& volume, const Start& start, const Block& block, std::span<RayHit> hits) {
  const std::array<std::uint8_t, 3> voxel{std::uint8_t(start.voxel[0]), std::uint8_t(start.voxel[1]),
                                          std::uint8_t(start.voxel[2])};
  const std::uint8_t label = volume.semantics()[indexOf(voxel)];
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const int axis = nextAxis(block.next[0][i], block.next[1][i], block.next[2][i]);
    hits[i] = {float(block.next[axis][i]), voxel, label};
  }
}

}  // namespace

namespace {

[[noreturn]] void throwWrongGrid(const std::string& found) {
  throw Error({"The metric's rays fit one grid only",
               {},
               "200 x 200 x 16 voxels of 0.4 m from (-40, -40, -1) m",
               found,
               "Resample the labels to the grid of Occ3D and OpenOcc."});
}

void requireGridSize(std::size_t voxels) {
  if (voxels != occ3dGrid().size()) throwWrongGrid(fmt::format("{} voxels", voxels));
}

}  // namespace

std::span<const std::uint8_t> requireMetricGrid(const Occupancy& occupancy) {
  const GridSpec& grid = occupancy.grid;
  if (!(grid == occ3dGrid())) {
    throwWrongGrid(fmt::format("{} x {} x {} voxels of {} m from ({}, {}, {}) m", grid.dims.x(),
                               grid.dims.y(), grid.dims.z(), grid.voxel_m, grid.origin.x(), grid.origin.y(),
                               grid.origin.z()));
  }
  requireGridSize(occupancy.semantics.size());
  return occupancy.semantics;
}

RayVolume::RayVolume(const Occupancy& occupancy)
    : RayVolume(requireMetricGrid(occupancy), occupancy.classes->free()) {}

RayVolume::RayVolume(std::span<const std::uint8_t> semantics, std::uint8_t free_class)
    : semantics_(semantics), free_(free_class) {
  requireGridSize(semantics.size());
  cells_.assign(std::size_t(kCells), kOutside);
  const std::uint8_t* voxel = semantics_.data();
  for (int x = 0; x < kDims[0]; ++x) {
    for (int y = 0; y < kDims[1]; ++y) {
      std::uint8_t* const column = cells_.data() + cellOf(x, y, 0);
      for (int z = 0; z < kDims[2]; ++z)
        column[z] = voxel[z] != free_ ? kSolid : 0;
      voxel += kDims[2];
    }
  }
}

void castRays(const RayVolume& volume, const Eigen::Vector3d& origin, std::span<const Eigen::Vector3f> rays,
              std::span<RayHit> hits) {
  requireUsable(origin, rays.size(), hits.size());
  const Start start = startOf(origin);
  const std::int64_t start_cell = start.inside ? cellOf(start.voxel[0], start.voxel[1], start.voxel[2]) : 0;
  const auto block = std::make_unique<Block>();
  for (std::size_t first = 0; first < rays.size(); first += kBlock) {
    const std::size_t count = std::min(kBlock, rays.size() - first);
    const std::span<RayHit> block_hits = hits.subspan(first, count);
    setUp(start, origin, rays.subspan(first, count), *block);
    if (!start.inside) {
      for (std::size_t i = 0; i < count; ++i)
        block_hits[i] = walkFromOutside(volume, start, *block, i);
    } else if (volume.cells()[start_cell] == kSolid) {
      stopAtStart(volume, start, *block, block_hits);
    } else {
      walkFromFreeVoxel(volume, start_cell, *block, block_hits);
    }
  }
}

FrameRays castFrame(const RayVolume& volume, std::span<const Eigen::Vector3d> origins) {
  const std::vector<Eigen::Vector3f>& rays = lidarRays();
  FrameRays frame{origins.size(), std::vector<RayHit>(origins.size() * rays.size())};
  for (std::size_t i = 0; i < origins.size(); ++i) {
    castRays(volume, origins[i], rays, std::span(frame.hits).subspan(i * rays.size(), rays.size()));
  }
  return frame;
}

}  // namespace hbev
