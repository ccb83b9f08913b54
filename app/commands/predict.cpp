// hbevocc predict: a data set's keyframes through the network, voxels into files that everybody's tools read.
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/mode_comparison.h"
#include "app/commands/network_commands.h"
#include "app/terminal.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json_text.h"
#include "core/data/predictions/source.h"
#include "core/data/splits.h"
#include "core/eval/metric_rays.h"
#include "core/eval/submission_writer.h"
#include "core/io/npz.h"
#include "core/model/network_loading.h"

namespace fs = std::filesystem;

namespace hbev {
namespace {

constexpr const char* kNoWeights = "none";
constexpr const char* kShippedWeights = "shipped";
constexpr const char* kExact = "exact";
constexpr const char* kStreaming = "streaming";
constexpr const char* kRecord = ".hbevocc-predict.json";  // hidden: it is no prediction
constexpr const char* kSubmission = "submission.gz";
constexpr std::size_t kFailuresInRow = 3;  // then the fault is not the keyframes'

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
  if (options.weights == kNoWeights) return {};
  if (options.weights != kShippedWeights) return options.weights;
  for (const NamedConfig& config : namedConfigs()) {
    if (config.name == options.config && !config.weights.empty()) return config.weights;
  }
  throw Error({"No weights come with the program for this configuration",
               {},
               "a configuration that hbevocc predict --list-configs shows with weights",
               options.config,
               "Name a checkpoint, or none for untrained weights."});
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
  if (!absent.empty())
    throw Error({"The data set has no such keyframe", options.data, "a sample token", absent.front(), {}});
  if (keys.empty()) throw Error({"There is no keyframe to predict", options.data, {}, {}, {}});
  return keys;
}

/// Where a keyframe's voxels go. Submissions in rays are made of HBEVOcc's files at the end, so that they can
/// go on after a stop.
fs::path fileOf(const PredictCommandOptions& options, const Dataset& dataset, const FrameKey& key) {
  const Scene& scene = dataset.scenes()[key.scene];
  const std::string name = scene.keyframes[key.index] + ".npz";
  return options.format == "cvpr2023" ? fs::path(options.out) / name
                                      : fs::path(options.out) / scene.name / name;
}

void writeVoxels(const fs::path& file, const Occupancy& occupancy, const std::string& format) {
  if (format != "cvpr2023") return writeOccupancyNpz(file, occupancy, true);
  const Eigen::Vector3i& dims = occupancy.grid.dims;
  NpzWriter npz(file, true);
  npz.add<std::uint8_t>("arr_0", occupancy.semantics,
                        {std::size_t(dims.x()), std::size_t(dims.y()), std::size_t(dims.z())});
  npz.close();
}

/// What made the files in a folder: predictions of different makers must not be mixed.
nlohmann::ordered_json recordOf(const PredictCommandOptions& options, const Predictor& predictor) {
  nlohmann::ordered_json record{{"config", predictor.config().name},
                                {"weights", predictor.facts().weights},
                                {"weights_xxh3", predictor.facts().weights_hash},
                                {"mode", options.mode},
                                {"format", options.format}};
  if (options.half) record["precision"] = "half";
  return record;
}

void demandSameMaker(const PredictCommandOptions& options, const nlohmann::ordered_json& record) {
  const fs::path file = fs::path(options.out) / kRecord;
  if (fs::exists(file) && !options.again) {
    const std::vector<std::byte> bytes = readFile(file, 1 << 16);
    const auto found = nlohmann::ordered_json::parse(
        reinterpret_cast<const char*>(bytes.data()),
        reinterpret_cast<const char*>(bytes.data()) + bytes.size(), nullptr, false);
    if (found != record) {
      throw Error({"The folder holds predictions that were made in another way", options.out, record.dump(),
                   found.is_discarded() ? "a damaged record" : found.dump(),
                   "Choose another --out, or --again to replace them."});
    }
  }
}

/// What is told at the end.
struct PredictionSummary {
  std::size_t predicted = 0, finished_before = 0;
  double seconds = 0;
  std::map<std::string, double> stages;
  std::vector<std::string> skipped;

  void add(const PredictedFrame& frame) {
    ++predicted;
    seconds += frame.seconds;
    for (const StageTime& time : frame.times)
      stages[time.stage] += time.seconds;
  }
};

class PredictionRun {
 public:
  explicit PredictionRun(const PredictCommandOptions& options)
      : options_(options),
        dataset_(Dataset::open(options.data, options.version)),
        keys_(keyframesOf(*dataset_, options)) {
    const ModelConfig config = findModelConfig(options.config);
    if (options.format == "cvpr2024" && config.classes != "openocc") {
      throw Error({"CVPR 2024's submissions are in OpenOcc's classes",
                   {},
                   "a configuration for openocc",
                   config.name + " for " + config.classes,
                   {}});
    }
    predictor_ = make(config, options.mode == kExact ? PredictMode::Exact : PredictMode::Streaming);
    if (options.compare_modes) {
      exact_ = make(config, PredictMode::Exact);
      comparison_.emplace(dataset_);
    }
    if (!options.out.empty()) demandSameMaker(options, recordOf(options, *predictor_));
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

  /// Throws Cancelled when somebody stops it; finished keyframes stay.
  void run() {
    TerminalProgress terminal;
    Progress& progress = terminal.progress();
    progress.start("Predicting", std::int64_t(keys_.size()));
    std::size_t failures = 0;
    for (const FrameKey& key : keys_) {
      progress.throwIfCancelled();
      try {
        predict(key, progress);
        failures = 0;
      } catch (const Error& error) {
        if (keys_.size() == 1) throw;
        if (++failures == kFailuresInRow) giveUp(error);
        const Scene& scene = dataset_->scenes()[key.scene];
        summary_.skipped.push_back(
            fmt::format("{}/{}: {}", scene.name, scene.keyframes[key.index], error.what()));
      }
      progress.advance();
    }
    if (options_.format == "cvpr2024" && !options_.out.empty()) writeSubmission(progress);
  }

  void printSummary() const {
    if (summary_.finished_before > 0)
      fmt::print("{} keyframes were there already (--again predicts them too)\n", summary_.finished_before);
    for (const std::string& skipped : summary_.skipped)
      fmt::print(stderr, "skipped {}\n", skipped);
    if (summary_.predicted == 0) return;
    const auto count = double(summary_.predicted);
    fmt::print("{} keyframes in {:.1f} s, {:.3f} s each\n", summary_.predicted, summary_.seconds,
               summary_.seconds / count);
    for (const std::string& stage : predictorStages()) {
      const auto found = summary_.stages.find(stage);
      if (found == summary_.stages.end()) continue;
      fmt::print("  {:<20} {:>8.3f} s {:>5.1f} %\n", stage, found->second / count,
                 100 * found->second / summary_.seconds);
    }
    if (predictor_->facts().peak_bytes > 0)
      fmt::print("  at most {:.2f} GB of memory\n", double(predictor_->facts().peak_bytes) / 1e9);
    if (comparison_) comparison_->print();
  }

  std::size_t finished() const { return summary_.predicted + summary_.finished_before; }
  std::size_t total() const { return keys_.size(); }
  bool complete() const { return summary_.skipped.empty(); }

 private:
  std::unique_ptr<Predictor> make(const ModelConfig& config, PredictMode mode) const {
    const WeightsChoice weights{.file = weightsFile(options_), .despite_mismatch = options_.despite_mismatch};
    Progress unwatched;
    return loadPredictor(config, weights,
                         {.device = options_.device,
                          .threads = options_.threads,
                          .mode = mode,
                          .exact_images = !options_.fast_images,
                          .half = options_.half},
                         unwatched);
  }

  /// The same fault again and again is not the keyframes': what was not tried yet would have it, too.
  [[noreturn]] static void giveUp(const Error& last) {
    Problem problem = last.problem();
    problem.summary = fmt::format("{} keyframes in a row could not be predicted, the last one because: {}",
                                  kFailuresInRow, problem.summary);
    throw Error(problem);
  }

  void predict(const FrameKey& key, Progress& progress) {
    const fs::path file = options_.out.empty() ? fs::path() : fileOf(options_, *dataset_, key);
    if (!file.empty() && !options_.again && fs::exists(file)) {
      ++summary_.finished_before;
      return;
    }
    PredictWish wish;
    wish.stop = progress.stopToken();
    // Not for the numbers: reporting is when Ctrl+C is seen.
    wish.on_stage = [&](const std::string&, double) { progress.advance(0); };
    const PredictedFrame frame = predictor_->predict(*dataset_, key, wish);
    if (!file.empty()) {
      // The first voxels bring the record of what made them: a folder without any has none.
      if (summary_.predicted == 0)
        writeFile(fs::path(options_.out) / kRecord, dumped(recordOf(options_, *predictor_)) + "\n");
      writeVoxels(file, *frame.occupancy, options_.format);
    }
    summary_.add(frame);
    if (comparison_ && frame.used_memory) {
      comparison_->add(key, *frame.occupancy, *exact_->predict(*dataset_, key, wish).occupancy);
    } else if (comparison_) {
      comparison_->addWithoutPast();
    }
  }

  void writeSubmission(Progress& progress) const {
    const fs::path file = fs::path(options_.out) / kSubmission;
    const auto source = openPredictions(options_.out, {.dataset = dataset_, .classes = &ClassSet::openocc()});
    const RayFanOf rays = metricRays(dataset_);
    SubmissionWriter writer(file, predictor_->config().name, options_.team);
    progress.start("Casting rays", std::int64_t(keys_.size()));
    for (const FrameKey& key : keys_) {
      progress.throwIfCancelled();
      const Keyframe keyframe = dataset_->keyframe(key.scene, key.index);
      if (source->find(keyframe))
        writer.add(keyframe.token, raysOf(source->read(keyframe), rays(keyframe).origins));
      progress.advance();
    }
    writer.close();
  }

  const PredictCommandOptions& options_;
  std::shared_ptr<const Dataset> dataset_;
  std::vector<FrameKey> keys_;
  std::unique_ptr<Predictor> predictor_, exact_;
  std::optional<ModeComparison> comparison_;
  PredictionSummary summary_;
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
    fmt::print(stderr, "Stopped. {} of {} keyframes are done{}\n", run.finished(), run.total(),
               options.out.empty() ? "." : "; the same command goes on from there.");
    throw CLI::RuntimeError(1);
  }
  run.printSummary();
  if (!run.complete()) throw CLI::RuntimeError(1);
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
  command.add_flag("--again", options.again, "Predict keyframes too whose files are there already");
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
  command->callback([options] { predict(*options); });
}

}  // namespace hbev
