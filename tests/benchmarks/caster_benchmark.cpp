// Rays per second of the reference's arithmetic, of the oracle and of the early-exit walk on one street, and
// frames per second of a whole evaluation. One thread. `bench_caster --benchmark_repetitions=5` prints
// medians.
#include <algorithm>
#include <array>
#include <cmath>

#include <benchmark/benchmark.h>

#include "core/eval/caster.h"
#include "core/eval/frame_report.h"
#include "core/eval/ray_setup.h"
#include "core/eval/rays.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

const Occupancy& street() {
  static const Occupancy street = test::makeStreet(1);
  return street;
}

template <class Cast>
void castStreet(benchmark::State& state, const Cast& cast) {
  const RayVolume volume(street());
  const std::vector<Eigen::Vector3d> origins = test::streetOrigins();
  const std::vector<Eigen::Vector3f>& rays = lidarRays();
  std::vector<RayHit> hits(rays.size());
  for (auto unused : state) {
    for (const Eigen::Vector3d& origin : origins)
      cast(volume, origin, rays, hits);
    benchmark::DoNotOptimize(hits.data());
  }
  state.counters["rays/s"] = benchmark::Counter(
      double(state.iterations()) * double(origins.size() * rays.size()), benchmark::Counter::kIsRate);
  state.counters["occupied"] = double(street().occupiedCount());
}

// All that the reference's kernel computes for a ray: castRaysPlain, and in every voxel the transmittance
// that no answer depends on (two exponentials). Without its answers; only for comparing speeds.
double walkWithTransmittance(const RayVolume& volume, const double origin[3], const double end[3]) {
  const GridSpec grid = occ3dGrid();
  double direction[3], next[3], delta[3], length = 0;
  int voxel[3], step[3];
  for (int axis = 0; axis < 3; ++axis) {
    direction[axis] = end[axis] - origin[axis];
    length += direction[axis] * direction[axis];
  }
  length = std::sqrt(length);
  for (int axis = 0; axis < 3; ++axis) {
    const ray_setup::AxisWalk walk =
        ray_setup::axisWalk(origin[axis], int(origin[axis]), direction[axis] / length);
    voxel[axis] = int(origin[axis]);
    next[axis] = walk.next;
    delta[axis] = walk.delta;
    step[axis] = walk.step;
  }
  std::array<double, 1446> depths, weights, distances;
  std::size_t count = 0;
  double left = 0;
  while (grid.contains({voxel[0], voxel[1], voxel[2]})) {
    const std::size_t index = grid.index(voxel[0], voxel[1], voxel[2]);
    const double density = volume.semantics()[index] == volume.freeClass() ? 0.0 : 1.0;
    int axis = 2;
    if (next[0] < next[1] && next[0] < next[2]) axis = 0;
    if (!(next[0] < next[1]) && next[1] < next[2]) axis = 1;
    const double distance = next[axis];
    voxel[axis] += step[axis];
    next[axis] += delta[axis];
    const double before = count == 0 ? 0.0 : depths[count - 1];
    depths[count] = before + density * std::max(0.0, distance - left);
    weights[count] = std::exp(-before) - std::exp(-depths[count]);
    distances[count++] = distance;
    left = distance;
  }
  benchmark::DoNotOptimize(weights.data());
  benchmark::DoNotOptimize(distances.data());
  return left;
}

void castWithTransmittance(const RayVolume& volume, const Eigen::Vector3d& origin,
                           std::span<const Eigen::Vector3f> rays, std::span<RayHit> hits) {
  for (std::size_t i = 0; i < rays.size(); ++i) {
    double from[3], to[3];
    for (int axis = 0; axis < 3; ++axis) {
      from[axis] = ray_setup::toVoxels(origin[axis], axis);
      to[axis] = ray_setup::toVoxels(double(rays[i][axis]) + origin[axis], axis);
    }
    hits[i].distance_vox = float(walkWithTransmittance(volume, from, to));
  }
}

void castAllArithmetic(benchmark::State& state) {
  castStreet(state, castWithTransmittance);
}

void castPlain(benchmark::State& state) {
  castStreet(state, castRaysPlain);
}

void castEarlyExit(benchmark::State& state) {
  castStreet(state, castRays);
}

void prepareVolume(benchmark::State& state) {
  for (auto unused : state) {
    const RayVolume volume(street());
    benchmark::DoNotOptimize(volume.cells());
  }
}

void evaluateOneFrame(benchmark::State& state) {
  const Occupancy prediction = test::makeFlawedPrediction(street(), 2);
  const std::vector<Eigen::Vector3d> origins = test::streetOrigins();
  double score = 0;
  for (auto unused : state)
    score += evaluateFrame(prediction, street(), origins).rayScores().ray_iou;
  benchmark::DoNotOptimize(score);
  state.counters["frames/s"] = benchmark::Counter(double(state.iterations()), benchmark::Counter::kIsRate);
}

BENCHMARK(castAllArithmetic)->Unit(benchmark::kMillisecond);
BENCHMARK(castPlain)->Unit(benchmark::kMillisecond);
BENCHMARK(castEarlyExit)->Unit(benchmark::kMillisecond);
BENCHMARK(prepareVolume)->Unit(benchmark::kMillisecond);
BENCHMARK(evaluateOneFrame)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hbev

BENCHMARK_MAIN();
