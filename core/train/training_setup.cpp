#include "core/train/training_setup.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/pack.h"
#include "core/data/splits.h"
#include "core/train/boost.h"
#include "core/train/sample_maker.h"

namespace hbev {
namespace {

std::string textOfFile(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = readFile(file, 1 << 20);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What the run was started with; of the plan only what may change between a stop and going on.
TrainingPlan resumedPlan(const TrainingPlan& plan) {
  const RunPaths paths(plan.out);
  const RunFacts facts = readRunFacts(plan.out);
  TrainingPlan resumed = plan;
  if (plan.data.empty()) {
    resumed.data = facts.data;
    resumed.version = facts.version;
  }
  resumed.config_toml = textOfFile(paths.config());
  resumed.config_file = paths.config();
  resumed.name = facts.name;
  resumed.weights = facts.weights;
  std::error_code none;
  resumed.boost = std::filesystem::exists(paths.boost(), none) ? paths.boost() : std::filesystem::path();
  resumed.split = facts.split;
  resumed.evaluate_split = facts.evaluate_split;
  if (plan.steps == 0) resumed.steps = facts.total_steps;
  resumed.accumulate = std::max(1, facts.accumulate);
  resumed.seed = facts.seed;
  resumed.exact_images = facts.exact_images;
  const auto either = [](auto now, auto before) { return now >= 0 ? now : before; };
  const RhythmChange& change = plan.change;
  resumed.checkpoint_every =
      std::max<std::int64_t>(1, either(change.checkpoint_every, facts.checkpoint_every));
  resumed.keep = std::max(1, either(change.keep, facts.keep));
  resumed.evaluate_every = either(change.evaluate_every, facts.evaluate_every);
  resumed.evaluate_keyframes = either(change.evaluate_keyframes, facts.evaluate_keyframes);
  return resumed;
}

/// A run may go on with another number of processes: its steps stay as large as they were.
void keepStepSize(TrainingSetup& setup) {
  const RunFacts facts = readRunFacts(setup.plan.out);
  const int before = facts.processes * facts.batch_size, now = setup.plan.launch.count;
  if (facts.batch_size < 1 || facts.processes == now) {
    setup.config.training.batch_size = std::max(1, facts.batch_size);
    return;
  }
  if (before % now != 0) {
    throw Error({.summary = "The run cannot go on with this number of processes",
                 .file = setup.plan.out,
                 .expected = fmt::format("a number that divides the {} keyframe{} of its batches", before,
                                         before == 1 ? "" : "s"),
                 .found = fmt::format("{}", now),
                 .advice = fmt::format("It was trained by {}.", facts.processes)});
  }
  setup.config.training.batch_size = before / now;
  setup.notes.push_back(fmt::format("Goes on with {} process{} of {} keyframes per batch: {} of {} before.",
                                    now, now == 1 ? "" : "es", before / now, facts.processes,
                                    facts.batch_size));
}

/// The usable parts of a piece. Why keyframes are left out is counted in `reasons`.
std::vector<SequencePiece> usableParts(const Dataset& dataset, const SequencePiece& piece,
                                       const ModelConfig& config,
                                       std::map<std::string, std::size_t>& reasons) {
  std::vector<SequencePiece> parts;
  bool open = false;
  for (std::size_t index = piece.begin; index < piece.end; ++index) {
    const std::string reason = whyUnusable(dataset, {piece.scene, index}, config);
    if (!reason.empty()) {
      ++reasons[reason];
      open = false;
    } else if (open) {
      parts.back().end = index + 1;
    } else {
      parts.push_back({piece.scene, index, index + 1});
      open = true;
    }
  }
  return parts;
}

void choosePieces(TrainingSetup& setup) {
  const Dataset& dataset = *setup.dataset;
  const std::vector<std::size_t> scenes = scenesOfSplit(dataset, setup.plan.split);
  std::vector<std::size_t> lengths;
  for (const std::size_t scene : scenes)
    lengths.push_back(dataset.scenes()[scene].keyframes.size());
  std::map<std::string, std::size_t> reasons;
  for (SequencePiece piece : splitScenes(lengths, std::size_t(setup.config.training.scene_parts))) {
    piece.scene = scenes[piece.scene];
    std::ranges::copy(usableParts(dataset, piece, setup.config, reasons), std::back_inserter(setup.pieces));
  }
  for (const auto& [reason, count] : reasons) {
    setup.notes.push_back(
        fmt::format("{} keyframe{} left out: {}.", count, count == 1 ? " is" : "s are", reason));
  }
  for (const SequencePiece& piece : setup.pieces)
    setup.keyframes += std::int64_t(piece.end - piece.begin);
  if (setup.keyframes > 0) return;
  throw Error({"There is no keyframe to train on", dataset.root(),
               "keyframes with six pictures and labels in the split " + setup.plan.split,
               reasons.empty() ? "none" : reasons.begin()->first, "`hbevocc doctor` says more."});
}

/// Whether a neighbour has a camera mask, which is trained on in the keyframe's place.
bool neighbourHasMask(const TrainingSetup& setup, const FrameKey& key) {
  const std::size_t count = setup.dataset->scenes()[key.scene].keyframes.size();
  std::vector<std::size_t> neighbours;
  if (key.index > 0) neighbours.push_back(key.index - 1);
  if (key.index + 1 < count) neighbours.push_back(key.index + 1);
  return std::ranges::any_of(neighbours, [&](std::size_t index) {
    const auto file =
        setup.dataset->truthFile(labelKindOf(setup.config), setup.dataset->keyframe(key.scene, index));
    try {
      return file && !readOccupancyNpz(*file, setup.config.classSet()).mask_camera.empty();
    } catch (const Error&) {
      return false;
    }
  });
}

/// What the labels lack for this configuration, by those of the first keyframe. Throws Error when it cannot
/// be trained without.
void lookAtLabels(TrainingSetup& setup) {
  const ModelConfig& config = setup.config;
  const SequencePiece& first = setup.pieces.front();
  const auto file =
      setup.dataset->truthFile(labelKindOf(config), setup.dataset->keyframe(first.scene, first.begin));
  if (!file || (!config.flow && !config.training.camera_mask)) return;
  Occupancy labels;
  try {
    labels = readOccupancyNpz(*file, config.classSet());
  } catch (const Error&) {
    return;  // its neighbour may do in its place
  }
  if (config.training.camera_mask && labels.mask_camera.empty() &&
      !neighbourHasMask(setup, {first.scene, first.begin}))
    demandCameraMask(config, labels, *file);
  if (config.flow && labels.flow.empty()) {
    // The configuration of a run that goes on cannot change.
    setup.notes.push_back(
        fmt::format("The labels have no flow: what the network says of motion is not trained.{}",
                    setup.plan.resume ? "" : " Take --set flow=false."));
  }
}

void applyBoost(TrainingSetup& setup) {
  if (setup.plan.boost.empty()) return;
  // Kept for the run's folder, whatever becomes of the file until then.
  setup.boost_json = readBoostFile(setup.plan.boost);
  const BoostWeights weights = boostWeights(setup.boost_json, setup.plan.boost);
  std::size_t found = 0;
  const auto weightOf = [&](std::size_t scene, std::size_t index) {
    const auto entry = weights.find(setup.dataset->scenes()[scene].keyframes[index]);
    return entry == weights.end() ? 1.0 : entry->second;
  };
  for (const SequencePiece& piece : setup.pieces) {
    for (std::size_t index = piece.begin; index < piece.end; ++index)
      found += weights.contains(setup.dataset->scenes()[piece.scene].keyframes[index]) ? 1 : 0;
  }
  if (found == 0) {
    throw Error({"None of the keyframes to see more often is trained on",
                 setup.plan.boost,
                 "sample tokens of the split " + setup.plan.split,
                 fmt::format("{} others", weights.size()),
                 {}});
  }
  setup.notes.push_back(fmt::format("{} of {} keyframes to see more often are in the split {}.", found,
                                    weights.size(), setup.plan.split));
  const std::vector<SequencePiece> added = boostPieces(setup.pieces, weightOf);
  setup.pieces.insert(setup.pieces.end(), added.begin(), added.end());
}

/// All pieces once, in samples.
std::int64_t samplesOf(const std::vector<SequencePiece>& pieces) {
  std::int64_t samples = 0;
  for (const SequencePiece& piece : pieces)
    samples += std::int64_t(piece.end - piece.begin);
  return samples;
}

void chooseSteps(TrainingSetup& setup) {
  const TrainingConfig& training = setup.config.training;
  const std::int64_t per_step =
      std::int64_t(training.batch_size) * setup.plan.accumulate * setup.plan.launch.count;
  const std::int64_t samples = samplesOf(setup.pieces);
  setup.steps_per_epoch = double(samples) / double(per_step);
  if (setup.plan.steps == 0)
    setup.plan.steps = std::max<std::int64_t>(1, training.epochs * samples / per_step);
  if (training.falls.empty() || training.falls.front() * setup.steps_per_epoch < double(setup.plan.steps))
    return;
  setup.notes.push_back(
      fmt::format("The learning rate does not fall in these {} steps: {} epoch{} take {:.0f}.",
                  setup.plan.steps, training.falls.front(), training.falls.front() == 1 ? "" : "s",
                  training.falls.front() * setup.steps_per_epoch));
}

void chooseEvaluated(TrainingSetup& setup) {
  try {
    for (const std::size_t scene : scenesOfSplit(*setup.dataset, setup.plan.evaluate_split)) {
      for (std::size_t i = 0; i < setup.dataset->scenes()[scene].keyframes.size(); ++i)
        setup.evaluated.push_back({scene, i});
    }
  } catch (const Error& error) {
    if (!setup.plan.evaluate_if_possible) throw;
    withoutEvaluations(setup, error);
  }
}

}  // namespace

void withoutEvaluations(TrainingSetup& setup, const Error& why) {
  setup.plan.evaluate_every = 0;
  setup.evaluated.clear();
  setup.notes.push_back(fmt::format("The training is not evaluated: {}", why.what()));
}

TrainingSetup prepareTraining(TrainingPlan plan) {
  TrainingSetup setup;
  setup.plan = plan.resume ? resumedPlan(plan) : std::move(plan);
  setup.config = parseModelConfig(setup.plan.config_toml, setup.plan.config_file);
  if (setup.plan.resume) keepStepSize(setup);
  demandFinishedPack(setup.plan.data);
  setup.dataset = Dataset::open(setup.plan.data, setup.plan.version);
  choosePieces(setup);
  lookAtLabels(setup);
  applyBoost(setup);
  demandPieces(setup.pieces.size(),
               std::size_t(setup.config.training.batch_size) * std::size_t(setup.plan.launch.count));
  chooseSteps(setup);
  if (setup.plan.evaluate_every > 0) chooseEvaluated(setup);
  return setup;
}

std::string trainingDevice(const std::string& wanted, const std::string& automatic, const Launch& launch) {
  const bool is_any_card = wanted == "cuda" || (wanted == "auto" && automatic.starts_with("cuda"));
  if (launch.count > 1 && is_any_card) return fmt::format("cuda:{}", launch.card);
  if (launch.local_count > 1 && wanted.starts_with("cuda:")) {
    throw Error(
        {.summary = fmt::format("{} processes of this machine cannot share one card", launch.local_count),
         .file = {},
         .expected = "--device cuda, with which each takes a card of its own",
         .found = "--device " + wanted,
         .advice = {}});
  }
  return wanted;
}

RunFacts factsOf(const TrainingSetup& setup) {
  const TrainingPlan& plan = setup.plan;
  RunFacts facts;
  facts.name = plan.name.empty() ? lastName(plan.out) : plan.name;
  facts.config = setup.config.name;
  facts.seed = plan.seed;
  facts.data = std::filesystem::absolute(plan.data).string();
  facts.version = setup.dataset->version();
  facts.split = plan.split;
  facts.evaluate_split = plan.evaluate_split;
  facts.weights = plan.weights.empty() ? "" : std::filesystem::absolute(plan.weights).string();
  facts.command_line = plan.command_line;
  facts.created = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  facts.total_steps = plan.steps;
  facts.batch_size = setup.config.training.batch_size;
  facts.accumulate = plan.accumulate;
  facts.processes = plan.launch.count;
  facts.checkpoint_every = plan.checkpoint_every;
  facts.evaluate_every = plan.evaluate_every;
  facts.keep = plan.keep;
  facts.evaluate_keyframes = plan.evaluate_keyframes;
  facts.exact_images = plan.exact_images;
  facts.keyframes = setup.keyframes;
  return facts;
}

}  // namespace hbev
