// The forward pass stage by stage against the reference's golden numbers.
#include <cmath>
#include <thread>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

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
