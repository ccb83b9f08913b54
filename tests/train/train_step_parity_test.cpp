// One whole training step against the reference's, and the running average of the weights.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>

#include "core/model/checkpoint.h"
#include "core/model/network_input.h"
#include "core/train/ema.h"
#include "core/train/losses/training_loss.h"
#include "core/train/optimizer.h"
#include "core/train/schedule.h"
#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

const NpzReader& stepGolden() {
  static const NpzReader file(parityFolder() / "train_step.npz");
  return file;
}

double number(const std::string& name) {
  return tensorOf(stepGolden(), name).item<double>();
}

/// The elements of a tensor that the file holds under `key`, and which they are.
struct Sampled {
  explicit Sampled(const std::string& key) {
    whole = stepGolden().contains(key);
    values = tensorOf(stepGolden(), whole ? key : key + ".values").flatten().to(at::kDouble);
    if (!whole) stride = tensorOf(stepGolden(), key + ".stride").item<std::int64_t>();
  }
  torch::Tensor of(const torch::Tensor& tensor) const {
    const torch::Tensor flat = tensor.detach().reshape({-1});
    return flat.slice(0, 0, flat.numel(), stride);
  }

  bool whole = false;
  std::int64_t stride = 1;
  torch::Tensor values;
};

bool has(const std::string& key) {
  return stepGolden().contains(key) || stepGolden().contains(key + ".values");
}

/// How many tensors the file has whose names begin so.
std::size_t storedUnder(const std::string& prefix) {
  std::size_t stored = 0;
  for (const std::string& name : stepGolden().names()) {
    const bool part = name.ends_with(".shape") || name.ends_with(".stride") || name.ends_with(".stats");
    stored += name.starts_with(prefix) && !part ? 1 : 0;
  }
  return stored;
}

void expectNear(const std::string& key, const torch::Tensor& ours, double share) {
  const Sampled expected(key);
  const torch::Tensor found = expected.of(ours).to(at::kCPU, at::kDouble);
  ASSERT_EQ(found.numel(), expected.values.numel()) << key;
  const double largest = expected.values.abs().max().item<double>();
  EXPECT_LE((found - expected.values).abs().max().item<double>(), share * largest) << key;
}

/// How far AdamW's first step moves a parameter when its gradient is off by `share` of the largest: little,
/// but where the gradient is not far above epsilon. [N], of the same places as `sampled`.
torch::Tensor stepTolerance(const Sampled& sampled, const torch::Tensor& gradient, double share) {
  const AdamWOptions options;
  const torch::Tensor g = sampled.of(gradient).to(at::kCPU, at::kDouble);
  const torch::Tensor off = share * gradient.abs().max().to(at::kCPU, at::kDouble);
  const auto step = [&](const torch::Tensor& of) {
    return options.learning_rate * of / (of.abs() + options.epsilon);
  };
  return step(g + off) - step(g - off);
}

void withoutDropout(torch::nn::Module& network) {
  for (const auto& module : network.modules()) {
    if (auto* dropout = module->as<torch::nn::DropoutImpl>()) dropout->options.p(0);
  }
}

TrainingTargets goldenTargets(at::Device device) {
  TrainingTargets targets;
  targets.labels = tensorOf(stepGolden(), "gt.voxel_semantics");
  targets.flow = tensorOf(stepGolden(), "gt.voxel_flows");
  const torch::Tensor shape = tensorOf(stepGolden(), "gt.depth_shape");
  const std::vector<std::int64_t> sizes(shape.data_ptr<std::int64_t>(), shape.data_ptr<std::int64_t>() + 4);
  targets.depth = at::zeros(sizes, at::kFloat);
  targets.depth.view({-1}).index_put_({tensorOf(stepGolden(), "gt.depth_flat_index")},
                                      tensorOf(stepGolden(), "gt.depth_values"));
  for (torch::Tensor* tensor : {&targets.labels, &targets.flow, &targets.depth})
    *tensor = tensor->to(device);
  return targets;
}

torch::Tensor goldenColumns() {
  return tensorOf(stepGolden(), "gt.hv_perm")
      .slice(1, 0, tensorOf(stepGolden(), "gt.hv_choose_num").item<std::int64_t>());
}

std::map<std::string, StateEntry> byName(const torch::nn::Module& network) {
  std::map<std::string, StateEntry> entries;
  for (const StateEntry& entry : stateOf(network))
    entries.emplace(entry.name, entry);
  return entries;
}

std::vector<std::string> parameterNames() {
  std::ifstream file(parityFolder() / "train_step_params.txt");
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);)
    names.push_back(line);
  return names;
}

/// Tolerances as shares of the largest value. Without `gradient` the gradients are compared as a whole: see
/// expectSpread().
struct StepTolerance {
  double loss, output;
  std::optional<double> gradient;
  double parameter;
};

/// In single precision a gradient moves by some percent when weights move by half an ulp (kinks of ReLU, a
/// sparse map): ten times what the reference's own moved by, at the median, the 95th percentile and the most.
void expectSpread(std::vector<double> deviations) {
  const nlohmann::json sensitivity = readJson(parityFolder() / "sensitivity_train.json");
  std::ranges::sort(deviations);
  const auto at = [&](double share) {
    return deviations[std::size_t(share * double(deviations.size() - 1))];
  };
  EXPECT_LT(at(0.5), 10 * sensitivity.at("grad_norm_rel_median").get<double>());
  EXPECT_LT(at(0.95), 10 * sensitivity.at("grad_norm_rel_p95").get<double>());
  EXPECT_LT(at(1), 10 * sensitivity.at("grad_norm_rel_max").get<double>());
}

/// The numbers of one run of the reference: those whose names begin with `run`.
class GoldenStep {
 public:
  GoldenStep(std::string run, at::Device device, at::ScalarType type, const StepTolerance& tolerance)
      : run_(std::move(run)), device_(device), tolerance_(tolerance), network_(tinyParityConfig()) {
    // A card's convolutions may be less than single precision when they are let.
    at::globalContext().setAllowTF32CuDNN(false);
    fillByFormula(*network_, paritySalt());
    if (type == at::kDouble) computePositionsInDouble(network_);
    network_->to(device, type);
    network_->train();
    network_->setRecompute(true);
    withoutDropout(*network_);
    input_ = onDevice(
        ForwardGoldens(parityFolder() / "train_step.npz", Tolerance(1)).input(network_->config(), type),
        device);
  }

  void step() {
    AdamW optimizer(*network_, {});
    const NetworkOutput output = network_->forward(input_);
    const LossTerms terms = trainingLoss(output, goldenTargets(device_), network_->config(), goldenColumns());
    compareForward(output, terms);
    terms.total().backward();
    compareGradients();
    const std::string total = run_ + "grad_total_norm_before_clip";
    EXPECT_NEAR(optimizer.clipGradients(5), number(total), tolerance_.gradient.value_or(0.1) * number(total));
    optimizer.step();
    compareStep();
  }

 private:
  void compareForward(const NetworkOutput& output, const LossTerms& terms) {
    expectNear(run_ + "train.occ_logits", output.voxels.logits, tolerance_.output);
    expectNear(run_ + "train.flow", output.voxels.flow, tolerance_.output);
    for (const auto& [name, term] : terms.named()) {
      const double expected = number(run_ + "loss." + std::string(name));
      EXPECT_NEAR(term.item<double>(), expected, tolerance_.loss * expected) << name;
    }
    EXPECT_NEAR(terms.total().item<double>(), number(run_ + "loss.total"),
                tolerance_.loss * number(run_ + "loss.total"));
  }

  void compareGradients() {
    const auto entries = byName(*network_);
    const std::vector<std::string> names = parameterNames();
    const torch::Tensor norms = tensorOf(stepGolden(), run_ + "grad_norm_all");
    ASSERT_EQ(std::int64_t(names.size()), norms.numel());
    const double total = number(run_ + "grad_total_norm_before_clip");
    std::size_t sampled = 0;
    std::vector<double> deviations;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const double expected = norms[std::int64_t(i)].item<double>();
      const torch::Tensor gradient = entries.at(names[i]).tensor.grad();
      ASSERT_EQ(gradient.defined(), !std::isnan(expected)) << names[i];
      // Biases before a batch norm have gradients that are nothing but rounding.
      if (std::isnan(expected) || (expected > 0 && expected < 1e-9 * total)) {
        noise_.insert(names[i]);
        continue;
      }
      if (!tolerance_.gradient) {
        if (expected > 0) deviations.push_back(std::abs(gradient.norm().item<double>() / expected - 1));
        continue;
      }
      EXPECT_NEAR(gradient.norm().item<double>(), expected, *tolerance_.gradient * expected) << names[i];
      if (!has(run_ + "grad." + names[i])) continue;
      expectNear(run_ + "grad." + names[i], gradient, *tolerance_.gradient);
      ++sampled;
    }
    EXPECT_LT(noise_.size(), names.size() / 10);
    if (!tolerance_.gradient) return expectSpread(deviations);
    std::size_t stored = 0;
    for (const std::string& name : names)
      stored += has(run_ + "grad." + name) && !noise_.contains(name) ? 1 : 0;
    EXPECT_GT(sampled, 0U);
    EXPECT_EQ(sampled, stored);
  }

  void compareStep() {
    const auto entries = byName(*network_);
    const std::vector<std::string> names = parameterNames();
    const torch::Tensor norms = tensorOf(stepGolden(), run_ + "param_norm_after_step_all");
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (noise_.contains(names[i])) continue;
      const torch::Tensor& parameter = entries.at(names[i]).tensor;
      const double expected = norms[std::int64_t(i)].item<double>();
      EXPECT_NEAR(parameter.norm().item<double>(), expected, tolerance_.parameter * expected) << names[i];
      const std::string key = run_ + "param_after." + names[i];
      if (!has(key)) continue;
      const Sampled sampled(key);
      const torch::Tensor off = (sampled.of(parameter).to(at::kCPU, at::kDouble) - sampled.values).abs();
      torch::Tensor allowed = tolerance_.parameter * sampled.values.abs().max();
      if (tolerance_.gradient)
        allowed = allowed + stepTolerance(sampled, parameter.grad(), *tolerance_.gradient);
      EXPECT_LE((off - allowed).max().item<double>(), 0) << key;
    }
    std::size_t statistics = 0;
    for (const auto& [name, entry] : entries) {
      if (!has(run_ + "bn_after." + name)) continue;
      expectNear(run_ + "bn_after." + name, entry.tensor, name.ends_with("tracked") ? 0 : tolerance_.output);
      ++statistics;
    }
    EXPECT_EQ(statistics, storedUnder(run_ + "bn_after."));
  }

  std::string run_;
  at::Device device_;
  StepTolerance tolerance_;
  HbevOcc network_;
  NetworkInput input_;
  std::set<std::string> noise_;
};

/// On every device that is here.
class train_step_parity : public testing::TestWithParam<at::DeviceType> {
 protected:
  void SetUp() override {
    const std::string lacking = lackingFiles({"formula_vectors.json", "forward_tiny.json", "train_step.npz",
                                              "train_step_params.txt", "sensitivity_train.json"});
    if (!lacking.empty()) GTEST_SKIP() << lacking;
  }
};
INSTANTIATE_TEST_SUITE_P(devices, train_step_parity, testing::ValuesIn(testDevices()),
                         [](const auto& instance) { return at::DeviceTypeName(instance.param, true); });

TEST_P(train_step_parity, in_double_precision) {
  if (parityFolderGiven() && storedUnder("f64.") == 0) GTEST_SKIP() << "this folder has no such run";
  // Stored in single precision; parts of two losses were computed in it.
  GoldenStep("f64.", GetParam(), at::kDouble, {3e-7, 1e-7, 1e-6, 1e-7}).step();
}

TEST_P(train_step_parity, in_single_precision) {
  GoldenStep("", GetParam(), at::kFloat, {1e-4, 5e-3, std::nullopt, 1e-2}).step();
}

TEST(train_step_schedule, warms_up_and_falls) {
  const LearningRateSchedule schedule{2e-4, 200, 1e-3, {1000, 2000}, 0.1};
  EXPECT_NEAR(schedule.at(0), 2e-7, 1e-20);
  EXPECT_DOUBLE_EQ(schedule.at(100), 2e-4 * (1 - 0.5 * 0.999));
  EXPECT_DOUBLE_EQ(schedule.at(199), 2e-4 * (1 - 0.005 * 0.999));
  EXPECT_DOUBLE_EQ(schedule.at(200), 2e-4);
  EXPECT_DOUBLE_EQ(schedule.at(999), 2e-4);
  EXPECT_DOUBLE_EQ(schedule.at(1000), 2e-5);
  EXPECT_DOUBLE_EQ(schedule.at(5000), 2e-6);

  LearningRateSchedule cosine{.base = 2e-4, .warmup_steps = 100, .cosine_steps = 1100};
  EXPECT_DOUBLE_EQ(cosine.at(100), 2e-4);
  EXPECT_DOUBLE_EQ(cosine.at(600), 1e-4);
  EXPECT_NEAR(cosine.at(1100), 0, 1e-19);
  EXPECT_NEAR(cosine.at(9999), 0, 1e-19);
}

TEST(ema_parity, one_update) {
  const std::string lacking = lackingFiles({"formula_vectors.json", "forward_tiny.json", "train_step.npz",
                                            "train_step.json", "mmcv_tiny_ema.pth"});
  if (!lacking.empty()) GTEST_SKIP() << lacking;
  const nlohmann::json expected = readJson(parityFolder() / "train_step.json");
  const std::int64_t updates = expected.at("ema_updates");
  const at::NoGradGuard no_gradient;
  HbevOcc network(tinyParityConfig());
  fillByFormula(*network, paritySalt());
  WeightAverage average(*network, {.updates = updates - 1});
  EXPECT_NEAR(average.decayAt(updates), expected.at("ema_decay_used"), 1e-12);

  // Where the file has the weights after the step, the network gets them.
  std::map<std::string, StateEntry> entries = byName(*network);
  std::set<std::string> known;
  for (auto& [name, entry] : entries) {
    for (const char* prefix : {"param_after.", "bn_after."}) {
      if (!has(prefix + name) || name.ends_with("tracked")) continue;
      const Sampled after(prefix + name);
      after.of(entry.tensor).copy_(after.values);
      known.insert(name);
    }
  }
  average.update(*network);
  EXPECT_EQ(average.updates(), updates);

  const CheckpointFile file(parityFolder() / "mmcv_tiny_ema.pth");
  std::map<std::string, torch::Tensor> reference;
  for (const CheckpointTensor& tensor : file.state())
    reference.emplace(tensor.name, readTensor(file, tensor));
  std::size_t compared = 0;
  for (const StateEntry& entry : average.entries()) {
    if (entry.name.ends_with("tracked")) {
      EXPECT_TRUE(entry.tensor.equal(reference.at(entry.name))) << entry.name;
    } else if (known.contains(entry.name)) {
      const std::string key = has("param_after." + entry.name) ? "param_after." : "bn_after.";
      const Sampled places(key + entry.name);
      const torch::Tensor ours = places.of(entry.tensor), theirs = places.of(reference.at(entry.name));
      EXPECT_LE((ours - theirs).abs().max().item<double>(), 2.4e-7 * theirs.abs().max().item<double>())
          << entry.name;
      if (has("ema_after." + entry.name)) expectNear("ema_after." + entry.name, entry.tensor, 2.4e-7);
      ++compared;
    }
  }
  EXPECT_GT(compared, 0U);
  EXPECT_EQ(compared, known.size());
}

}  // namespace
}  // namespace hbev::test
