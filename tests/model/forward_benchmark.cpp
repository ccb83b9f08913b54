// Times of a forward pass stage by stage: forward_benchmark CONFIG.toml FORWARD.npz [THREADS]. The .npz gives
// the rig (a file of the parity folder that HBEV_PARITY_DIR names).
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>

#include "core/data/keyframe.h"
#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Times between the stages that are told, summed by the part of the network.
class StageClock {
 public:
  StageListener listener() {
    return [this](const std::string& stage, const torch::Tensor&) {
      const double now = secondsSince(start_);
      laps_.emplace_back(stage, now - last_);
      last_ = now;
    };
  }
  void print() const {
    for (const auto& [stage, seconds] : laps_) {
      if (seconds > 0.02) std::printf("  %-32s %7.3f s\n", stage.c_str(), seconds);
    }
    std::printf("  %-32s %7.3f s\n", "all", last_);
  }

 private:
  Clock::time_point start_ = Clock::now();
  double last_ = 0;
  std::vector<std::pair<std::string, double>> laps_;
};

void compareCostVolumes(const ModelConfig& config) {
  const std::int64_t height = config.image.height / 4, width = config.image.width / 4,
                     depths = config.depthBins();
  const std::int64_t channels = ResNetImpl::channels(config.backbone, 1);
  const at::Tensor current = at::rand({kCameraCount, channels, height, width}),
                   previous = at::rand_like(current);
  const at::Tensor x = at::linspace(0, config.image.width - 1, width).expand({depths, height, width});
  const at::Tensor y = at::linspace(0, config.image.height - 1, height).view({1, height, 1}).expand_as(x);
  const at::Tensor d = at::linspace(1, 44.5, depths).view({depths, 1, 1}).expand_as(x);
  StereoView view;
  at::Tensor intrinsics = at::eye(3) * 560;
  intrinsics[0][2] = config.image.width / 2, intrinsics[1][2] = config.image.height / 2, intrinsics[2][2] = 1;
  at::Tensor motion = at::eye(4);
  motion[2][3] = 2.5;
  view.intrinsics = intrinsics.expand({1, kCameraCount, 3, 3});
  view.other_from_current = motion.expand({1, kCameraCount, 4, 4});
  view.image_rotation = at::eye(3).expand({1, kCameraCount, 3, 3});
  view.image_shift = at::zeros({1, kCameraCount, 3});
  view.width = config.image.width, view.height = config.image.height;
  const at::Tensor frustum = at::stack({x, y, d}, -1);
  Clock::time_point start = Clock::now();
  stereoCost(current, previous, frustum, view, 5);
  const double ours = secondsSince(start);
  start = Clock::now();
  stereoCostPlain(current, previous, frustum, view, 5);
  const double plain = secondsSince(start);
  std::printf("stereo cost volume: %.2f s, in the reference's way %.2f s, %.1f times\n", ours, plain,
              plain / ours);
}

int run(const std::string& config_file, const std::string& golden_file, int threads) {
  const at::NoGradGuard no_gradient;
  at::set_num_threads(threads);
  const ModelConfig config = readModelConfig(config_file);
  HbevOcc network(config);
  fillByFormula(*network, paritySalt());
  network->eval();
  const ForwardGoldens goldens(golden_file, Tolerance(1.0));
  const NetworkInput input = goldens.input(config, at::kFloat);
  for (int pass = 0; pass < 2; ++pass) {
    StageClock clock;
    network->forward(input, Stages(clock.listener()));
    std::printf("%s, %d threads, pass %d, with what listeners ask for\n", config.name.c_str(), threads,
                pass + 1);
    clock.print();
  }
  const Clock::time_point start = Clock::now();
  network->forward(input);
  std::printf("unwatched: %.2f s\n", secondsSince(start));
  compareCostVolumes(config);
  return 0;
}

}  // namespace
}  // namespace hbev::test

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: forward_benchmark CONFIG.toml FORWARD.npz [THREADS]\n", stderr);
    return 2;
  }
  return hbev::test::run(argv[1], argv[2], argc > 3 ? std::stoi(argv[3]) : 2);
}
