// The reference's own checkpoints of the tiny network: every name fits and every weight is the formula's.
#include <gtest/gtest.h>

#include "core/model/checkpoint.h"
#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

/// The largest difference of a network's parameters from the formula's, and of its statistics when asked for.
double largestDifference(const HbevOcc& network, bool with_statistics) {
  double largest = 0;
  for (const StateEntry& entry : stateOf(*network)) {
    const std::vector<float> golden = weightsByFormula(entry.name, entry.tensor.sizes().vec(), paritySalt());
    if (golden.empty() || (!with_statistics && !entry.is_parameter)) continue;
    const torch::Tensor expected = at::tensor(golden).view(entry.tensor.sizes());
    largest = std::max(largest, (entry.tensor - expected).abs().max().item<double>());
  }
  return largest;
}

std::string lackingFor(const char* checkpoint) {
  return lackingFiles({"formula_vectors.json", "forward_tiny.json", checkpoint});
}

TEST(CheckpointParity, MmcvsTinyNetworkIsTheFormulas) {
  if (const std::string lacking = lackingFor("mmcv_tiny.pth"); !lacking.empty()) GTEST_SKIP() << lacking;
  const CheckpointFile file(parityFolder() / "mmcv_tiny.pth");
  EXPECT_EQ(file.kind(), CheckpointFile::Kind::Mmcv);
  HbevOcc network(tinyParityConfig());
  const FitReport report = loadCheckpoint(file, *network);
  EXPECT_TRUE(report.fits()) << report.summary();
  EXPECT_EQ(report.matched, stateOf(*network).size());
  EXPECT_TRUE(report.not_finite.empty());
  EXPECT_EQ(largestDifference(network, true), 0);
  // In the file's order, too.
  const std::vector<StateEntry> state = stateOf(*network);
  for (std::size_t i = 0; i < state.size(); ++i)
    EXPECT_EQ(file.state().at(i).name, state[i].name);
  const auto optimizer = optimizerOf(file);
  ASSERT_TRUE(optimizer);
  EXPECT_GT(optimizer->states, 0U);
  if (parityFolderGiven()) return;
  EXPECT_EQ(optimizer->states, 6U);
  EXPECT_EQ(file.device(), "cpu");
}

TEST(CheckpointParity, FixedSinusoidsAreTheFiles) {
  if (const std::string lacking = lackingFor("mmcv_tiny.pth"); !lacking.empty()) GTEST_SKIP() << lacking;
  const CheckpointFile file(parityFolder() / "mmcv_tiny.pth");
  HbevOcc made(tinyParityConfig());
  std::size_t compared = 0;
  for (const StateEntry& entry : stateOf(*made)) {
    if (!entry.name.ends_with(".pe")) continue;
    const auto found = std::ranges::find(file.state(), entry.name, &CheckpointTensor::name);
    ASSERT_NE(found, file.state().end());
    EXPECT_LT((entry.tensor - readTensor(file, *found)).abs().max().item<double>(), 1e-5) << entry.name;
    ++compared;
  }
  EXPECT_EQ(compared, 3U);
}

TEST(CheckpointParity, TheAveragingHooksFileIsRead) {
  if (const std::string lacking = lackingFor("mmcv_tiny_ema.pth"); !lacking.empty()) GTEST_SKIP() << lacking;
  const CheckpointFile file(parityFolder() / "mmcv_tiny_ema.pth");
  EXPECT_EQ(file.kind(), CheckpointFile::Kind::Ema);
  if (!parityFolderGiven()) {
    EXPECT_EQ(file.device(), "cuda:0");
  }
  EXPECT_FALSE(optimizerOf(file));
  HbevOcc network(tinyParityConfig());
  EXPECT_TRUE(loadCheckpoint(file, *network).fits());
  // One step of AdamW with a rate of 2e-4 away, averaged with what the decay leaves: 0.006.
  double weight = 0.006;
  if (std::filesystem::exists(parityFolder() / "train_step.json"))
    weight = 1 - readJson(parityFolder() / "train_step.json").value("ema_decay_used", 1 - weight);
  const double difference = largestDifference(network, false);
  EXPECT_GT(difference, 0.1 * weight * 2e-4);
  EXPECT_LT(difference, 1.5 * weight * 2e-4);
}

}  // namespace
}  // namespace hbev::test
