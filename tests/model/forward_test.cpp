// The forward pass stage by stage against the reference's golden numbers.
#include <cmath>
#include <thread>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

/// The position codes as the reference's double precision run has them: its `.float()` was a no-op, so that
/// position times frequency was not rounded to single precision; frequencies and codes were.
void computePositionsInDouble(HbevOcc& network) {
  for (StateEntry& entry : stateOf(*network)) {
    if (!entry.name.ends_with(".pe")) continue;
    const std::int64_t channels = entry.tensor.size(1), cells = entry.tensor.size(2) * entry.tensor.size(3);
    const torch::Tensor frequency =
        (at::arange(0, channels, 2, at::kFloat) * -(std::log(10000.0) / double(channels)))
            .exp()
            .to(at::kDouble);
    const torch::Tensor angle = at::arange(cells, at::kDouble).unsqueeze(1) * frequency;
    const torch::Tensor codes = at::stack({angle.sin(), angle.cos()}, -1).to(at::kFloat);
    entry.tensor.copy_(codes.reshape({cells, channels}).t().reshape(entry.tensor.sizes()));
  }
}

void expectParity(const ModelConfig& config, const std::string& file, const Tolerance& tolerance,
                  at::ScalarType type = at::kFloat) {
  const at::NoGradGuard no_gradient;
  HbevOcc network(config);
  fillByFormula(*network, paritySalt());
  if (type == at::kDouble) computePositionsInDouble(network);
  network->to(type);
  network->eval();
  ForwardGoldens goldens(parityFolder() / file, tolerance);
  const NetworkInput input = goldens.input(config, type);
  goldens.compare("in.img", input.pictures.flatten(1, 2));
  goldens.compareOutput(network->forward(input, Stages(goldens.listener())));
  goldens.expectAllCompared();
}

Tolerance singlePrecision(const char* file) {
  return Tolerance(parityFolder() / file);
}

TEST(ForwardParity, TinyInSinglePrecision) {
  expectParity(tinyParityConfig(), "forward_tiny.npz", singlePrecision("sensitivity_tiny.json"));
}

TEST(ForwardParity, TinyInDoublePrecision) {
  expectParity(tinyParityConfig(), "forward_tiny_f64.npz", Tolerance(1e-7), at::kDouble);
}

TEST(ForwardParity, TwoSamplesWithFlips) {
  expectParity(tinyParityConfig(), "forward_tiny_b2.npz", singlePrecision("sensitivity_tiny.json"));
}

void expectFullSize(const std::string& name, const std::string& file) {
  if (!parityFolderGiven() || !std::filesystem::exists(parityFolder() / file)) {
    GTEST_SKIP() << "takes minutes: set HBEV_PARITY_DIR to a folder that holds " << file;
  }
  at::set_num_threads(int(std::max(1U, std::thread::hardware_concurrency())));
  const std::filesystem::path config =
      std::filesystem::path(HBEV_SOURCE_DIR) / "resources/configs" / (name + ".toml");
  expectParity(readModelConfig(config), file, singlePrecision("sensitivity_1f.json"));
}

TEST(ForwardParity, OneFrame) {
  expectFullSize("hbevocc-r50-256x704-1f-openocc", "forward_1f.npz");
}
TEST(ForwardParity, EightFrames) {
  expectFullSize("hbevocc-r50-256x704-8f-openocc", "forward_8f.npz");
}

}  // namespace
}  // namespace hbev::test
