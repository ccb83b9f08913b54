// Rays per second of the oracle and of the early-exit walk on one street, and frames per second of a whole
// evaluation. One thread. `bench_caster --benchmark_repetitions=5` prints medians.
#include <cmath>

#include <benchmark/benchmark.h>

#include "core/eval/caster.h"
#include "core/eval/frame_report.h"
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

BENCHMARK(castPlain)->Unit(benchmark::kMillisecond);
BENCHMARK(castEarlyExit)->Unit(benchmark::kMillisecond);
BENCHMARK(prepareVolume)->Unit(benchmark::kMillisecond);
BENCHMARK(evaluateOneFrame)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hbev

BENCHMARK_MAIN();
