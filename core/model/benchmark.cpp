#include "core/model/benchmark.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>

#include "core/data/keyframe.h"
#include "core/model/compute_device.h"
#include "core/model/half_precision.h"
#include "core/model/hbevocc.h"
#include "core/model/stage_clock.h"
#include "core/model/torch_errors.h"
#include "core/ops/card_memory.h"
#include "core/ops/memory.h"
#include "core/ops/reference_style.h"

namespace hbev {
namespace {

constexpr double kStep_m = 5;  // between keyframes: 10 m/s
constexpr std::uint64_t kSeed = 20231;

using Matrix = std::array<std::array<double, 4>, 4>;

torch::Tensor tensorOf(const Matrix& matrix) {
  torch::Tensor tensor = at::empty({4, 4}, at::kFloat);
  for (std::size_t i = 0; i < 16; ++i)
    tensor.data_ptr<float>()[i] = float(matrix[i / 4][i % 4]);
  return tensor;
}

/// In the order of the network's cameras: where each looks, counter-clockwise from straight on.
constexpr std::array<double, kCameraCount> kYaw_deg{55, 0, -55, 110, 180, -110};

torch::Tensor egoFromCamera(std::size_t camera) {
  const double yaw = kYaw_deg[camera] * std::numbers::pi / 180, c = std::cos(yaw), s = std::sin(yaw);
  // A camera's x points right, its y down, its z ahead.
  return tensorOf({{{s, 0, c, 1.5 * c}, {-c, 0, s, 0.5 * s}, {0, -1, 0, 1.5}, {0, 0, 0, 1}}});
}

torch::Tensor globalFromEgo(double x_m) {
  return tensorOf({{{1, 0, 0, x_m}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}});
}

/// `frames` keyframes of the drive, the current one after `keyframe` steps.
NetworkInput inputAt(const ModelConfig& config, int keyframe, int frames) {
  const ImageConfig& image = config.image;
  const double focal = 0.79 * image.source_width, scale = double(image.width) / image.source_width;
  const torch::Tensor intrinsics = tensorOf({{{focal, 0, image.source_width / 2.0, 0},
                                              {0, focal, image.source_height / 2.0, 0},
                                              {0, 0, 1, 0},
                                              {0, 0, 0, 1}}});
  // The upper part of the picture is cut off.
  const double cut = image.source_height * scale - image.height;
  const torch::Tensor image_aug =
      tensorOf({{{scale, 0, 0, 0}, {0, scale, -cut, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}});
  std::vector<torch::Tensor> poses, to_image, drive;
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    poses.push_back(egoFromCamera(camera));
    to_image.push_back(image_aug.matmul(intrinsics).matmul(poses.back().inverse()));
  }
  for (int frame = 0; frame < frames; ++frame)
    drive.push_back(globalFromEgo(kStep_m * (keyframe - frame)).expand({kCameraCount, 4, 4}));
  const std::vector<std::int64_t> all{1, frames, kCameraCount, 4, 4};
  NetworkInput input;
  input.pictures = at::randn({1, kCameraCount, frames, 3, image.height, image.width});
  input.ego_from_camera = at::stack(poses).view({1, 1, kCameraCount, 4, 4}).expand(all);
  input.global_from_ego = at::stack(drive).unsqueeze(0);
  input.intrinsics = intrinsics.expand(all);
  input.image_aug = image_aug.expand(all);
  input.bev_aug = at::eye(4).unsqueeze(0);
  input.image_from_lidar = at::stack(to_image).unsqueeze(0);
  input.lidar_from_ego = at::eye(4).unsqueeze(0);
  return input;
}

void moveTo(NetworkInput& input, const torch::Device& device) {
  for (torch::Tensor* tensor :
       {&input.pictures, &input.ego_from_camera, &input.global_from_ego, &input.intrinsics, &input.image_aug,
        &input.bev_aug, &input.image_from_lidar, &input.lidar_from_ego}) {
    *tensor = tensor->to(device);
  }
}

double medianOf(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

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
    NetworkInput input = inputAt(config, pass, streaming && pass > 0 ? 1 : config.frames());
    moveTo(input, device);
    synchronize(device);
    if (pass == 1) {
      resetPeakMemory();
      resetPeakCardMemory(device);
    }
    StageClock clock(wish, config.frames(), {}, [&device] { synchronize(device); });
    const Stages stages([&](const std::string& name, const torch::Tensor&) { clock.stage(name); },
                        /*extras=*/false);
    const HalfPrecision half(device, options.half);
    clock.begin(predictorStages()[1]);
    streaming ? network->forwardStreaming(input, memory, stages) : network->forward(input, stages);
    synchronize(device);
    if (pass > 0) passes.add(clock);
    if (on_pass) on_pass(pass + 1, all);
  }
  passes.into(result);
  result.is_on_card = device.is_cuda();
  result.peak_bytes = result.is_on_card ? peakCardMemory(device) : peakMemory();
  result.memory_bytes = memory.bytes();
  return result;
}

}  // namespace

BenchmarkResult benchmarkNetwork(const ModelConfig& config, const BenchmarkOptions& options,
                                 const std::function<void(int done, int all)>& on_pass) {
  const DeviceInfo device = findDevice(options.device);
  return translated(config, 0, torchDevice(device),
                    [&] { return measured(config, options, device, on_pass); });
}

}  // namespace hbev
