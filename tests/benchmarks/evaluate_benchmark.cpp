// Whole evaluations on all cores: labels and predictions read from .npz, cast, compared and kept in an SQLite
// file. Prints frames and rays (of both sides) a second, and how long the val split of nuScenes would take.
// On 60 made streets with 8 origins each, or on the folders in HBEV_BENCH_DATA and HBEV_BENCH_PREDICTIONS.
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <benchmark/benchmark.h>

#include "core/base/memory.h"
#include "core/eval/evaluation.h"
#include "core/eval/evaluation_report.h"
#include "core/eval/rays.h"
#include "tests/eval/made_split.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

constexpr double kValKeyframes = 6019;

/// The data and what is made for them, removed at the end.
class Bench {
 public:
  Bench() {
    keepFreedMemory();  // as hbevocc evaluate does
    const char *data = std::getenv("HBEV_BENCH_DATA"), *predictions = std::getenv("HBEV_BENCH_PREDICTIONS");
    scratch_ = fs::temp_directory_path() / "hbev_bench_evaluate";
    fs::create_directories(scratch_);
    if (data && predictions) {
      plan_.dataset = Dataset::open(data);
      plan_.sources.push_back(openEvaluationSource(predictions, {.dataset = plan_.dataset}));
      return;
    }
    made_.emplace(test::MadeSplitOptions{.keyframes_in_scene = 30, .deflate = true});
    plan_.dataset = made_->dataset();
    const fs::path folder = made_->root() / "predictions";
    for (int i = 0; i < made_->keyframes(); ++i) {
      const fs::path file = folder / made_->sceneOf(i) / (test::MadeSplit::tokenOf(i) + ".npz");
      const Occupancy& truth = made_->truths()[std::size_t(i) % made_->truths().size()];
      fs::create_directories(file.parent_path());
      writeOccupancyNpz(file, test::makeFlawedPrediction(truth, std::uint32_t(i)), false);
    }
    plan_.sources.push_back(openEvaluationSource(folder, {.dataset = plan_.dataset}));
  }
  ~Bench() { fs::remove_all(scratch_); }

  const fs::path& scratch() const { return scratch_; }
  EvaluationPlan plan() const { return plan_; }

 private:
  std::optional<test::MadeSplit> made_;
  fs::path scratch_;
  EvaluationPlan plan_;
};

const Bench& bench() {
  static const Bench bench;
  return bench;
}

void evaluate(benchmark::State& state, TruthCache* cache) {
  EvaluationPlan plan = bench().plan();
  plan.cache = cache;
  const fs::path file = bench().scratch() / "evaluation.sqlite";
  std::size_t frames = 0;
  double origins = 0;
  for (auto unused : state) {
    fs::remove(file);
    EvaluationStore store = createStore(plan, file);
    Progress progress;
    runEvaluation(plan, store, progress);
    store.finish();
    const EvaluationSummary summary = summarise(store);
    benchmark::DoNotOptimize(evaluationCsv(summary));
    frames += summary.sources[0].frames.size();
    origins += double(summary.sources[0].total.origins());
  }
  using benchmark::Counter;
  state.counters["frames/s"] = Counter(double(frames), Counter::kIsRate);
  state.counters["rays/s"] = Counter(2 * origins * double(lidarRays().size()), Counter::kIsRate);
  state.counters["val_s"] = Counter(double(frames) / kValKeyframes, Counter::kIsRate | Counter::kInvert);
}

void evaluateWithoutCache(benchmark::State& state) {
  evaluate(state, nullptr);
}

void evaluateWithCache(benchmark::State& state) {
  TruthCache cache({bench().scratch() / "cache"});
  EvaluationPlan plan = bench().plan();
  plan.cache = &cache;
  EvaluationStore store = createStore(plan, {});
  Progress progress;
  runEvaluation(plan, store, progress);  // fills it
  evaluate(state, &cache);
}

BENCHMARK(evaluateWithoutCache)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(evaluateWithCache)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hbev

BENCHMARK_MAIN();
