// Pictures a second, beside cv::imread in the same run; and the time from a click on a far keyframe to its
// pixels. HBEV_BENCH_DATA names a data set (a demo world is made without it), HBEV_BENCH_PICTURES a folder of
// JPEGs (the data set's front camera without it).
#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>

#include "core/data/sample_loader.h"
#include "core/synth/demo_world.h"
#include "tests/base/temporary_folder.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

fs::path dataFolder() {
  if (const char* given = std::getenv("HBEV_BENCH_DATA")) return given;
  static const test::TemporaryFolder folder;
  static const fs::path made = [] {
    DemoOptions options;
    options.keyframes = 12;
    options.image_width = 1600;
    options.image_height = 900;
    Progress progress;
    writeDemoWorld(folder / "demo", options, progress);
    return folder / "demo";
  }();
  return made;
}

const std::shared_ptr<const Dataset>& dataset() {
  static const std::shared_ptr<const Dataset> opened = Dataset::open(dataFolder());
  return opened;
}

/// JPEGs, at most 60: they stay in the system's file cache, so that decoding is what is measured.
const std::vector<fs::path>& pictures() {
  static const std::vector<fs::path> found = [] {
    const char* given = std::getenv("HBEV_BENCH_PICTURES");
    const fs::path folder = given ? fs::path(given) : dataset()->root() / "samples";
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".jpg" && files.size() < 60) files.push_back(entry.path());
    }
    return files;
  }();
  return found;
}

/// One core decodes picture after picture by `decode`, which returns its width.
template <class Decode>
void decodeAll(benchmark::State& state, const Decode& decode) {
  std::size_t at = 0;
  int width = 0;
  for (auto _ : state) {
    width = decode(pictures()[at]);
    at = (at + 1) % pictures().size();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(fmt::format("{} px wide", width));
}

/// What everybody writes. The window would have to turn BGR to RGB on top of it.
void imread(benchmark::State& state, int flag) {
  cv::setNumThreads(1);
  decodeAll(state, [flag](const fs::path& file) { return cv::imread(file.string(), flag).cols; });
}

void ours(benchmark::State& state, int min_width, ImageQuality quality) {
  decodeAll(state, [=](const fs::path& file) { return readImage(file, min_width, quality).width; });
}

BENCHMARK_CAPTURE(imread, full, cv::IMREAD_COLOR)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, full_fine, 0, ImageQuality::Fine)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, full_fast, 0, ImageQuality::Fast)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(imread, half, cv::IMREAD_REDUCED_COLOR_2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, half_fine, 800, ImageQuality::Fine)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, half_fast, 800, ImageQuality::Fast)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(imread, quarter, cv::IMREAD_REDUCED_COLOR_4)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, quarter_fine, 400, ImageQuality::Fine)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, quarter_fast, 400, ImageQuality::Fast)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(imread, eighth, cv::IMREAD_REDUCED_COLOR_8)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, eighth_fine, 200, ImageQuality::Fine)->Unit(benchmark::kMillisecond);

/// A loader as the window has one, and somebody who waits for its frames.
class Viewer {
 public:
  Viewer() {
    LoadOptions options;
    options.min_image_width = 400;
    loader_ = makeSampleLoader(
        queue_, WishPriorities(100, -100, 1), dataset(), options,
        [this](const FrameKey&, const auto&) {
          const std::lock_guard lock(mutex_);
          came_.notify_all();
        },
        std::size_t(64) << 20);
  }

  /// Wishes for a keyframe and its neighbours, and waits for it.
  void show(const FrameKey& key) {
    std::vector<FrameKey> wishes{key};
    const std::size_t count = dataset()->scenes()[key.scene].keyframes.size();
    for (std::size_t ahead = 1; ahead <= 4 && key.index + ahead < count; ++ahead)
      wishes.push_back({key.scene, key.index + ahead});
    loader_->wish(wishes, 1);
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return loader_->contains(key); });
  }

  /// Lets go of all that is loaded.
  void forget() {
    loader_->wish({});
    queue_.drain();
    loader_->dropIf([](const FrameKey&, const Frame&) { return true; });
  }

 private:
  TaskQueue queue_{2};
  std::mutex mutex_;
  std::condition_variable came_;
  std::unique_ptr<SampleLoader> loader_;
};

/// While what was looked at before still loads its surroundings, as in the window.
void clickOnAFarKeyframe(benchmark::State& state) {
  Viewer viewer;
  std::mt19937 random(1);
  std::vector<double> times_ms;
  for (auto _ : state) {
    state.PauseTiming();
    viewer.forget();
    const auto pick = [&] {
      const std::size_t scene = random() % dataset()->scenes().size();
      return FrameKey{scene, random() % dataset()->scenes()[scene].keyframes.size()};
    };
    const FrameKey before = pick();
    FrameKey far = pick();
    while (far.scene == before.scene && far.index >= before.index && far.index <= before.index + 4)
      far = pick();
    viewer.show(before);
    state.ResumeTiming();
    const auto begin = std::chrono::steady_clock::now();
    viewer.show(far);
    times_ms.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(times_ms.begin(), times_ms.end());
  state.counters["median_ms"] = times_ms[times_ms.size() / 2];
  state.counters["worst_ms"] = times_ms.back();
}
BENCHMARK(clickOnAFarKeyframe)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(100);

}  // namespace
}  // namespace hbev

BENCHMARK_MAIN();
