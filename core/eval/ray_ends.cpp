#include "core/eval/ray_ends.h"

#include <algorithm>
#include <cmath>

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

float halfPrecision(float value) {
  return value == 0.0F ? value : float(Eigen::half(value));
}

void fill(const FrameRays& rays, const Occupancy& occupancy, RayEnds& ends) {
  ends.origins = rays.origins;
  ends.distance_m.resize(rays.hits.size());
  ends.label.resize(rays.hits.size());
  for (std::size_t i = 0; i < rays.hits.size(); ++i) {
    ends.distance_m[i] = rays.hits[i].distance_m();
    ends.label[i] = rays.hits[i].label;
  }
  if (occupancy.flow.empty()) return;
  ends.flow_mps.resize(rays.hits.size());
  for (std::size_t i = 0; i < rays.hits.size(); ++i) {
    const auto& [x, y, z] = rays.hits[i].voxel;
    const float* flow = &occupancy.flow[2 * occupancy.grid.index(x, y, z)];
    ends.flow_mps[i] = {halfPrecision(flow[0]), halfPrecision(flow[1])};
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
  fill(rays, occupancy, ends);
  return ends;
}

TruthRays truthEndsOf(const FrameRays& rays, const Occupancy& occupancy) {
  TruthRays ends;
  fill(rays, occupancy, ends);
  ends.zone.resize(rays.hits.size());
  std::transform(rays.hits.begin(), rays.hits.end(), ends.zone.begin(),
                 [](const RayHit& hit) { return zoneOf(hit.voxel); });
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
