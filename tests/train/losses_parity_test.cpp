// Every loss against the reference's golden values and gradients, and where the reference has none.
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/autograd.h>

#include "core/train/losses/depth.h"
#include "core/train/losses/flow.h"
#include "core/train/losses/height.h"
#include "core/train/losses/lovasz.h"
#include "core/train/losses/occupancy.h"
#include "core/train/losses/scene_class.h"
#include "core/train/losses/training_loss.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

constexpr double kOfValue = 1e-6, kOfGradient = 1e-5;

const NpzReader& lossGolden() {
  static const NpzReader file(parityFolder() / "losses.npz");
  return file;
}

/// What the losses of one case are computed from, in the type given.
struct Case {
  Case(const std::string& case_name, at::ScalarType type) : name(case_name) {
    const auto load = [&](const char* array) { return tensorOf(lossGolden(), name + "." + array); };
    logits = load("logits").to(type).requires_grad_();
    flow = load("flow_pred").to(type).requires_grad_();
    true_flow = load("flow_gt").to(type);
    labels = load("labels");
    mask = load("mask_camera");
    columns = load("hv_perm").slice(1, 0, load("hv_choose_num").item<std::int64_t>());
  }

  torch::Tensor value(std::string loss) const {
    const bool masked = loss.ends_with("_masked");
    if (masked) loss.resize(loss.size() - std::string("_masked").size());
    const torch::Tensor used = masked ? mask : torch::Tensor();
    const double weight = loss.starts_with("loss_") ? 0.1 : 1;
    if (loss == "loss_flow") return weight * flowLoss(flow, true_flow, labels, ClassSet::openocc());
    if (loss == "raw_height_voxel") return heightVoxelLoss(logits, labels, used, columns);
    const CountedVoxels voxels = countedVoxels(logits, labels, used);
    if (loss == "ce") return crossEntropy(voxels);
    const torch::Tensor probabilities = voxels.log_probabilities.exp();
    if (loss.ends_with("lovasz")) return lovaszSoftmax(probabilities, voxels.labels);
    const SceneClassLosses scene = sceneClassLosses(probabilities, voxels.labels);
    return weight * (loss.ends_with("sem_scal") ? scene.semantic : scene.geometric);
  }

  torch::Tensor gradient(const std::string& loss) const {
    return torch::autograd::grad({value(loss)}, {loss == "loss_flow" ? flow : logits})[0];
  }

  std::string name;
  torch::Tensor logits, flow, true_flow, labels, mask, columns;
};

void expectGradient(const torch::Tensor& ours, const torch::Tensor& expected, const std::string& about) {
  ASSERT_EQ(ours.sizes().vec(), expected.sizes().vec()) << about;
  const double largest = expected.abs().max().item<double>();
  EXPECT_LE((ours.to(at::kDouble) - expected).abs().max().item<double>(), kOfGradient * largest) << about;
}

/// How many numbers of a case the file had.
int expectParity(const Case& sample) {
  int compared = 0;
  for (const char* base : {"ce", "loss_lovasz", "loss_sem_scal", "loss_geo_scal", "raw_lovasz",
                           "raw_sem_scal", "raw_geo_scal", "loss_flow", "raw_height_voxel"}) {
    for (const char* suffix : {"", "_masked"}) {
      const std::string loss = std::string(base) + suffix, key = sample.name + "." + loss;
      if (!lossGolden().contains(key + ".value")) continue;
      const double expected = tensorOf(lossGolden(), key + ".value").item<double>();
      if (std::isnan(expected)) continue;
      // Where nothing is occupied the logarithm is of the clamp's 1e-5, which the file has in single
      // precision.
      const double share = sample.name == "empty" ? 5 * kOfValue : kOfValue;
      EXPECT_NEAR(sample.value(loss).item<double>(), expected, share * std::abs(expected)) << key;
      ++compared;
      if (!lossGolden().contains(key + ".grad")) continue;
      expectGradient(sample.gradient(loss), tensorOf(lossGolden(), key + ".grad"), key);
      ++compared;
    }
  }
  return compared;
}

void expectParity(const char* name, int numbers) {
  EXPECT_EQ(expectParity(Case(name, at::kFloat)), numbers);
  EXPECT_EQ(expectParity(Case(name, at::kDouble)), numbers) << "in double precision";
}

TEST(losses_parity, plain) {
  expectParity("plain", 25);
}

TEST(losses_parity, classes_that_are_absent) {
  expectParity("absent", 21);
}

TEST(losses_parity, labels_that_are_ignored) {
  expectParity("ignore", 17);
}

TEST(losses_parity, nothing_occupied) {
  expectParity("empty", 8);
}

TEST(losses_parity, depth) {
  const AxisRange bins{1, 45, 0.5};
  const torch::Tensor true_depth = tensorOf(lossGolden(), "depth.gt");
  EXPECT_TRUE(depthLabels(true_depth, bins).flatten().equal(tensorOf(lossGolden(), "depth.onehot_argmax")));
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const torch::Tensor logits = tensorOf(lossGolden(), "depth.logits").to(type).requires_grad_();
    const torch::Tensor loss = LossWeights{}.depth * depthLoss(logits.softmax(1), true_depth, bins);
    const double expected = tensorOf(lossGolden(), "depth.loss_depth.value").item<double>();
    EXPECT_NEAR(loss.item<double>(), expected, kOfValue * expected);
    expectGradient(torch::autograd::grad({loss}, {logits})[0],
                   tensorOf(lossGolden(), "depth.loss_depth.grad_logits"), "depth");
  }
}

/// Zero, and nothing that is not finite goes back into the network.
void expectNothing(const Case& sample, const std::string& loss) {
  EXPECT_EQ(sample.value(loss).item<double>(), 0) << sample.name << "." << loss;
  EXPECT_EQ(sample.gradient(loss).abs().max().item<double>(), 0) << sample.name << "." << loss;
}

TEST(losses_finite, where_the_reference_divides_by_zero) {
  const Case empty("empty", at::kFloat);
  for (const char* loss : {"raw_sem_scal", "raw_sem_scal_masked", "raw_height_voxel", "loss_flow"})
    expectNothing(empty, loss);
}

TEST(losses_finite, labels_that_are_ignored_do_not_count_for_heights) {
  Case sample("ignore", at::kDouble);
  const torch::Tensor ignored = sample.labels == kIgnoredLabel;
  ASSERT_TRUE(ignored.any().item<bool>());
  const torch::Tensor slope = sample.gradient("raw_height_voxel");
  EXPECT_TRUE(slope.isfinite().all().item<bool>());
  EXPECT_GT(slope.abs().max().item<double>(), 0);
  EXPECT_EQ(slope.index({ignored}).abs().max().item<double>(), 0);
  // As if they were free.
  const double value = sample.value("raw_height_voxel").item<double>();
  sample.labels = sample.labels.masked_fill(ignored, 16);
  EXPECT_EQ(sample.value("raw_height_voxel").item<double>(), value);
}

TEST(losses_finite, nothing_counts) {
  Case sample("plain", at::kFloat);
  sample.mask = at::zeros_like(sample.mask);
  for (const char* loss : {"ce_masked", "raw_lovasz_masked", "raw_sem_scal_masked", "raw_geo_scal_masked",
                           "raw_height_voxel_masked"})
    expectNothing(sample, loss);
  const torch::Tensor logits = tensorOf(lossGolden(), "depth.logits").requires_grad_();
  const torch::Tensor dark = at::zeros_like(tensorOf(lossGolden(), "depth.gt"));
  const torch::Tensor loss = depthLoss(logits.softmax(1), dark, {1, 45, 0.5});
  EXPECT_EQ(loss.item<double>(), 0);
  EXPECT_EQ(torch::autograd::grad({loss}, {logits})[0].abs().max().item<double>(), 0);
}

TEST(losses_finite, predictions_that_are_sure) {
  Case sample("plain", at::kFloat);
  for (const double size : {1e4, -1e4}) {
    sample.logits = at::one_hot(sample.labels.to(at::kLong), 17).to(at::kFloat).mul(size).requires_grad_();
    for (const char* loss : {"ce", "raw_lovasz", "raw_sem_scal", "raw_geo_scal", "raw_height_voxel"}) {
      EXPECT_TRUE(std::isfinite(sample.value(loss).item<double>())) << loss << size;
      EXPECT_TRUE(sample.gradient(loss).isfinite().all().item<bool>()) << loss << size;
    }
  }
}

TEST(losses_total, the_terms_by_their_names) {
  const Case sample("plain", at::kDouble);
  ModelConfig config;
  config.name = "plain";
  const torch::Tensor depth = tensorOf(lossGolden(), "depth.logits").to(at::kDouble).softmax(1);
  const NetworkOutput output{{sample.logits, sample.flow}, depth};
  const TrainingTargets targets{sample.labels, sample.true_flow, {}, tensorOf(lossGolden(), "depth.gt")};
  const LossTerms terms = trainingLoss(output, targets, config, sample.columns);
  double sum = 0;
  for (const auto& [name, term] : terms.named())
    sum += term.item<double>();
  const double expected =
      tensorOf(lossGolden(), "depth.loss_depth.value").item<double>() + sample.value("ce").item<double>() +
      sample.value("loss_flow").item<double>() + sample.value("raw_lovasz").item<double>() +
      0.1 * (sample.value("raw_sem_scal") + sample.value("raw_geo_scal") + sample.value("raw_height_voxel"))
                .item<double>();
  EXPECT_NEAR(sum, expected, 1e-6);
  EXPECT_NEAR(terms.total().item<double>(), sum, 1e-9);

  const NetworkOutput without_flow{{sample.logits, {}}, depth};
  const TrainingTargets masked{sample.labels, {}, sample.mask, tensorOf(lossGolden(), "depth.gt")};
  const LossTerms fewer = trainingLoss(without_flow, masked, config, sample.columns);
  EXPECT_FALSE(fewer.flow.defined());
  EXPECT_NEAR(fewer.height.item<double>(), 0.1 * sample.value("raw_height_voxel_masked").item<double>(),
              1e-9);
  EXPECT_NEAR(fewer.occupancy.item<double>(), sample.value("ce_masked").item<double>(), 1e-9);
}

TEST(losses_columns, are_different_columns) {
  const at::Generator generator = at::detail::createCPUGenerator(7);
  const torch::Tensor chosen = chooseColumns(2, 1000, 400, generator);
  ASSERT_EQ(chosen.sizes().vec(), (std::vector<std::int64_t>{2, 400}));
  for (std::int64_t b = 0; b < 2; ++b) {
    const torch::Tensor sorted = std::get<0>(chosen[b].sort());
    EXPECT_TRUE((sorted.slice(0, 1) > sorted.slice(0, 0, -1)).all().item<bool>());
    EXPECT_TRUE(((sorted >= 0) & (sorted < 1000)).all().item<bool>());
  }
  EXPECT_FALSE(chosen[0].equal(chosen[1]));
  EXPECT_EQ(chooseColumns(1, 48, 4000, generator).size(1), 48);
}

}  // namespace
}  // namespace hbev::test
