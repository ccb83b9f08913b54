// hbevocc predict: a data set's keyframes through the network, voxels into files that everybody's tools read.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "app/commands/mode_comparison.h"
#include "app/commands/network_commands.h"
#include "app/commands/prediction_folder.h"
#include "app/commands/prediction_summary.h"
#include "app/terminal.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash_text.h"
#include "core/data/labels.h"
#include "core/data/splits.h"
#include "core/eval/metric_rays.h"
#include "core/eval/submission_writer.h"
#include "core/model/network_loading.h"
#include "core/model/prediction_faults.h"
#include "core/model/weights_misfit.h"

namespace fs = std::filesystem;

namespace hbev {
namespace {

constexpr const char* kNoWeights = "none";
constexpr const char* kExact = "exact";
constexpr const char* kStreaming = "streaming";
constexpr std::uint64_t kMostConfigBytes = 1 << 20;
/// Nobody needs to be told more of a keyframe that takes less, seconds.
constexpr double kLong_s = 1.5;

struct PredictCommandOptions {
  std::string data, version, config, weights, out, split;
  std::vector<std::string> scenes, keyframes;
  std::string mode, format = "hbevocc", device = "auto", team;
  int threads = 0;
  bool fast_images = false, again = false, despite_mismatch = false;
  bool compare_modes = false, list_configs = false, half = false;
};

void listConfigs() {
  for (const NamedConfig& config : namedConfigs())
    fmt::print("{:<40} {}{}\n", config.name, config.about, config.weights.empty() ? "" : " (with weights)");
}

/// The file that the option --weights stands for; empty: none.
fs::path weightsFile(const PredictCommandOptions& options) {
  return options.weights == kNoWeights ? fs::path() : findWeightsFile(options.weights, options.config);
}

/// Says where the keyframe is, when it is in another scene than was asked for.
Error noKeyframe(const Dataset& dataset, const PredictCommandOptions& options, const std::string& token,
                 const std::vector<std::size_t>& scenes) {
  std::vector<std::string> names;
  for (const std::size_t scene : scenes)
    names.push_back(dataset.scenes()[scene].name);
  const bool all = names.size() == dataset.scenes().size();
  std::string found = "no such token";
  for (const Scene& scene : dataset.scenes()) {
    if (std::ranges::find(scene.keyframes, token) != scene.keyframes.end()) found = "it in " + scene.name;
  }
  const std::string where = all                 ? "the data set"
                            : names.size() == 1 ? names.front()
                                                : fmt::format("these {} scenes", names.size());
  const Scene& first = dataset.scenes()[scenes.front()];
  return Error(
      {fmt::format("There is no keyframe {} in {}", token, where),
       options.data,
       first.keyframes.empty() ? "a sample token" : "a sample token, such as " + first.keyframes.front(),
       found,
       {}});
}

std::vector<FrameKey> keyframesOf(const Dataset& dataset, const PredictCommandOptions& options) {
  std::vector<std::size_t> scenes;
  for (const std::string& name : options.scenes)
    scenes.push_back(dataset.sceneIndex(name));
  if (scenes.empty()) scenes = scenesOfSplit(dataset, options.split.empty() ? "all" : options.split);
  std::vector<FrameKey> keys;
  std::vector<std::string> absent = options.keyframes;
  for (const std::size_t scene : scenes) {
    const std::vector<std::string>& tokens = dataset.scenes()[scene].keyframes;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!options.keyframes.empty() && std::erase(absent, tokens[i]) == 0) continue;
      keys.push_back({scene, i});
    }
  }
  if (!absent.empty()) throw noKeyframe(dataset, options, absent.front(), scenes);
  if (keys.empty()) throw Error({"There is no keyframe to predict", options.data, {}, {}, {}});
  return keys;
}

/// A configuration and the hash of what its file says: its name says little.
struct HashedConfig {
  ModelConfig config;
  std::string hash;
};

HashedConfig hashedConfig(const std::string& name_or_file) {
  const fs::path file = findConfigFile(name_or_file);
  const std::vector<std::byte> bytes = readFile(file, kMostConfigBytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {parseModelConfig(text, file), hashText(text)};
}

/// The stage that a slow keyframe is at, for the line of progress.
std::string stageText(const std::string& stage, double fraction, double seconds) {
  constexpr double kEnoughToTell = 0.1;
  if (seconds < kLong_s) return {};
  if (fraction < kEnoughToTell) return stage;
  return fmt::format("{}, {:.0f} s", stage, seconds * (1 - fraction) / fraction);
}

class PredictionRun {
 public:
  explicit PredictionRun(const PredictCommandOptions& options)
      : options_(options),
        folder_(options.out, options.format),
        dataset_(Dataset::open(options.data, options.version)),
        keys_(keyframesOf(*dataset_, options)) {
    const auto [config, hash] = hashedConfig(options.config);
    if (options.format == "cvpr2024" && config.classes != "openocc") {
      throw Error({"CVPR 2024's submissions are in OpenOcc's classes",
                   {},
                   "a configuration for openocc",
                   config.name + " for " + config.classes,
                   {}});
    }
    if (folder_.isWanted()) folder_.demandWritable();  // before what takes time
    predictor_ = make(config, options.mode == kExact ? PredictMode::Exact : PredictMode::Streaming);
    if (options.compare_modes) {
      exact_ = make(config, PredictMode::Exact);
      comparison_.emplace(dataset_);
    }
    if (folder_.isWanted()) folder_.demandSameMaker(recordWith(hash), options.again, files());
  }

  void describe() const {
    const PredictorFacts& facts = predictor_->facts();
    fmt::print("{}: {} with {} on {}, {}\n", dataset_->name(), predictor_->config().name, facts.weights,
               facts.device, options_.mode);
    fmt::print("{}\n", facts.fit);
    std::fflush(stdout);  // before what goes to standard error, also in a file that gets both
    if (facts.untrained) fmt::print(stderr, "WARNING: the weights are untrained. The voxels mean nothing.\n");
    if (options_.despite_mismatch && !facts.untrained && !facts.fit.ends_with("weights fit"))
      fmt::print(stderr, "WARNING: the weights fit in part only. The rest of the network is untrained.\n");
    if (options_.format == "cvpr2023" && predictor_->config().classes != "occ3d") {
      fmt::print(stderr, "WARNING: CVPR 2023's server expects Occ3D's class numbers; these are OpenOcc's.\n");
    }
  }

  /// Throws Cancelled when somebody stops it, and Error when it gives up; finished keyframes stay.
  void run() {
    TerminalProgress terminal;
    Progress& progress = terminal.progress();
    progress.start("Predicting", std::int64_t(keys_.size()));
    for (const FrameKey& key : keys_) {
      progress.throwIfCancelled();
      try {
        predict(key, terminal);
        faults_.succeeded();
      } catch (const Error& error) {
        if (keys_.size() == 1) throw;
        summary_.skip(nameOf(key), error.problem());
        if (faults_.failed(error.problem(), predictor_->config().frames())) giveUp(error);
      }
      terminal.setDetail({});
      progress.advance();
    }
    const bool wants_rays = options_.format == "cvpr2024" && folder_.isWanted();
    if (wants_rays && summary_.finished() > 0) writeSubmission(progress);
  }

  void printSummary() const {
    summary_.print(predictor_->facts());
    if (rays_of_ > 0 && rays_of_ < keys_.size()) {
      fmt::print(stderr, "{} holds {} of {}.\n", folder_.submission().filename().string(), rays_of_,
                 keyframesText(keys_.size()));
    }
    if (comparison_ && summary_.predicted() > 0) comparison_->print();
  }

  const PredictionSummary& summary() const { return summary_; }
  std::size_t total() const { return keys_.size(); }

 private:
  std::unique_ptr<Predictor> make(const ModelConfig& config, PredictMode mode) const {
    const WeightsChoice weights{.file = weightsFile(options_), .despite_mismatch = options_.despite_mismatch};
    const PredictorOptions options{.device = options_.device,
                                   .threads = options_.threads,
                                   .mode = mode,
                                   .exact_images = !options_.fast_images,
                                   .half = options_.half};
    TerminalProgress terminal;
    const auto tell = [&](const Progress::State& state) {
      terminal.tell("Loading the network…",
                    state.total > 0 ? fmt::format("{} %", 100 * state.done / state.total) : "");
    };
    Progress progress(tell, terminal.progress().stopToken());
    try {
      return loadPredictor(config, weights, options, progress);
    } catch (const WeightsMisfit& misfit) {
      Problem problem = misfit.problem();
      problem.advice =
          "Choose the configuration that they were trained with, or --despite-mismatch to use what fits.";
      throw Error(problem);
    }
  }

  PredictionRecord recordWith(const std::string& config_hash) const {
    const PredictorFacts& facts = predictor_->facts();
    PredictionRecord record{
        {"config", predictor_->config().name}, {"config_xxh3", config_hash}, {"weights", facts.weights},
        {"weights_xxh3", facts.weights_hash},  {"mode", options_.mode},      {"format", options_.format}};
    if (options_.half) record.emplace_back("precision", "half");
    if (options_.fast_images) record.emplace_back("images", "fast");
    return record;
  }

  fs::path fileOf(const FrameKey& key) const {
    const Scene& scene = dataset_->scenes()[key.scene];
    return folder_.fileOf(scene.name, scene.keyframes[key.index]);
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> files;
    for (const FrameKey& key : keys_)
      files.push_back(fileOf(key));
    return files;
  }
  std::string nameOf(const FrameKey& key) const {
    const Scene& scene = dataset_->scenes()[key.scene];
    return scene.name + "/" + scene.keyframes[key.index];
  }

  /// The same fault again and again is not the keyframes': what was not tried yet would have it, too.
  [[noreturn]] void giveUp(const Error& last) const {
    Problem problem = last.problem();
    problem.summary = fmt::format("{} in a row could not be predicted, the last one because: {}",
                                  keyframesText(faults_.inARow()), problem.summary);
    throw Error(problem);
  }

  void predict(const FrameKey& key, TerminalProgress& terminal) {
    const fs::path file = folder_.isWanted() ? fileOf(key) : fs::path();
    if (!file.empty() && !options_.again && fs::exists(file)) return summary_.addFinishedBefore();
    Progress& progress = terminal.progress();
    const auto begin = std::chrono::steady_clock::now();
    PredictWish wish;
    wish.stop = progress.stopToken();
    wish.on_stage = [&](const std::string& stage, double fraction) {
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
      terminal.setDetail(stageText(stage, fraction, taken.count()));
      progress.advance(0);  // a report, which is when Ctrl+C is seen
    };
    const PredictedFrame frame = predictor_->predict(*dataset_, key, wish);
    if (!file.empty()) folder_.write(file, *frame.occupancy);
    summary_.add(nameOf(key), frame);
    if (comparison_ && frame.used_memory) {
      comparison_->add(key, *frame.occupancy, *exact_->predict(*dataset_, key, wish).occupancy);
    } else if (comparison_) {
      comparison_->addWithoutPast();
    }
  }

  void writeSubmission(Progress& progress) {
    const RayFanOf rays = metricRays(dataset_);
    SubmissionWriter writer(folder_.submission(), predictor_->config().name, options_.team);
    progress.start("Casting rays", std::int64_t(keys_.size()));
    for (const FrameKey& key : keys_) {
      progress.throwIfCancelled();
      if (const fs::path file = fileOf(key); fs::exists(file)) {
        const Keyframe keyframe = dataset_->keyframe(key.scene, key.index);
        const Occupancy occupancy = readOccupancyNpz(file, ClassSet::openocc());
        writer.add(keyframe.token, raysOf(occupancy, rays(keyframe).origins));
        ++rays_of_;
      }
      progress.advance();
    }
    writer.close();
  }

  const PredictCommandOptions& options_;
  PredictionFolder folder_;
  std::shared_ptr<const Dataset> dataset_;
  std::vector<FrameKey> keys_;
  std::unique_ptr<Predictor> predictor_, exact_;
  std::optional<ModeComparison> comparison_;
  PredictionFaults faults_;
  PredictionSummary summary_;
  std::size_t rays_of_ = 0;  // keyframes in the submission
};

void demandGiven(const char* name, const std::string& value) {
  if (value.empty()) throw CLI::RequiredError(name);
}

void predict(PredictCommandOptions& options) {
  if (options.list_configs) return listConfigs();
  demandGiven("DATA", options.data);
  demandGiven("--config", options.config);
  demandGiven("--weights", options.weights);
  if (!options.compare_modes) demandGiven("--out", options.out);
  if (options.compare_modes && options.mode == kExact)
    throw CLI::ValidationError("--compare-modes", "compares streaming with exact: leave --mode exact out");
  if (options.mode.empty()) options.mode = options.compare_modes ? kStreaming : kExact;
  PredictionRun run(options);
  run.describe();
  try {
    run.run();
  } catch (const Cancelled&) {
    run.summary().printSkipped();
    fmt::print(stderr, "Stopped. {} of {} are done{}\n", run.summary().finished(), keyframesText(run.total()),
               options.out.empty() ? "." : "; the same command goes on from there.");
    throw CLI::RuntimeError(1);
  } catch (const Error&) {
    run.printSummary();  // what is done, and why the rest is not, before what ended it
    throw;
  }
  run.printSummary();
  if (!run.summary().isComplete()) throw CLI::RuntimeError(1);
}

void addChoices(CLI::App& command, PredictCommandOptions& options) {
  command
      .add_option("--mode", options.mode,
                  "exact: as the reference, the default. streaming: past keyframes are remembered, which is "
                  "faster and slightly different")
      ->check(CLI::IsMember({kExact, kStreaming}));
  command
      .add_option(
          "--format", options.format,
          "hbevocc: <scene>/<token>.npz with semantics and flow. cvpr2023: <token>.npz. cvpr2024: also "
          "submission.gz with what the metric's rays meet")
      ->check(CLI::IsMember({"hbevocc", "cvpr2023", "cvpr2024"}))
      ->capture_default_str();
  command.add_option("--team", options.team, "The team's name in a submission of CVPR 2024");
  command.add_option("--device", options.device, "auto, cpu, cuda:0, ...")->capture_default_str();
  command.add_option("--threads", options.threads, "Threads of the processor; 0: all")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_flag("--half", options.half,
                   "Convolutions and products of matrices in half precision: faster on a card, slightly "
                   "different");
  command.add_flag("--fast-images", options.fast_images,
                   "Decode large JPEGs at a smaller scale: faster, not what the reference sees");
  command.add_flag("--again", options.again,
                   "Predict keyframes too whose files are there already; predictions that were made in "
                   "another way are replaced when all of them are predicted again");
  command.add_flag("--despite-mismatch", options.despite_mismatch,
                   "Take the weights that fit, leave the rest untrained");
  command.add_flag(
      "--compare-modes", options.compare_modes,
      "Predict streaming and exactly, and tell how the two differ, in their scores too where there are "
      "labels; --out may be left out");
}

}  // namespace

void addPredictCommand(CLI::App& app) {
  auto options = std::make_shared<PredictCommandOptions>();
  CLI::App* command = app.add_subcommand(kPredictTitle.name, kPredictTitle.about);
  command->add_option("DATA", options->data, "A nuScenes folder");
  command->add_option("--config", options->config,
                      "A configuration (.toml), or the name of one: see --list-configs");
  command->add_option(
      "--weights", options->weights,
      "A checkpoint (.pth); shipped: those that come with the program; none: untrained weights");
  command->add_option("--out", options->out, "The folder for the predictions; goes on where it was stopped");
  command->add_option("--scene", options->scenes, "Only these scenes (names or tokens; may be repeated)");
  command->add_option("--split", options->split, "Only the scenes of a split: train, val, ...")
      ->excludes("--scene");
  command->add_option("--keyframe", options->keyframes, "Only these keyframes (tokens; may be repeated)");
  command->add_option("--version-folder", options->version,
                      "Which version, when there are several: v1.0-mini");
  command->add_flag("--list-configs", options->list_configs, "List the configurations that are named");
  addChoices(*command, *options);
  command->footer(
      "Examples:\n"
      "  hbevocc predict demo --config demo --weights shipped --out predictions --split val\n"
      "  hbevocc predict nuscenes --config hbevocc-r50-256x704-8f-openocc --weights epoch_24_ema.pth \\\n"
      "      --out predictions --split val --mode streaming");
  command->callback([options] { predict(*options); });
}

}  // namespace hbev
