#include "core/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include "core/base/error.h"
#include "core/model/checkpoint.h"
#include "core/model/checkpoint_writer.h"
#include "core/model/half_precision.h"
#include "core/model/network_input.h"
#include "core/train/losses/height.h"

namespace hbev {
namespace {

using Dict = CheckpointValue::Dict;

CheckpointValue text(const char* value) {
  return {std::string(value)};
}

/// Well mixed, so that neighbouring steps have nothing in common (splitmix64's finalizer).
std::uint64_t stepSeed(std::uint64_t seed, std::int64_t step) {
  std::uint64_t z = seed + (std::uint64_t(step) + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

[[noreturn]] void failNotFinite(const char* what, double value, std::int64_t step) {
  throw Error(
      {.summary = fmt::format("{} of step {} is not finite", what, step),
       .file = {},
       .expected = "a number",
       .found = fmt::format("{}", value),
       .advice = "Go on from the last checkpoint, with a smaller learning rate if it happens again."});
}

/// A tensor of the file for `like`.
torch::Tensor storedTensor(const CheckpointFile& file, const PickleValue& value, const torch::Tensor& like,
                           const std::string& name) {
  const auto stored = file.tensorOf(value);
  if (!stored || at::IntArrayRef(stored->shape) != like.sizes()) {
    throw Error({.summary = fmt::format("The state of {} does not fit the network", name),
                 .file = file.file(),
                 .expected = fmt::format("a tensor of {} values", like.numel()),
                 .found = stored ? stored->description() : value.description(),
                 .advice = "Resume with the configuration that the run was started with."});
  }
  return readTensor(file, *stored).to(like.options(), /*non_blocking=*/false, /*copy=*/true);
}

Dict optimizerState(const AdamW& optimizer) {
  Dict states;
  CheckpointValue::List indices;
  for (std::size_t i = 0; i < optimizer.states().size(); ++i) {
    const AdamW::State& state = optimizer.states()[i];
    indices.push_back({std::int64_t(i)});
    if (!state.mean.defined()) continue;
    states.push_back({{std::int64_t(i)},
                      {Dict{{text("step"), {state.steps}},
                            {text("exp_avg"), {state.mean}},
                            {text("exp_avg_sq"), {state.square}}}}});
  }
  const AdamWOptions& options = optimizer.options();
  const Dict group{{text("lr"), {options.learning_rate}},
                   {text("betas"), {CheckpointValue::List{{options.beta1}, {options.beta2}}}},
                   {text("eps"), {options.epsilon}},
                   {text("weight_decay"), {options.weight_decay}},
                   {text("amsgrad"), {false}},
                   {text("params"), {indices}}};
  return {{text("state"), {states}}, {text("param_groups"), {CheckpointValue::List{{group}}}}};
}

Dict averageDict(const WeightAverage& average) {
  Dict weights;
  for (const StateEntry& entry : average.entries())
    weights.push_back({{entry.name}, {entry.tensor}});
  return weights;
}

/// The optimizer's states as the file has them.
std::vector<AdamW::State> storedStates(const CheckpointFile& file, std::vector<AdamW::State> states) {
  for (AdamW::State& state : states) {
    state.mean = state.square = torch::Tensor();
    state.steps = 0;
  }
  for (const PickleEntry& entry : file.root().at("optimizer").at("state").entries()) {
    const std::int64_t index = entry.key.integer();
    if (index < 0 || std::size_t(index) >= states.size()) {
      throw Error({.summary = "The optimizer's state is of another network",
                   .file = file.file(),
                   .expected = fmt::format("{} parameters", states.size()),
                   .found = fmt::format("number {}", index),
                   .advice = "Resume with the configuration that the run was started with."});
    }
    AdamW::State& state = states[std::size_t(index)];
    state.steps = entry.value.at("step").integer();
    state.mean = storedTensor(file, entry.value.at("exp_avg"), state.parameter, state.name);
    state.square = storedTensor(file, entry.value.at("exp_avg_sq"), state.parameter, state.name);
  }
  return states;
}

/// As PyTorch's GradScaler has it in its state_dict().
Dict scalerState(const LossScale& scale) {
  return {{text("scale"), {scale.scale}},
          {text("growth_factor"), {scale.growth}},
          {text("backoff_factor"), {scale.backoff}},
          {text("growth_interval"), {std::int64_t(scale.growth_interval)}},
          {text("_growth_tracker"), {std::int64_t(scale.good_steps)}}};
}

/// `scale` where the file has none: it was written in another precision.
LossScale storedScale(const CheckpointFile& file, LossScale scale) {
  const PickleValue* stored = file.root().find("scaler");
  if (!stored) return scale;
  scale.scale = stored->at("scale").number();
  scale.good_steps =
      int(std::clamp<std::int64_t>(stored->at("_growth_tracker").integer(), 0, scale.growth_interval - 1));
  if (std::isfinite(scale.scale) && scale.scale > 0) return scale;
  throw Error({.summary = "The loss scale makes no sense",
               .file = file.file(),
               .expected = "a positive number",
               .found = fmt::format("{}", scale.scale),
               .advice = "Go on from an earlier checkpoint."});
}

at::ScalarType halfType(const std::string& precision) {
  if (precision == "float16") return at::kHalf;
  return precision == "bfloat16" ? at::kBFloat16 : at::ScalarType::Undefined;
}

}  // namespace

TrainingBatch batchOn(TrainingBatch batch, const torch::Device& device) {
  batch.input = onDevice(std::move(batch.input), device);
  for (torch::Tensor* tensor :
       {&batch.targets.labels, &batch.targets.flow, &batch.targets.camera_mask, &batch.targets.depth}) {
    if (tensor->defined()) *tensor = onDevice(*tensor, device);
  }
  return batch;
}

TrainerOptions TrainerOptions::of(const TrainingConfig& config, std::int64_t total_steps,
                                  double steps_per_epoch) {
  TrainerOptions options;
  options.optimizer.learning_rate = options.schedule.base = config.learning_rate;
  options.optimizer.weight_decay = config.weight_decay;
  options.schedule.warmup_steps = config.warmup_iterations;
  options.schedule.warmup_ratio = config.warmup_ratio;
  if (config.schedule == "cosine") options.schedule.cosine_steps = total_steps;
  for (const int epoch : config.falls)
    options.schedule.falls.push_back(std::llround(epoch * steps_per_epoch));
  options.schedule.factor = config.fall_factor;
  options.half = halfType(config.precision);
  options.scale_loss = options.half == at::kHalf;
  options.average = {config.ema_decay, config.ema_updates};
  options.clip_norm = config.clip_norm;
  options.recompute = config.recompute;
  return options;
}

Trainer::Trainer(HbevOcc network, const TrainerOptions& options)
    : network_(std::move(network)),
      options_(options),
      optimizer_(*network_, options.optimizer),
      average_(*network_, options.average),
      loss_scale_(options.loss_scale) {
  network_->train();
  network_->setRecompute(options.recompute);
  setPeers(*network_, options.peers);
  if (!options.peers) return;
  std::vector<torch::Tensor> parameters;
  for (const AdamW::State& state : optimizer_.states())
    parameters.push_back(state.parameter);
  gradient_sum_.emplace(std::move(parameters), options.peers);
}

void Trainer::copyFromFirst() {
  if (!options_.peers) return;
  const at::NoGradGuard no_gradient;
  const auto copy = [&](const torch::Tensor& tensor) {
    const torch::Tensor values = tensor.detach().contiguous();
    options_.peers->copyFromFirst(values);
    if (values.data_ptr() != tensor.data_ptr()) tensor.copy_(values);
  };
  for (const StateEntry& entry : stateOf(*network_))
    copy(entry.tensor.detach());
  for (const StateEntry& entry : average_.entries())
    copy(entry.tensor);
  const torch::Tensor counts = at::tensor({steps_, average_.updates()}, at::kLong);
  std::vector<std::int64_t> optimizer_steps;
  for (const AdamW::State& state : optimizer_.states())
    optimizer_steps.push_back(state.mean.defined() ? state.steps : -1);
  const torch::Tensor progress = at::tensor(optimizer_steps, at::kLong);
  const torch::Tensor scale = at::tensor({loss_scale_.scale, double(loss_scale_.good_steps)}, at::kDouble);
  copy(counts);
  copy(progress);
  copy(scale);
  loss_scale_.scale = scale[0].item<double>();
  loss_scale_.good_steps = int(scale[1].item<double>());
  steps_ = counts[0].item<std::int64_t>();
  average_.setUpdates(counts[1].item<std::int64_t>());
  for (std::size_t i = 0; i < optimizer_steps.size(); ++i) {
    AdamW::State& state = optimizer_.states()[i];
    const std::int64_t steps = progress.data_ptr<std::int64_t>()[i];
    if (steps < 0) continue;
    state.steps = steps;
    if (!state.mean.defined()) state.mean = at::zeros_like(state.parameter);
    if (!state.square.defined()) state.square = at::zeros_like(state.parameter);
    copy(state.mean);
    copy(state.square);
  }
}

torch::Tensor Trainer::columnsFor(const torch::Tensor& labels, std::uint64_t seed) const {
  const std::int64_t samples = labels.size(0), columns = labels.size(1) * labels.size(2);
  const at::Generator generator = at::detail::createCPUGenerator(~seed);
  if (!options_.peers) return chooseColumns(samples, columns, kHeightLossColumns, generator);
  return chooseColumns(samples * options_.peers->count(), columns, kHeightLossColumns, generator)
      .narrow(0, samples * options_.peers->rank(), samples);
}

NetworkOutput Trainer::answerTo(const NetworkInput& input) {
  const HalfPrecision half(input.pictures.device(), options_.half);
  NetworkOutput output = network_->forward(input);
  for (torch::Tensor* tensor : {&output.voxels.logits, &output.voxels.flow, &output.depth})
    *tensor = atLeastFloat(*tensor);
  return output;
}

Trainer::BatchLosses Trainer::addGradients(const TrainingBatch& batch, double factor, std::uint64_t seed) {
  const torch::Device device = batch.input.pictures.device();
  BatchLosses losses{.begin = DeviceMoment(device)};
  at::manual_seed(seed);
  const LossTerms terms =
      trainingLoss(answerTo(batch.input), batch.targets, network_->config(),
                   columnsFor(batch.targets.labels, seed), options_.weights, options_.peers.get());
  const torch::Tensor total = terms.total();
  losses.values.push_back(total.detach().to(at::kDouble).reshape({}));
  for (const auto& [name, term] : terms.named()) {
    if (!term.defined()) continue;
    losses.names.emplace_back(name);
    losses.values.push_back(term.detach().to(at::kDouble).reshape({}));
  }
  losses.middle = DeviceMoment(device);
  (factor == 1 ? total : total * factor).backward();
  losses.end = DeviceMoment(device);
  return losses;
}

void Trainer::tell(std::span<const BatchLosses> batches, StepReport& report) const {
  std::vector<torch::Tensor> values;
  for (const BatchLosses& losses : batches)
    std::ranges::copy(losses.values, std::back_inserter(values));
  const torch::Tensor numbers = at::stack(values).to(at::kCPU);
  const auto* number = numbers.data_ptr<double>();
  const double share = 1 / double(batches.size());
  const bool may_be_left_out = options_.scale_loss && !loss_scale_.isSpent();
  for (const BatchLosses& losses : batches) {
    const double loss = *number++;
    for (const std::string& name : losses.names) {
      auto found = std::ranges::find(report.losses, name, &std::pair<std::string, double>::first);
      if (found == report.losses.end()) found = report.losses.insert(found, {name, 0});
      found->second += share * *number++;
    }
    report.loss += share * loss;
    if (!std::isfinite(loss) && !may_be_left_out) failNotFinite("The loss", loss, steps_ + 1);
    report.forward_seconds += losses.middle.secondsSince(losses.begin);
    report.backward_seconds += losses.end.secondsSince(losses.middle);
  }
}

StepReport Trainer::step(std::span<const TrainingBatch> batches) {
  StepReport report{.step = steps_, .learning_rate = options_.schedule.at(steps_), .losses = {}};
  if (options_.scale_loss) report.loss_scale = loss_scale_.scale;
  optimizer_.clearGradients();
  std::uint64_t seed = stepSeed(options_.seed, steps_);
  std::vector<BatchLosses> losses;
  for (const TrainingBatch& batch : batches) {
    if (gradient_sum_ && &batch == &batches.back()) gradient_sum_->begin();
    losses.push_back(addGradients(batch, 1 / double(batches.size()) * report.loss_scale, seed));
    seed = stepSeed(seed, steps_);
  }
  if (gradient_sum_) gradient_sum_->finish();
  tell(losses, report);
  if (options_.scale_loss) optimizer_.scaleGradients(1 / report.loss_scale);
  report.gradient_norm = optimizer_.clipGradients(options_.clip_norm);
  const bool finite = std::isfinite(report.gradient_norm) && std::isfinite(report.loss);
  report.was_left_out = options_.scale_loss && !finite && !loss_scale_.isSpent();
  if (options_.scale_loss) loss_scale_.update(finite);
  if (!report.was_left_out) {
    if (!finite) failNotFinite("The gradient", report.gradient_norm, steps_ + 1);
    optimizer_.setLearningRate(report.learning_rate);
    optimizer_.step();
    average_.update(*network_);
  }
  ++steps_;
  return report;
}

void Trainer::save(const std::filesystem::path& file) const {
  Dict all{{text("meta"), {Dict{{text("iter"), {steps_}}}}},
           {text("state_dict"), {stateDictOf(*network_)}},
           {text("optimizer"), {optimizerState(optimizer_)}},
           {text("ema"),
            {Dict{{text("updates"), {average_.updates()}}, {text("state_dict"), {averageDict(average_)}}}}}};
  if (options_.scale_loss) all.push_back({text("scaler"), {scalerState(loss_scale_)}});
  writeCheckpoint(file, {all});
}

void Trainer::saveAverage(const std::filesystem::path& file) const {
  writeCheckpoint(file, {Dict{{text("meta"), {Dict{{text("iter"), {steps_}}}}},
                              {text("state_dict"), {averageDict(average_)}}}});
}

void Trainer::resume(const std::filesystem::path& path) {
  aboutFile(path, [&] {
    const CheckpointFile file(path);
    const std::int64_t steps = file.root().at("meta").at("iter").integer();
    const LossScale scale = storedScale(file, loss_scale_);
    std::vector<AdamW::State> states = storedStates(file, optimizer_.states());
    const PickleValue& ema = file.root().at("ema");
    const std::int64_t updates = ema.at("updates").integer();
    std::vector<torch::Tensor> averages;
    // In the order in which they were written: find() would take time in proportion to the square.
    const auto stored = ema.at("state_dict").entries();
    const std::vector<StateEntry>& entries = average_.entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const PickleValue value = i < stored.size() ? stored[i].value : PickleValue();
      averages.push_back(storedTensor(file, value, entries[i].tensor, entries[i].name));
    }
    loadCheckpoint(file, *network_);
    optimizer_.states() = std::move(states);
    for (std::size_t i = 0; i < entries.size(); ++i)
      average_.entries()[i].tensor = averages[i];
    average_.setUpdates(updates);
    loss_scale_ = scale;
    steps_ = steps;
  });
}

}  // namespace hbev
