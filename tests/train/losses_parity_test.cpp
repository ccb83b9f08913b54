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

/// For what the reference has no numbers of.
const NpzReader& ownLosses() {
  static const NpzReader file(ownParityFolder() / "losses.npz");
  return file;
}

/// What has voxels' logits is a case; their names are the file's.
std::vector<std::string> caseNames() {
  constexpr std::string_view kEnd = ".logits";
  std::vector<std::string> names;
  for (const std::string& array : lossGolden().names()) {
    if (!array.ends_with(kEnd)) continue;
    const std::string name = array.substr(0, array.size() - kEnd.size());
    if (lossGolden().contains(name + ".labels")) names.push_back(name);
  }
  return names;
}

const ClassSet& classesOf(const torch::Tensor& logits) {
  return logits.size(-1) == ClassSet::occ3d().size() ? ClassSet::occ3d() : ClassSet::openocc();
}

/// What the losses of one case are computed from, in the type given.
struct Case {
  Case(const NpzReader& file, const std::string& case_name, at::ScalarType type) : name(case_name) {
    const auto load = [&](const char* array) {
      const std::string key = name + "." + array;
      return file.contains(key) ? tensorOf(file, key) : torch::Tensor();
    };
    logits = load("logits").to(type).requires_grad_();
    labels = load("labels");
    mask = load("mask_camera");
    flow = load("flow_pred");
    true_flow = load("flow_gt");
    if (flow.defined()) {
      flow = flow.to(type).requires_grad_();
      true_flow = true_flow.to(type);
    }
    columns = load("hv_perm");
    if (columns.defined()) columns = columns.slice(1, 0, load("hv_choose_num").item<std::int64_t>());
  }

  /// By the file's name of a loss; undefined for a name that means none.
  torch::Tensor value(std::string loss) const {
    const bool masked = loss.ends_with("_masked");
    if (masked) loss.resize(loss.size() - std::string("_masked").size());
    const torch::Tensor used = masked ? mask : torch::Tensor();
    const double weight = loss.starts_with("loss_") ? 0.1 : 1;
    if (loss.ends_with("_flow")) return weight * flowLoss(flow, true_flow, labels, classesOf(logits));
    if (loss.ends_with("_height_voxel")) return weight * heightVoxelLoss(logits, labels, used, columns);
    const CountedVoxels voxels = countedVoxels(logits, labels, used);
    if (loss == "ce") return crossEntropy(voxels);
    const torch::Tensor probabilities = voxels.log_probabilities.exp();
    if (loss.ends_with("_lovasz")) return lovaszSoftmax(probabilities, voxels.labels);
    const SceneClassLosses scene = sceneClassLosses(probabilities, voxels.labels);
    if (loss.ends_with("_sem_scal")) return weight * scene.semantic;
    return loss.ends_with("_geo_scal") ? weight * scene.geometric : torch::Tensor();
  }

  torch::Tensor gradient(const std::string& loss) const {
    return torch::autograd::grad({value(loss)}, {loss.ends_with("_flow") ? flow : logits})[0];
  }

  bool isEmpty() const {
    return ((labels != logits.size(-1) - 1) & (labels != kIgnoredLabel)).sum().item<std::int64_t>() == 0;
  }

  std::string name;
  torch::Tensor logits, flow, true_flow, labels, mask, columns;
};

void expectGradient(const torch::Tensor& ours, const torch::Tensor& expected, const std::string& about) {
  ASSERT_EQ(ours.sizes().vec(), expected.sizes().vec()) << about;
  const double largest = expected.abs().max().item<double>();
  EXPECT_LE((ours.to(at::kDouble) - expected).abs().max().item<double>(), kOfGradient * largest) << about;
}

/// Every value and gradient of the case that the file has; how many.
int expectParity(const Case& sample) {
  constexpr std::string_view kEnd = ".value";
  int compared = 0;
  for (const std::string& array : lossGolden().names()) {
    if (!array.starts_with(sample.name + ".") || !array.ends_with(kEnd)) continue;
    const std::string key = array.substr(0, array.size() - kEnd.size());
    const std::string loss = key.substr(sample.name.size() + 1);
    const double expected = tensorOf(lossGolden(), array).item<double>();
    if (std::isnan(expected)) continue;  // the reference divides by zero there
    const torch::Tensor ours = sample.value(loss);
    if (!ours.defined()) {
      ADD_FAILURE() << key << " was compared with nothing";
      continue;
    }
    // Where nothing is occupied the logarithm is of the clamp's 1e-5, which the file has in single precision.
    const double share = sample.isEmpty() ? 5 * kOfValue : kOfValue;
    EXPECT_NEAR(ours.item<double>(), expected, share * std::abs(expected)) << key;
    ++compared;
    if (!lossGolden().contains(key + ".grad")) continue;
    expectGradient(sample.gradient(loss), tensorOf(lossGolden(), key + ".grad"), key);
    ++compared;
  }
  return compared;
}

/// Skipped without the file.
class losses_parity : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string lacking = lackingFiles({"losses.npz"}); !lacking.empty()) GTEST_SKIP() << lacking;
  }
};

TEST_F(losses_parity, every_number_of_every_case) {
  const std::vector<std::string> names = caseNames();
  ASSERT_FALSE(names.empty());
  int compared = 0;
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    compared += expectParity(Case(lossGolden(), name, at::kFloat));
    SCOPED_TRACE("in double precision");
    expectParity(Case(lossGolden(), name, at::kDouble));
  }
  EXPECT_GT(compared, 0);
  if (!parityFolderGiven()) {
    EXPECT_EQ(compared, 71);
  }
}

/// The file has the number of bins: those of the tiny network, or half a metre each from one metre on.
AxisRange depthBins() {
  const double count = double(tensorOf(lossGolden(), "depth.logits").size(1));
  if (std::filesystem::exists(parityFolder() / "forward_tiny.json")) {
    const AxisRange tiny = tinyParityConfig().lift.depth;
    if (tiny.cells() == int(count)) return tiny;
  }
  return {1, 1 + count / 2, 0.5};
}

TEST_F(losses_parity, depth) {
  if (!lossGolden().contains("depth.logits")) GTEST_SKIP() << "this folder has no depths";
  const AxisRange bins = depthBins();
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
  const Case empty(ownLosses(), "empty", at::kFloat);
  for (const char* loss : {"raw_sem_scal", "raw_sem_scal_masked", "raw_height_voxel", "loss_flow"})
    expectNothing(empty, loss);
}

TEST(losses_finite, labels_that_are_ignored_do_not_count_for_heights) {
  Case sample(ownLosses(), "ignore", at::kDouble);
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
  Case sample(ownLosses(), "plain", at::kFloat);
  sample.mask = at::zeros_like(sample.mask);
  for (const char* loss : {"ce_masked", "raw_lovasz_masked", "raw_sem_scal_masked", "raw_geo_scal_masked",
                           "raw_height_voxel_masked"})
    expectNothing(sample, loss);
  const torch::Tensor logits = tensorOf(ownLosses(), "depth.logits").requires_grad_();
  const torch::Tensor dark = at::zeros_like(tensorOf(ownLosses(), "depth.gt"));
  const torch::Tensor loss = depthLoss(logits.softmax(1), dark, {1, 45, 0.5});
  EXPECT_EQ(loss.item<double>(), 0);
  EXPECT_EQ(torch::autograd::grad({loss}, {logits})[0].abs().max().item<double>(), 0);
}

TEST(losses_finite, predictions_that_are_sure) {
  Case sample(ownLosses(), "plain", at::kFloat);
  for (const double size : {1e4, -1e4}) {
    sample.logits = at::one_hot(sample.labels.to(at::kLong), 17).to(at::kFloat).mul(size).requires_grad_();
    for (const char* loss : {"ce", "raw_lovasz", "raw_sem_scal", "raw_geo_scal", "raw_height_voxel"}) {
      EXPECT_TRUE(std::isfinite(sample.value(loss).item<double>())) << loss << size;
      EXPECT_TRUE(sample.gradient(loss).isfinite().all().item<bool>()) << loss << size;
    }
  }
}

TEST(losses_total, the_terms_by_their_names) {
  const Case sample(ownLosses(), "plain", at::kDouble);
  ModelConfig config;
  config.name = "plain";
  const torch::Tensor depth = tensorOf(ownLosses(), "depth.logits").to(at::kDouble).softmax(1);
  const NetworkOutput output{{sample.logits, sample.flow}, depth};
  const TrainingTargets targets{sample.labels, sample.true_flow, {}, tensorOf(ownLosses(), "depth.gt")};
  const LossTerms terms = trainingLoss(output, targets, config, sample.columns);
  double sum = 0;
  for (const auto& [name, term] : terms.named())
    sum += term.item<double>();
  const double expected =
      tensorOf(ownLosses(), "depth.loss_depth.value").item<double>() + sample.value("ce").item<double>() +
      sample.value("loss_flow").item<double>() + sample.value("raw_lovasz").item<double>() +
      0.1 * (sample.value("raw_sem_scal") + sample.value("raw_geo_scal") + sample.value("raw_height_voxel"))
                .item<double>();
  EXPECT_NEAR(sum, expected, 1e-6);
  EXPECT_NEAR(terms.total().item<double>(), sum, 1e-9);

  const NetworkOutput without_flow{{sample.logits, {}}, depth};
  const TrainingTargets masked{sample.labels, {}, sample.mask, tensorOf(ownLosses(), "depth.gt")};
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
