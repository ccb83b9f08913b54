// Measures how far rounding alone moves each stage of the network with eight past keyframes: the change under
// weights that were moved by half an ulp, as the reference's notes measured it for the networks without.
#include <algorithm>
#include <fstream>
#include <thread>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

constexpr double kHalfUlpOfWeights = 1.2e-7;
constexpr int kDraws = 4;

using Samples = std::map<std::string, torch::Tensor>;

/// The numbers of each stage that the golden file holds.
Samples samplesOf(HbevOcc& network, const NetworkInput& input, const NpzReader& goldens) {
  Samples samples;
  const auto keep = [&](const std::string& stage, const torch::Tensor& result) {
    const bool some = goldens.contains(stage + ".stride");
    if (!result.is_floating_point() || (!some && !goldens.contains(stage))) return;
    const std::int64_t stride = some ? tensorOf(goldens, stage + ".stride").item<std::int64_t>() : 1;
    samples[stage] = result.reshape({-1}).slice(0, 0, result.numel(), stride).to(at::kDouble);
  };
  const torch::Tensor logits = network->forward(input, Stages(keep)).voxels.logits;
  const torch::Tensor best = std::get<0>(logits.topk(2, -1));
  keep("out.top1_margin", best.select(-1, 0) - best.select(-1, 1));
  return samples;
}

void moveByHalfAnUlp(HbevOcc& network, at::Generator& random) {
  for (torch::Tensor& parameter : network->parameters()) {
    const torch::Tensor share = at::rand(parameter.sizes(), random, at::kDouble) * 2 - 1;
    parameter.copy_(parameter.to(at::kDouble) * (1 + kHalfUlpOfWeights * share));
  }
}

TEST(Sensitivity, IsWrittenWhereAsked) {
  const char* asked = std::getenv("HBEV_SENSITIVITY_OUT");
  const std::filesystem::path file = parityFolder() / "forward_8f.npz";
  if (asked == nullptr || !std::filesystem::exists(file))
    GTEST_SKIP() << "takes minutes: set HBEV_SENSITIVITY_OUT to the file to write, and HBEV_PARITY_DIR to a "
                    "folder with forward_8f.npz";
  at::set_num_threads(int(std::max(1U, std::thread::hardware_concurrency())));
  const at::NoGradGuard no_gradient;
  const ModelConfig config = readModelConfig(std::filesystem::path(HBEV_SOURCE_DIR) /
                                             "resources/configs/hbevocc-r50-256x704-8f-openocc.toml");
  const NpzReader goldens(file);
  const NetworkInput input = ForwardGoldens(file, Tolerance(1)).input(config, at::kFloat);
  HbevOcc network(config);
  network->eval();
  fillByFormula(*network, paritySalt());
  const Samples still = samplesOf(network, input, goldens);
  at::Generator random = at::detail::createCPUGenerator(1);
  nlohmann::json stages;
  for (const auto& [stage, values] : still)
    stages[stage] = {0.0, values.abs().max().item<double>()};
  for (int draw = 0; draw < kDraws; ++draw) {
    fillByFormula(*network, paritySalt());
    moveByHalfAnUlp(network, random);
    for (const auto& [stage, values] : samplesOf(network, input, goldens)) {
      const double moved = (values - still.at(stage)).abs().max().item<double>();
      stages[stage][0] = std::max(stages[stage][0].get<double>(), moved);
    }
  }
  EXPECT_GT(stages.at("out.occ_logits")[0].get<double>(), 0);
  const std::string what =
      "max abs diff of " + std::to_string(kDraws) +
      " draws, max abs value (over stored samples) when every parameter is multiplied by "
      "(1+1.2e-7*r), r uniform in [-1,1)";
  std::ofstream(asked) << nlohmann::json{{"what", what}, {"stages", stages}}.dump(1) << '\n';
}

}  // namespace
}  // namespace hbev::test
