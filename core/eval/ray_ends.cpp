#include "core/eval/ray_ends.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/eval/device_caster.h"
#include "core/eval/rays.h"

namespace hbev {
namespace {

std::size_t bandOf(double value, std::span<const double> edges) {
  std::size_t band = 0;
  while (band + 2 < edges.size() && value >= edges[band + 1])
    ++band;
  return band;
}

struct ZoneTable {
  std::vector<std::uint8_t> range;  // [x, y]
  std::array<std::uint8_t, 16> height;

  ZoneTable() : range(200 * 200), height{} {
    const GridSpec grid = occ3dGrid();
    for (int x = 0; x < grid.dims.x(); ++x) {
      for (int y = 0; y < grid.dims.y(); ++y) {
        const Eigen::Vector3d center = grid.center({x, y, 0});
        range[std::size_t(x * grid.dims.y() + y)] =
            std::uint8_t(bandOf(center.head<2>().norm(), kRangeEdges_m));
      }
    }
    for (int z = 0; z < grid.dims.z(); ++z)
      height[std::size_t(z)] = std::uint8_t(bandOf(grid.center({0, 0, z}).z(), kHeightEdges_m));
  }
};

/// Most files hold halves: what is one already is told by its bits, which is much faster than rounding.
float halfPrecision(float value) {
  constexpr std::uint32_t kLostBits = 0x1FFF, kSmallest = 113, kExponents = 30;  // of normal halves
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (value == 0.0F || ((bits & kLostBits) == 0 && ((bits >> 23) & 0xFFU) - kSmallest < kExponents))
    return value;
  return float(Eigen::half(value));
}

void makeRoom(std::size_t origins, std::size_t rays, const Occupancy& occupancy, RayEnds& ends) {
  ends.origins = origins;
  ends.distance_m.resize(rays);
  ends.label.resize(rays);
  if (!occupancy.flow.empty()) ends.flow_mps.resize(rays);
}

/// Ends from ray `first` on.
void fill(std::span<const RayHit> hits, const Occupancy& occupancy, std::size_t first, RayEnds& ends) {
  for (std::size_t i = 0; i < hits.size(); ++i) {
    ends.distance_m[first + i] = hits[i].distance_m();
    ends.label[first + i] = hits[i].label;
  }
  if (occupancy.flow.empty()) return;
  const auto flowOf = [&](const RayHit& hit) {
    const auto& [x, y, z] = hit.voxel;
    return &occupancy.flow[2 * occupancy.grid.index(x, y, z)];
  };
  // Where a ray ends is anywhere in five megabytes: asked for early, it is there in time.
  constexpr std::size_t kAhead = 24;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (i + kAhead < hits.size()) __builtin_prefetch(flowOf(hits[i + kAhead]));
    const float* flow = flowOf(hits[i]);
    ends.flow_mps[first + i] = {halfPrecision(flow[0]), halfPrecision(flow[1])};
  }
}

void fillZones(std::span<const RayHit> hits, std::size_t first, TruthRays& ends) {
  std::transform(hits.begin(), hits.end(), ends.zone.begin() + std::ptrdiff_t(first),
                 [](const RayHit& hit) { return zoneOf(hit.voxel); });
}

/// Casts origin by origin, so that hits are used while they are in the cache.
template <class Use>
void castEach(const Occupancy& occupancy, std::span<const Eigen::Vector3d> origins, const Use& use) {
  const RayVolume volume(occupancy);
  const std::vector<Eigen::Vector3f>& rays = lidarRays();
  std::vector<RayHit> hits(origins.empty() ? 0 : rays.size());
  for (std::size_t i = 0; i < origins.size(); ++i) {
    castRays(volume, origins[i], rays, hits);
    use(std::span<const RayHit>(hits), i * rays.size());
  }
}

}  // namespace

std::uint8_t zoneOf(const std::array<std::uint8_t, 3>& voxel) {
  static const ZoneTable table;
  return std::uint8_t(table.range[std::size_t(voxel[0]) * 200 + voxel[1]] * kHeightBands +
                      table.height[voxel[2]]);
}

RayEnds endsOf(const FrameRays& rays, const Occupancy& occupancy) {
  RayEnds ends;
  makeRoom(rays.origins, rays.hits.size(), occupancy, ends);
  fill(rays.hits, occupancy, 0, ends);
  return ends;
}

TruthRays truthEndsOf(const FrameRays& rays, const Occupancy& occupancy) {
  TruthRays ends;
  makeRoom(rays.origins, rays.hits.size(), occupancy, ends);
  ends.zone.resize(rays.hits.size());
  fill(rays.hits, occupancy, 0, ends);
  fillZones(rays.hits, 0, ends);
  return ends;
}

RayEnds castEnds(const Occupancy& occupancy, std::span<const Eigen::Vector3d> origins,
                 const DeviceCaster* device) {
  if (device) return endsOf(device->cast(occupancy, origins), occupancy);
  RayEnds ends;
  makeRoom(origins.size(), origins.size() * lidarRays().size(), occupancy, ends);
  castEach(occupancy, origins,
           [&](std::span<const RayHit> hits, std::size_t first) { fill(hits, occupancy, first, ends); });
  return ends;
}

TruthRays castTruthEnds(const Occupancy& occupancy, std::span<const Eigen::Vector3d> origins,
                        const DeviceCaster* device) {
  if (device) return truthEndsOf(device->cast(occupancy, origins), occupancy);
  TruthRays ends;
  makeRoom(origins.size(), origins.size() * lidarRays().size(), occupancy, ends);
  ends.zone.resize(ends.size());
  castEach(occupancy, origins, [&](std::span<const RayHit> hits, std::size_t first) {
    fill(hits, occupancy, first, ends);
    fillZones(hits, first, ends);
  });
  return ends;
}

RayEnds endsOf(const RayPrediction& prediction) {
  RayEnds ends{prediction.origins(), prediction.distances_m, prediction.labels, {}};
  ends.flow_mps.resize(prediction.labels.size());
  for (std::size_t i = 0; i < ends.flow_mps.size(); ++i) {
    ends.flow_mps[i] = {halfPrecision(prediction.flow_mps[2 * i]),
                        halfPrecision(prediction.flow_mps[2 * i + 1])};
  }
  return ends;
}

}  // namespace hbev
