// How long a plot of a long run takes: points that arrive, other smoothing, and what a redraw asks for.
#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>

#include "ui/training/curve_series.h"

namespace {

using hbev::ui::CurveSeries;

constexpr std::size_t kPoints = 1'000'000;
constexpr int kColumns = 1600;

struct Made {
  std::vector<std::int64_t> steps = std::vector<std::int64_t>(kPoints);
  std::vector<double> values = std::vector<double>(kPoints);
  CurveSeries series;

  Made() {
    for (std::size_t i = 0; i < kPoints; ++i) {
      steps[i] = std::int64_t(i);
      values[i] = std::exp(-double(i) / 3e5) + 0.1 * std::sin(double(i) * 12.9898);
    }
    series.append(steps, values);
    series.setSmoothing(0.99);
  }
};

void million_points_arrive(benchmark::State& state) {
  const Made made;
  for (auto _ : state) {
    CurveSeries series;
    series.append(made.steps, made.values);
    benchmark::DoNotOptimize(series.size());
  }
}
BENCHMARK(million_points_arrive)->Unit(benchmark::kMillisecond);

void million_points_are_smoothed(benchmark::State& state) {
  Made made;
  bool more = false;
  for (auto _ : state)
    made.series.setSmoothing((more = !more) ? 0.9 : 0.99);
}
BENCHMARK(million_points_are_smoothed)->Unit(benchmark::kMillisecond);

/// Raw and smoothed line of one curve over the whole run; with the loop over all points beside it.
void a_curve_is_drawn(benchmark::State& state) {
  const Made made;
  for (auto _ : state) {
    benchmark::DoNotOptimize(made.series.drawn(0, double(kPoints), kColumns, false));
    benchmark::DoNotOptimize(made.series.drawn(0, double(kPoints), kColumns, true));
  }
}
BENCHMARK(a_curve_is_drawn)->Unit(benchmark::kMicrosecond);

void every_point_is_looked_at(benchmark::State& state) {
  const Made made;
  for (auto _ : state) {
    std::vector<std::pair<double, double>> columns(kColumns, {HUGE_VAL, -HUGE_VAL});
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t i = 0; i < kPoints; ++i) {
        auto& column = columns[i * kColumns / kPoints];
        column.first = std::min(column.first, made.values[i]);
        column.second = std::max(column.second, made.values[i]);
      }
    }
    benchmark::DoNotOptimize(columns);
  }
}
BENCHMARK(every_point_is_looked_at)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
