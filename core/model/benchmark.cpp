#include "core/model/benchmark.h"

#include <algorithm>
#include <map>

#include "core/model/compute_device.h"
#include "core/model/half_precision.h"
#include "core/model/hbevocc.h"
#include "core/model/made_drive.h"
#include "core/model/network_input.h"
#include "core/model/stage_clock.h"
#include "core/model/torch_errors.h"
#include "core/ops/card_memory.h"
#include "core/ops/memory.h"
#include "core/ops/reference_style.h"

namespace hbev {
namespace {

constexpr std::uint64_t kSeed = 20231;

/// Collects the passes' times.
class Passes {
 public:
  void add(const StageClock& clock) {
    for (const StageTime& time : clock.times())
      stages_[time.stage].push_back(time.seconds);
    seconds_.push_back(clock.seconds());
  }
  void into(BenchmarkResult& result) const {
    for (const std::string& stage : predictorStages()) {
      const auto found = stages_.find(stage);
      if (found != stages_.end()) result.stages.push_back({stage, medianOf(found->second)});
    }
    result.seconds = seconds_;
    result.median = medianOf(seconds_);
  }

 private:
  std::map<std::string, std::vector<double>> stages_;
  std::vector<double> seconds_;
};

/// Of the voxels of one keyframe: how many have the same class in half precision as without. It may take more
/// memory than what was measured.
double sameInHalf(HbevOcc& network, const ModelConfig& config, const torch::Device& device) {
  const NetworkInput input = onDevice(madeDrive(config, 0, config.frames()), device);
  const auto classes = [&](bool in_half) {
    const HalfPrecision half(device, in_half);
    return network->forward(input).voxels.logits.argmax(-1);
  };
  return classes(true).eq(classes(false)).to(at::kDouble).mean().item<double>();
}

void compareWithHalf(HbevOcc& network, const ModelConfig& config, const torch::Device& device,
                     BenchmarkResult& result) {
  try {
    result.same_in_half = sameInHalf(network, config, device);
  } catch (const c10::Error& error) {
    if (fullMemoryOf(error.what_without_backtrace()) == FullMemory::None) throw;
    result.no_memory_to_compare = true;
  } catch (const std::bad_alloc&) {
    result.no_memory_to_compare = true;
  }
  if (result.no_memory_to_compare) giveBackCardMemory();
}

BenchmarkResult measured(const ModelConfig& config, const BenchmarkOptions& options, const DeviceInfo& found,
                         const std::function<void(int done, int all)>& on_pass) {
  const torch::Device device = torchDevice(found);
  const int threads = useThreads(options.threads);
  if (device.is_cpu()) demandMemory(config, threads);
  const at::NoGradGuard no_gradient;
  const MemoryReuse reuse;
  const ReferenceStyle style(options.reference_style);
  at::manual_seed(kSeed);
  HbevOcc network(config);
  network->eval();
  network->to(device);

  BenchmarkResult result;
  result.device = device.is_cpu()
                      ? "CPU, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads")
                      : found.title;
  for (const torch::Tensor& parameter : network->parameters()) {
    if (parameter.requires_grad()) result.parameters += std::uint64_t(parameter.numel());
  }
  StreamMemory memory;
  Passes passes;
  const PredictWish wish;
  const int all = options.repeats + 1;
  for (int pass = 0; pass < all; ++pass) {
    const bool streaming = options.mode == PredictMode::Streaming;
    const NetworkInput input =
        onDevice(madeDrive(config, pass, streaming && pass > 0 ? 1 : config.frames()), device);
    synchronize(device);
    if (pass == 1) {
      resetPeakMemory();
      resetPeakCardMemory(device);
    }
    StageClock clock(wish, config.frames(), {}, device);
    const Stages stages([&](const std::string& name, const torch::Tensor&) { clock.stage(name); },
                        /*extras=*/false);
    const HalfPrecision half(device, options.half);
    clock.begin(predictorStages()[1]);
    streaming ? network->forwardStreaming(input, memory, stages) : network->forward(input, stages);
    if (pass > 0) passes.add(clock);
    if (on_pass) on_pass(pass + 1, all);
  }
  passes.into(result);
  result.is_on_card = device.is_cuda();
  result.peak_bytes = result.is_on_card ? peakCardMemory(device) : peakMemory();
  result.memory_bytes = memory.bytes();
  memory.forget();
  if (options.half) compareWithHalf(network, config, device, result);
  return result;
}

}  // namespace

double medianOf(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

BenchmarkResult benchmarkNetwork(const ModelConfig& config, const BenchmarkOptions& options,
                                 const std::function<void(int done, int all)>& on_pass) {
  const DeviceInfo device = findDevice(options.device);
  return translated(config, 0, torchDevice(device),
                    [&] { return measured(config, options, device, on_pass); });
}

}  // namespace hbev
