// Steps of training on four made samples: the network learns them, and a run goes on as if it had not
// stopped.
#include "core/train/trainer.h"

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <malloc.h>

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <torch/version.h>

#include "core/base/error.h"
#include "core/model/checkpoint.h"
#include "core/model/training_memory.h"
#include "core/ops/memory.h"
#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

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
    const torch::Tensor depth = at::zeros({2, kCameras, 64, 176}, at::kFloat);
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
  const fs::path file = fs::path(testing::TempDir()) / "trainer_resume.pth";
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
  fs::remove(file);
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
  const fs::path file = fs::path(testing::TempDir()) / "trainer_refused.pth";
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
  fs::remove(file);
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

/// While it lives, what the processor's tensors hold is counted, of those that were made since.
class TensorCount final : public at::Allocator {
 public:
  TensorCount() {
    { const MemoryReuse installed; }  // its allocator must be there before, or it would take this one's place
    before_ = c10::GetCPUAllocator();
    c10::SetCPUAllocator(this);
    held_ = most_ = 0;
  }
  ~TensorCount() override { c10::SetCPUAllocator(before_); }
  static double mostBytes() { return double(most_); }

#if TORCH_VERSION_MAJOR >= 2
  at::DataPtr allocate(std::size_t bytes) override {
    return take(bytes);
  }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
#else
  at::DataPtr allocate(std::size_t bytes) const override {
    return take(bytes);
  }
#endif
  at::DeleterFnPtr raw_deleter() const override {
    return &release;
  }

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

TEST(TrainingMemory, IsWithinTenPercentOfWhatRunsTook) {
  struct Run {
    const char* config;
    std::uint64_t parameters;
    int batch;
    double with_recomputing_mb, without_mb;  // as docs/performance.md has them; 0: not measured
  };
  for (const Run& run : {Run{"tiny", 527'288, 1, 346, 348},
                         {"tiny", 527'288, 2, 415, 429},
                         {"demo", 2'615'114, 1, 1521, 1554},
                         {"demo", 2'615'114, 2, 2647, 2700},
                         {"hbevocc-r50-256x704-1f-openocc", 74'600'000, 1, 6462, 0}}) {
    ModelConfig config = findModelConfig(run.config);
    config.training.batch_size = run.batch;
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
