// Steps of training on four made samples: the network learns them, and a run goes on as if it had not
// stopped.
#include "core/train/trainer.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <set>
#include <string>

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include "core/base/error.h"
#include "core/data/keyframe.h"
#include "core/model/checkpoint.h"
#include "core/model/network_input.h"
#include "core/model/training_memory.h"
#include "core/model/training_precision.h"
#include "core/ops/cpu_allocator.h"
#include "core/ops/memory.h"
#include "tests/base/temporary_folder.h"
#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

/// The tests of this program need some network and its inputs, not those of another folder of golden numbers.
[[maybe_unused]] const bool own_numbers = ::setenv("HBEV_PARITY_DIR", "", 1) == 0;

namespace fs = std::filesystem;

/// Two batches of two samples: cameras of the golden numbers, pictures by formula, and a street with two
/// boxes that stand elsewhere in each.
std::vector<TrainingBatch> madeBatches() {
  const ModelConfig config = tinyParityConfig();
  const ForwardGoldens cameras(parityFolder() / "forward_tiny_b2.npz", Tolerance(1));
  std::vector<TrainingBatch> batches(2);
  for (std::int64_t number = 0; number < 2; ++number) {
    TrainingBatch& batch = batches[std::size_t(number)];
    batch.input = cameras.input(config, at::kFloat);
    batch.input.pictures = batch.input.pictures.roll(7 * number, 5);
    torch::Tensor labels = at::full({2, 32, 32, 16}, 16, at::kByte);
    labels.slice(3, 0, 2).fill_(10);
    torch::Tensor flow = at::zeros({2, 32, 32, 16, 2}, at::kFloat);
    for (std::int64_t sample = 0; sample < 2; ++sample) {
      const std::int64_t x = 4 + 6 * (2 * number + sample);
      labels[sample].slice(0, x, x + 4).slice(1, 12, 14).slice(2, 2, 5).fill_(0);
      flow[sample].slice(0, x, x + 4).slice(1, 12, 14).slice(2, 2, 5).fill_(3);
      labels[sample].slice(1, 26).slice(2, 2, 12).fill_(14);
    }
    const torch::Tensor depth = at::zeros({2, kCameraCount, 64, 176}, at::kFloat);
    depth.slice(2, 20, 64, 7).slice(3, 3, 176, 11).fill_(12.3 + 4 * double(number));
    batch.targets = {labels, flow, {}, depth};
  }
  return batches;
}

TrainerOptions quickOptions() {
  TrainerOptions options;
  options.schedule = {2e-3, 4, 0.1, {}, 0.1};
  options.seed = 11;
  return options;
}

HbevOcc madeNetwork() {
  HbevOcc network(tinyParityConfig());
  fillByFormula(*network, paritySalt());
  return network;
}

TEST(Trainer, LearnsFourSamplesByHeart) {
  const std::vector<TrainingBatch> batches = madeBatches();
  Trainer trainer(madeNetwork(), quickOptions());
  double first = 0, last = 0;
  constexpr int kSteps = 16;
  for (int step = 0; step < kSteps; ++step) {
    const StepReport report = trainer.step(batches[std::size_t(step % 2)]);
    EXPECT_EQ(report.step, step);
    EXPECT_EQ(report.losses.size(), 7U);
    EXPECT_GT(report.gradient_norm, 0);
    if (step < 2) first += report.loss;
    if (step >= kSteps - 2) last += report.loss;
  }
  EXPECT_LT(last, 0.5 * first) << first << " -> " << last;
}

void expectSameWeights(Trainer& a, Trainer& b) {
  const std::vector<StateEntry> ours = stateOf(*a.network()), theirs = stateOf(*b.network());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_TRUE(ours[i].tensor.equal(theirs[i].tensor)) << ours[i].name;
    EXPECT_TRUE(a.average().entries()[i].tensor.equal(b.average().entries()[i].tensor)) << ours[i].name;
  }
}

TEST(Trainer, GoesOnAsIfItHadNotStopped) {
  const TemporaryFolder folder;
  const fs::path file = folder / "trainer_resume.pth";
  const std::vector<TrainingBatch> batches = madeBatches();
  Trainer whole(madeNetwork(), quickOptions());
  whole.step(batches[0]);
  whole.save(file);

  HbevOcc averaged(tinyParityConfig());
  loadCheckpoint(file, *averaged, {.averaged = true});
  const std::vector<StateEntry> average = stateOf(*averaged);
  for (std::size_t i = 0; i < average.size(); ++i)
    EXPECT_TRUE(average[i].tensor.equal(whole.average().entries()[i].tensor)) << average[i].name;

  // Its weights are others until it resumes.
  Trainer resumed(HbevOcc(tinyParityConfig()), quickOptions());
  resumed.resume(file);
  EXPECT_EQ(resumed.stepsDone(), 1);
  EXPECT_EQ(resumed.average().updates(), whole.average().updates());
  expectSameWeights(whole, resumed);
  for (int step = 1; step < 3; ++step) {
    const StepReport ours = whole.step(batches[std::size_t(step % 2)]);
    const StepReport theirs = resumed.step(batches[std::size_t(step % 2)]);
    EXPECT_EQ(ours.step, theirs.step);
    EXPECT_EQ(ours.loss, theirs.loss);
    EXPECT_EQ(ours.gradient_norm, theirs.gradient_norm);
  }
  expectSameWeights(whole, resumed);
}

TEST(LossScale, GrowsAndFallsAsPyTorchs) {
  LossScale scale{.growth_interval = 3};
  scale.update(true);
  scale.update(true);
  EXPECT_EQ(scale.scale, 65536);
  scale.update(true);
  EXPECT_EQ(scale.scale, 131072);
  scale.update(true);
  scale.update(false);  // the count begins again
  EXPECT_EQ(scale.scale, 65536);
  scale.update(true);
  scale.update(true);
  EXPECT_EQ(scale.scale, 65536);
  EXPECT_EQ(scale.good_steps, 2);
  EXPECT_FALSE(scale.isSpent());
  EXPECT_TRUE(LossScale{.scale = 1e-4}.isSpent());
}

TEST(Trainer, TheLossScaleChangesNoNumberAndLeavesOutWhatOverflows) {
  const TemporaryFolder folder;
  const fs::path file = folder / "trainer_scale.pth";
  const std::vector<TrainingBatch> batches = madeBatches();
  TrainerOptions options = quickOptions();
  Trainer plain(madeNetwork(), options);
  options.scale_loss = true;
  options.loss_scale.growth_interval = 2;
  Trainer scaled(madeNetwork(), options);
  const StepReport expected = plain.step(batches[0]), found = scaled.step(batches[0]);
  EXPECT_EQ(found.loss_scale, 65536);
  EXPECT_EQ(found.loss, expected.loss);
  EXPECT_EQ(found.gradient_norm, expected.gradient_norm);
  expectSameWeights(plain, scaled);
  scaled.save(file);

  // The count of good steps goes on, and the next one doubles the scale.
  options.loss_scale.scale = 1e42;  // overflows
  Trainer resumed(HbevOcc(tinyParityConfig()), options);
  const torch::Tensor before = resumed.network()->parameters()[5].detach().clone();
  const StepReport left_out = resumed.step(batches[0]);
  EXPECT_TRUE(left_out.was_left_out);
  EXPECT_EQ(resumed.stepsDone(), 1);
  EXPECT_TRUE(resumed.network()->parameters()[5].equal(before));
  resumed.resume(file);
  EXPECT_EQ(resumed.step(batches[1]).loss_scale, 65536);
  EXPECT_EQ(resumed.step(batches[0]).loss_scale, 131072);
}

struct HalfCase {
  at::DeviceType device;
  at::ScalarType type;
};

std::vector<HalfCase> halfCases() {
  std::vector<HalfCase> cases;
  for (const at::DeviceType device : testDevices()) {
    cases.push_back({device, at::kBFloat16});
    if (device == at::kCUDA) cases.push_back({device, at::kHalf});
  }
  return cases;
}

class HalfTraining : public testing::TestWithParam<HalfCase> {
 protected:
  void SetUp() override {
    for (TrainingBatch& batch : batches_) {
      batch.input = onDevice(batch.input, device_);
      for (torch::Tensor* tensor : {&batch.targets.labels, &batch.targets.flow, &batch.targets.depth})
        *tensor = tensor->to(device_);
    }
  }
  Trainer trainer(at::ScalarType type) const {
    TrainerOptions options = quickOptions();
    options.half = type;
    options.scale_loss = type == at::kHalf;
    HbevOcc network = madeNetwork();
    network->to(device_);
    return {network, options};
  }

  at::Device device_{GetParam().device};
  std::vector<TrainingBatch> batches_ = madeBatches();
};
INSTANTIATE_TEST_SUITE_P(All, HalfTraining, testing::ValuesIn(halfCases()), [](const auto& instance) {
  return std::string(at::DeviceTypeName(instance.param.device, true)) + "_" +
         at::toString(instance.param.type);
});

/// Names of the parameters that the optimizer has seen a gradient of. All are in single precision.
std::set<std::string> trainedOf(const Trainer& trainer) {
  std::set<std::string> names;
  for (const AdamW::State& state : trainer.optimizerStates()) {
    EXPECT_EQ(state.parameter.scalar_type(), at::kFloat) << state.name;
    if (state.mean.defined()) names.insert(state.name);
  }
  return names;
}

/// Of the last layers, by their directions: through many batch norms the gradient of random weights is known
/// badly even in single precision.
void expectLikeGradients(const Trainer& ours, const Trainer& theirs) {
  int compared = 0;
  for (std::size_t i = 0; i < ours.optimizerStates().size(); ++i) {
    const AdamW::State &a = ours.optimizerStates()[i], &b = theirs.optimizerStates()[i];
    if (!a.name.starts_with("occupancy_head.predicter")) continue;
    const double cosine = (a.mean * b.mean).sum().item<double>() /
                          (a.mean.norm().item<double>() * b.mean.norm().item<double>());
    EXPECT_GT(cosine, 0.85) << a.name;
    ++compared;
  }
  EXPECT_EQ(compared, 8);
}

TEST_P(HalfTraining, StaysNearFloatLearnsAndGoesOn) {
  Trainer plain = trainer(at::ScalarType::Undefined), half = trainer(GetParam().type);
  const StepReport whole = plain.step(batches_[0]), rounded = half.step(batches_[0]);
  ASSERT_FALSE(rounded.was_left_out);
  EXPECT_NE(rounded.loss, whole.loss);  // it does round
  EXPECT_NEAR(rounded.loss, whole.loss, 0.03 * whole.loss);
  EXPECT_EQ(trainedOf(half), trainedOf(plain));
  expectLikeGradients(half, plain);
  const auto begin = std::chrono::steady_clock::now();
  constexpr int kMoreSteps = 4;
  double last = 0;
  for (int step = 0; step < kMoreSteps; ++step)
    last = half.step(batches_[0]).loss;
  EXPECT_LT(last, 0.85 * rounded.loss);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
  if (device_.is_cuda())
    std::printf("  a tiny step in %s: %.1f ms\n", at::toString(GetParam().type), taken.count() / kMoreSteps);

  const TemporaryFolder folder;
  const fs::path file = folder / "trainer_half.pth";
  half.save(file);
  Trainer resumed = trainer(GetParam().type);
  resumed.resume(file);
  const double ours = half.step(batches_[1]).loss, theirs = resumed.step(batches_[1]).loss;
  EXPECT_NEAR(theirs, ours, device_.is_cuda() ? 1e-3 * ours : 0);  // cards add in any order
  if (device_.is_cuda()) return;
  expectSameWeights(half, resumed);
}

TEST(Trainer, SeveralBatchesMakeOneStep) {
  const std::vector<TrainingBatch> batches = madeBatches();
  std::vector<double> alone;
  for (const TrainingBatch& batch : batches)
    alone.push_back(Trainer(madeNetwork(), quickOptions()).step(batch).loss);
  Trainer trainer(madeNetwork(), quickOptions());
  const StepReport report = trainer.step(batches);
  EXPECT_EQ(trainer.stepsDone(), 1);
  ASSERT_EQ(report.losses.size(), 7U);
  double sum = 0;
  for (const auto& [name, loss] : report.losses)
    sum += loss;
  EXPECT_NEAR(report.loss, sum, 1e-5 * sum);
  // The second batch draws other columns and drops out other cells than it does alone.
  EXPECT_NEAR(report.loss, (alone[0] + alone[1]) / 2, 0.03 * report.loss);
  EXPECT_GT(std::abs(alone[0] - alone[1]), 1e-4);
}

TEST(Trainer, WhatDoesNotFitIsNotResumed) {
  const TemporaryFolder folder;
  const fs::path file = folder / "trainer_refused.pth";
  Trainer trainer(madeNetwork(), quickOptions());
  trainer.save(file);
  ModelConfig other = tinyParityConfig();
  other.backward.feedforward *= 2;
  Trainer wider{HbevOcc(other), quickOptions()};
  EXPECT_THROW(wider.resume(file), Error);
  EXPECT_EQ(wider.stepsDone(), 0);

  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_THROW(trainer.resume(file), Error);
  EXPECT_THROW(trainer.resume(parityFolder() / "mmcv_tiny_ema.pth"), Error);
}

TEST(Trainer, ALossThatIsNotFiniteChangesNoWeight) {
  std::vector<TrainingBatch> batches = madeBatches();
  Trainer trainer(madeNetwork(), quickOptions());
  const torch::Tensor before = trainer.network()->parameters()[5].detach().clone();
  batches[0].input.pictures.flatten()[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(trainer.step(batches[0]), Error);
  EXPECT_EQ(trainer.stepsDone(), 0);
  EXPECT_TRUE(trainer.network()->parameters()[5].equal(before));
}

TEST(Trainer, ALossThatIsNotFiniteInOneOfSeveralBatchesIsNoStep) {
  std::vector<TrainingBatch> batches = madeBatches();
  ASSERT_GE(batches.size(), 2U);
  Trainer trainer(madeNetwork(), quickOptions());
  const torch::Tensor before = trainer.network()->parameters()[5].detach().clone();
  batches[1].input.pictures.flatten()[0] = std::numeric_limits<float>::quiet_NaN();
  try {
    trainer.step(batches);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("The loss of step 1 is not finite"), std::string::npos)
        << error.what();
  }
  EXPECT_EQ(trainer.stepsDone(), 0);
  EXPECT_TRUE(trainer.network()->parameters()[5].equal(before));
}

/// While it lives, what the processor's tensors hold is counted, of those that were made since.
class TensorCount {
 public:
  TensorCount() {
    { const MemoryReuse installed; }  // its allocator must be there before, or it would take this one's place
    before_ = c10::GetCPUAllocator();
    c10::SetCPUAllocator(&allocator_);
    held_ = most_ = 0;
  }
  ~TensorCount() { c10::SetCPUAllocator(before_); }
  TensorCount(const TensorCount&) = delete;
  TensorCount& operator=(const TensorCount&) = delete;
  static double mostBytes() { return double(most_); }

 private:
  static at::DataPtr take(std::size_t bytes) {
    void* block = c10::alloc_cpu(bytes);
    const std::int64_t now = held_ += std::int64_t(malloc_usable_size(block));
    std::int64_t most = most_;
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
    return {block, block, &release, at::Device(at::kCPU)};
  }
  static void release(void* block) {
    held_ -= std::int64_t(malloc_usable_size(block));
    c10::free_cpu(block);
  }

  CpuAllocator allocator_{&take, &release};
  at::Allocator* before_ = nullptr;
  inline static std::atomic<std::int64_t> held_{0}, most_{0};
};

std::uint64_t parametersOf(const torch::nn::Module& network) {
  std::uint64_t count = 0;
  for (const torch::Tensor& parameter : network.parameters())
    count += parameter.requires_grad() ? std::uint64_t(parameter.numel()) : 0;
  return count;
}

TEST(TrainingMemory, IsWhatAStepTakes) {
  std::vector<double> guessed, held;
  for (const bool recompute : {true, false}) {
    const TensorCount count;
    const TrainingBatch batch = madeBatches().front();
    TrainerOptions options = quickOptions();
    options.recompute = recompute;
    Trainer trainer(madeNetwork(), options);
    trainer.step(batch);
    trainer.step(batch);  // with the moments that the first one made
    ModelConfig config = trainer.network()->config();
    config.training.batch_size = 2;
    config.training.recompute = recompute;
    guessed.push_back(double(trainingTensorBytes(config, parametersOf(*trainer.network()))));
    held.push_back(TensorCount::mostBytes());
    // A process takes more than its tensors hold at a time.
    EXPECT_GT(guessed.back(), held.back());
    EXPECT_LT(guessed.back(), 2.5 * held.back());
  }
  EXPECT_NEAR((guessed[1] - guessed[0]) / (held[1] - held[0]), 1, 0.25)
      << "recomputing saves " << (held[1] - held[0]) / 1e6 << " MB";
}

TEST(TrainingPrecision, IsToldBeforeATrainingBegins) {
  TrainingConfig config;
  EXPECT_EQ(precisionWarning(config, "cpu"), "");
  EXPECT_NO_THROW(demandPrecision(config, "cpu"));
  config.precision = "bfloat16";
  EXPECT_NE(precisionWarning(config, "cpu").find("slower"), std::string::npos);
  EXPECT_EQ(precisionWarning(config, "cuda:1"), "");
  EXPECT_NO_THROW(demandPrecision(config, "cpu"));
  config.precision = "float16";
  EXPECT_THROW(demandPrecision(config, "cpu"), Error);
  EXPECT_NE(precisionWarning(config, "cpu"), "");
  EXPECT_NO_THROW(demandPrecision(config, "cuda:0"));
}

TEST(TrainingMemory, IsWithinTenPercentOfWhatRunsTook) {
  struct Run {
    const char* config;
    std::uint64_t parameters;
    int batch;
    double with_recomputing_mb, without_mb;  // as docs/performance.md has them; 0: not measured
    const char* precision = "float32";
  };
  for (const Run& run : {Run{"tiny", 527'288, 1, 346, 348},
                         {"tiny", 527'288, 2, 415, 429},
                         {"demo", 2'615'114, 1, 1521, 1554},
                         {"demo", 2'615'114, 2, 2647, 2700},
                         {"hbevocc-r50-256x704-1f-openocc", 74'600'000, 1, 6462, 0},
                         {"tiny", 527'288, 2, 382, 380, "bfloat16"},
                         {"demo", 2'615'114, 1, 1404, 1414, "bfloat16"},
                         {"demo", 2'615'114, 2, 2402, 0, "bfloat16"}}) {
    ModelConfig config = findModelConfig(run.config);
    config.training.batch_size = run.batch;
    config.training.precision = run.precision;
    for (const bool recompute : {true, false}) {
      config.training.recompute = recompute;
      const double took_mb = recompute ? run.with_recomputing_mb : run.without_mb;
      const double guessed_mb = double(trainingMemoryNeeded(config, run.parameters)) / 1e6;
      if (took_mb == 0) continue;
      EXPECT_NEAR(guessed_mb / took_mb, 1, 0.1) << run.config << " " << guessed_mb << " MB";
    }
  }
}

}  // namespace
}  // namespace hbev::test
