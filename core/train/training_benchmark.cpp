#include "core/train/training_benchmark.h"

#include <fmt/format.h>

#include "core/data/keyframe.h"
#include "core/model/benchmark.h"
#include "core/model/compute_device.h"
#include "core/model/made_drive.h"
#include "core/model/network_input.h"
#include "core/model/training_precision.h"
#include "core/ops/card_memory.h"
#include "core/ops/device_moment.h"
#include "core/ops/memory.h"
#include "core/ops/reference_style.h"
#include "core/train/trainer.h"
#include "core/train/training_failures.h"

namespace hbev {
namespace {

constexpr std::uint64_t kMadeSeed = 20232;
/// About what keyframes of nuScenes have.
constexpr double kOccupiedShare = 0.05, kDepthShare = 0.02;

/// Voxels and points without order: each is one time in so many.
TrainingTargets madeTargets(const ModelConfig& config) {
  const std::int64_t batch = config.training.batch_size;
  const std::vector<std::int64_t> voxels{batch, config.lift.x.cells(), config.lift.y.cells(),
                                         config.head.heights};
  const ClassSet& classes = config.classSet();
  TrainingTargets targets;
  const torch::Tensor some = at::randint(classes.free(), voxels, at::kByte);
  targets.labels =
      at::where(at::rand(voxels) < kOccupiedShare, some, at::full({}, classes.free(), at::kByte));
  if (config.flow) targets.flow = at::randn({voxels[0], voxels[1], voxels[2], voxels[3], 2});
  if (config.training.camera_mask) targets.camera_mask = at::rand(voxels) < 0.5;
  const std::vector<std::int64_t> pixels{batch, kCameraCount, config.image.height, config.image.width};
  const AxisRange& range = config.lift.depth;
  const torch::Tensor metres = at::rand(pixels) * (range.upper - range.lower) + range.lower;
  targets.depth = metres * (at::rand(pixels) < kDepthShare);
  return targets;
}

TrainingBatch madeBatch(const ModelConfig& config, int step, const torch::Device& device) {
  TrainingBatch batch{madeDrive(config, step, config.frames(), config.training.batch_size),
                      madeTargets(config)};
  return batchOn(std::move(batch), device);
}

TrainingBenchmarkResult measuredTraining(const ModelConfig& config, const TrainingBenchmarkOptions& options,
                                         const DeviceInfo& found, const torch::Device& device,
                                         const std::function<void(int done, int all)>& on_step) {
  demandPrecision(config.training, found.id);
  const int threads = useThreads(options.threads);
  if (device.is_cpu()) demandTrainingMemory(config, 1, 1, threads);
  const MemoryReuse reuse;
  const ReferenceStyle style(options.reference_style);
  at::manual_seed(kMadeSeed);
  HbevOcc network(config);
  network->to(device);
  TrainingBenchmarkResult result;
  result.device =
      device.is_cpu() ? fmt::format("CPU, {} thread{}", threads, threads == 1 ? "" : "s") : found.title;
  for (const torch::Tensor& parameter : network->parameters())
    result.parameters += parameter.requires_grad() ? std::uint64_t(parameter.numel()) : 0;
  const int all = options.repeats + 1;
  Trainer trainer(network, TrainerOptions::of(config.training, all, all));
  std::vector<double> forward, backward;
  for (int step = 0; step < all; ++step) {
    const TrainingBatch batch = madeBatch(config, step, device);
    synchronize(device);
    if (step == 1) {
      resetPeakMemory();
      resetPeakCardMemory(device);
    }
    const DeviceMoment begin(device);
    const StepReport report = trainer.step(batch);
    const DeviceMoment end(device);
    if (step > 0) {
      result.seconds.push_back(end.secondsSince(begin));
      forward.push_back(report.forward_seconds);
      backward.push_back(report.backward_seconds);
    }
    if (on_step) on_step(step + 1, all);
  }
  result.median = medianOf(result.seconds);
  result.forward_seconds = medianOf(forward);
  result.backward_seconds = medianOf(backward);
  result.is_on_card = device.is_cuda();
  result.peak_bytes = result.is_on_card ? peakCardMemory(device) : peakMemory();
  return result;
}

}  // namespace

TrainingBenchmarkResult benchmarkTraining(const ModelConfig& config, const TrainingBenchmarkOptions& options,
                                          const std::function<void(int done, int all)>& on_step) {
  const DeviceInfo found = findDevice(options.device);
  const torch::Device device = torchDevice(found);
  TrainingBenchmarkResult result;
  withSentences(config, 1, device,
                [&] { result = measuredTraining(config, options, found, device, on_step); });
  return result;
}

}  // namespace hbev
