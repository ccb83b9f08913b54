// Training: step after step, in one process or in several that have a part of each batch, and checkpoints
// from which a run goes on as if it had never stopped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/ops/device_moment.h"
#include "core/train/ema.h"
#include "core/train/gradient_sum.h"
#include "core/train/loss_scale.h"
#include "core/train/losses/training_loss.h"
#include "core/train/optimizer.h"
#include "core/train/schedule.h"

namespace hbev {

/// On the network's device and of its type (targets: any floating type).
struct TrainingBatch {
  NetworkInput input;
  TrainingTargets targets;
};

/// Copies to a card go on while the caller does other things, in the order of the card's work.
TrainingBatch batchOn(TrainingBatch batch, const torch::Device& device);

struct TrainerOptions {
  AdamWOptions optimizer;
  LearningRateSchedule schedule;
  EmaOptions average;
  LossWeights weights;
  double clip_norm = 5;
  bool recompute = true;  ///< activation checkpointing, as the reference trains
  /// What convolutions and products of matrices round to: at::kHalf, at::kBFloat16; Undefined: nothing.
  at::ScalarType half = at::ScalarType::Undefined;
  bool scale_loss = false;  ///< as float16 needs it
  LossScale loss_scale;     ///< to begin with
  std::uint64_t seed = 0;   ///< of dropout and of the height loss's columns
  /// The processes that train together, each with its part of every batch, one after the other by rank. All
  /// report the same of a step, and have the same weights after it. Null: one process.
  std::shared_ptr<Peers> peers;

  /// As the configuration says, for so many steps in all; `steps_per_epoch`: how many see each keyframe once.
  static TrainerOptions of(const TrainingConfig& config, std::int64_t total_steps, double steps_per_epoch);
};

struct StepReport {
  std::int64_t step = 0;  ///< the first is 0
  double learning_rate = 0;
  double gradient_norm = 0;                            ///< before it was bounded
  std::vector<std::pair<std::string, double>> losses;  ///< weighted, by the names of LossTerms::named()
  double loss = 0;                                     ///< their sum
  double forward_seconds = 0, backward_seconds = 0;
  double loss_scale = 1;      ///< of this step
  bool was_left_out = false;  ///< a scaled gradient was not finite: no weight was changed
};

/// Not for several threads. The random numbers of a step depend on the seed and the step alone: it seeds
/// LibTorch's default generators at its beginning.
class Trainer {
 public:
  /// Trains `network` as it is. It is switched to training.
  Trainer(HbevOcc network, const TrainerOptions& options);

  /// Weights, optimizer, average and step of the first process, in all of them.
  void copyFromFirst();

  /// Throws Error when the loss or its gradient is not finite: the weights are those of before, but the
  /// statistics of batch norms are not; the last checkpoint is good. With a loss scale the step is left out
  /// instead, as long as a smaller scale may help.
  StepReport step(const TrainingBatch& batch) { return step(std::span(&batch, 1)); }
  /// The gradients of several batches together, as if they were one (but for the statistics of batch norms,
  /// which each has for itself): larger steps than memory has room for.
  StepReport step(std::span<const TrainingBatch> batches);
  std::int64_t stepsDone() const { return steps_; }

  HbevOcc& network() { return network_; }
  const WeightAverage& average() const { return average_; }
  const std::vector<AdamW::State>& optimizerStates() const { return optimizer_.states(); }

  /// Weights, optimizer, average and step: mmcv's layout with "ema" beside it. The file appears whole. Throws
  /// Error when it cannot be written.
  void save(const std::filesystem::path& file) const;
  /// The average's weights alone, to predict with. The file appears whole. Throws Error.
  void saveAverage(const std::filesystem::path& file) const;
  /// On a CPU the following steps then give the same numbers as those of the trainer that wrote the file.
  /// Throws Error when the file is damaged, was not written by save(), or is of another network; then nothing
  /// was changed.
  void resume(const std::filesystem::path& file);

 private:
  /// The network's answer, in float whatever it computes in: losses are not for half precision.
  NetworkOutput answerTo(const NetworkInput& input);
  torch::Tensor columnsFor(const torch::Tensor& labels, std::uint64_t seed) const;
  /// What a batch's losses were and when, still on its device: a card is waited for once a step.
  struct BatchLosses {
    std::vector<torch::Tensor> values{};  ///< scalars, double: the sum, then the terms
    std::vector<std::string> names{};     ///< of the terms
    DeviceMoment begin{}, middle{}, end{};
  };
  /// Of the batch's loss times `factor`.
  BatchLosses addGradients(const TrainingBatch& batch, double factor, std::uint64_t seed);
  /// Means and times of the step's batches. Throws Error when a loss is not finite and the step is not to be
  /// left out for that.
  void tell(std::span<const BatchLosses> batches, StepReport& report) const;

  HbevOcc network_;
  TrainerOptions options_;
  AdamW optimizer_;
  WeightAverage average_;
  std::optional<GradientSum> gradient_sum_;
  LossScale loss_scale_;
  std::int64_t steps_ = 0;
};

}  // namespace hbev
