// hbevocc evaluate: predictions against labels, as the papers score them. hbevocc merge: its parts become
// one.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>

#include "app/commands/commands.h"
#include "app/commands/evaluation_output.h"
#include "app/shell_word.h"
#include "app/terminal.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/memory.h"
#include "core/eval/evaluation.h"
#include "core/eval/evaluation_summary.h"
#include "core/eval/merge.h"
#include "core/eval/metric_rays.h"
#include "core/eval/table.h"
#include "core/runs/launch.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

struct EvaluateOptions {
  std::string data;
  std::string version;
  std::vector<std::string> predictions;
  std::string truth = "openocc", split = "all", mask = "camera", order = "token";
  std::string classes, orientation, device = "auto";
  std::vector<std::string> scenes;
  std::string out, shard, cache;
  bool resume = false, no_cache = false;
  std::size_t threads = 0;
  double cache_gigabytes = 6;
  EvaluationOutputs outputs;
};

std::vector<fs::path> filesOf(const EvaluationOutputs& outputs) {
  std::vector<fs::path> files;
  for (const std::string* file :
       {&outputs.json, &outputs.csv, &outputs.markdown, &outputs.latex, &outputs.html}) {
    if (!file->empty()) files.emplace_back(*file);
  }
  return files;
}

fs::path placeOf(const fs::path& file) {
  std::error_code code;
  return fs::weakly_canonical(fs::absolute(file, code), code);
}

/// Whether `file` may be one of those that are written beside the CSV file: FILE-scenes.csv for FILE.csv.
bool liesBesideCsv(const fs::path& file, const fs::path& csv) {
  const fs::path other = placeOf(file), first = placeOf(csv);
  return other.parent_path() == first.parent_path() && other.extension() == first.extension() &&
         other.stem().string().starts_with(first.stem().string() + "-");
}

/// Throws Error when something could not be written that comes at the end, which may be hours away. `out` may
/// be empty; `inputs` are to be left as they are.
void demandPlaces(const fs::path& out, const EvaluationOutputs& outputs,
                  const std::vector<std::string>& inputs = {}) {
  std::vector<fs::path> files = filesOf(outputs);
  if (!out.empty()) files.push_back(out);
  std::set<fs::path> places;
  for (const std::string& input : inputs)
    places.insert(placeOf(input));
  for (const fs::path& file : files) {
    const bool is_csv = file == outputs.csv;
    demandWritableFile(file, is_csv ? Devices::Refused : Devices::Allowed);
    std::error_code code;
    if (fs::exists(file, code) && !fs::is_regular_file(file, code)) continue;  // a pipe takes all of them
    if (!places.insert(placeOf(file)).second || (!outputs.csv.empty() && liesBesideCsv(file, outputs.csv)))
      throw Error({"An output would be written over another file of this command",
                   file,
                   {},
                   {},
                   "Name another file."});
  }
}

/// Which worker this is: what was said, or what torchrun or srun says. `out` becomes the worker's own file
/// then.
Shard shardFrom(const EvaluateOptions& options, const Launch& launch, fs::path& out) {
  if (!options.shard.empty()) return parseShard(options.shard);
  if (launch.count < 2) return {};
  const Shard shard{std::size_t(launch.rank), std::size_t(launch.count)};
  if (out.empty()) {
    throw Error({"Several workers need a file each",
                 {},
                 "--out FILE",
                 "none",
                 "Worker 0 of 8 writes FILE-0of8; put them together with hbevocc merge."});
  }
  if (const std::vector<fs::path> files = filesOf(options.outputs); !files.empty()) {
    throw Error({"A worker knows only its share of the keyframes",
                 files.front(),
                 {},
                 fmt::format("{} workers", launch.count),
                 "`hbevocc merge` puts the shares together and writes such files."});
  }
  out.replace_filename(
      fmt::format("{}-{}of{}{}", out.stem().string(), shard.index, shard.count, out.extension().string()));
  fmt::print(stderr, "Worker {} of {} writes {}.\n", shard.index, shard.count, out.string());
  return shard;
}

/// As many threads as were asked for, or the cores' share of one of several workers on this machine.
std::optional<tbb::global_control> threadLimit(std::size_t threads, const Launch& launch) {
  if (threads == 0 && launch.count > 1) threads = std::size_t(processorsOf(launch));
  if (threads == 0) return std::nullopt;
  return std::make_optional<tbb::global_control>(tbb::global_control::max_allowed_parallelism, threads);
}

void refuseTwice(const std::vector<std::string>& predictions) {
  std::set<fs::path> seen;
  for (const std::string& path : predictions) {
    std::error_code none;
    const fs::path place = fs::weakly_canonical(path, none);
    if (seen.insert(place.empty() ? fs::path(path) : place).second) continue;
    throw Error(
        {"These predictions are named twice", path, "each folder or file once", {}, "Leave one out."});
  }
}

EvaluationPlan planFrom(const EvaluateOptions& options) {
  refuseTwice(options.predictions);
  EvaluationPlan plan;
  plan.dataset = Dataset::open(options.data, options.version);
  plan.truth = *findLabelKind(options.truth);
  plan.split = options.split;
  plan.scenes = options.scenes;
  plan.order = *findFrameOrder(options.order);
  plan.options.camera_mask = options.mask == "camera";
  plan.device = options.device == "cuda"  ? CastDevice::Cuda
                : options.device == "cpu" ? CastDevice::Cpu
                                          : CastDevice::Auto;
  OpenOptions how{
      .dataset = plan.dataset, .rays = metricRays(plan.dataset), .translate_to = &classSetOf(plan.truth)};
  if (!options.classes.empty()) how.classes = ClassSet::find(options.classes);
  if (!options.orientation.empty()) how.orientation = *findOrientation(options.orientation);
  for (const std::string& path : options.predictions)
    plan.sources.push_back(openEvaluationSource(path, how));
  tellApart(plan.sources);
  return plan;
}

void run(const EvaluationPlan& plan, EvaluationStore& store, const fs::path& out) {
  try {
    TerminalProgress terminal;
    runEvaluation(plan, store, terminal.progress());
  } catch (const Cancelled&) {
    const std::int64_t frames = store.frameCount();
    store.finish();
    if (out.empty()) {
      fmt::print(stderr, "Cancelled. Nothing was kept; with --out FILE finished keyframes would be.\n");
    } else {
      fmt::print(stderr, "Cancelled. {} {} kept in {}; go on with --resume.\n", counted(frames, "keyframe"),
                 frames == 1 ? "is" : "are", out.string());
    }
    throw CLI::RuntimeError(1);
  }
  store.finish();
}

void requireScores(const EvaluationSummary& summary, const EvaluationPlan& plan) {
  for (const SourceSummary& source : summary.sources) {
    if (!source.frames.empty()) return;
  }
  const SourceSummary& first = summary.sources.front();
  throw Error({"No keyframe could be scored", first.facts.path,
               "predictions and labels of the same keyframes",
               fmt::format("{} keyframes without labels, {} without a prediction, {} unusable",
                           first.skippedFor(SkipReason::NoTruth), first.skippedFor(SkipReason::NoPrediction),
                           first.skippedFor(SkipReason::Unusable)),
               plan.sources.size() > 1 ? "Check --truth and that the predictions belong to this data set."
                                       : "Check --truth and that they belong to this data set."});
}

/// What a worker has done. Its figures alone mean nothing. A share without keyframes is no failure; one in
/// which none could be scored is.
void tellShare(const EvaluationStore& store, const EvaluationPlan& plan, const fs::path& whole,
               const fs::path& part) {
  const EvaluationSummary summary = summarise(store);
  printSkipped(summary);
  const auto skips = [](const SourceSummary& source) { return !source.skipped.empty(); };
  if (std::ranges::any_of(summary.sources, skips)) requireScores(summary, plan);
  std::set<std::int64_t> scored;
  for (const SourceSummary& source : summary.sources) {
    for (const FrameScores& frame : source.frames)
      scored.insert(frame.frame.ordinal);
  }
  // The star is the shell's.
  const std::string extension = whole.extension().string();
  const std::string parts = fmt::format("{}-*of{}{}", quoted((whole.parent_path() / whole.stem()).string()),
                                        plan.shard.count, extension.empty() ? "" : quoted(extension));
  fmt::print("{} in {}; `hbevocc merge {} {}` puts all together.\n",
             counted(std::int64_t(scored.size()), "keyframe"), part.string(), quoted(whole.string()), parts);
}

void evaluate(const EvaluateOptions& options) {
  fs::path out = options.out;
  const Launch launch = options.shard.empty() ? launchOfEnvironment() : Launch{};
  const Shard shard = shardFrom(options, launch, out);
  if (options.resume && out.empty())
    throw CLI::ValidationError("--resume", "needs --out FILE, the evaluation to go on with");
  const bool goes_on = options.resume && fs::exists(out);
  if (!out.empty() && !goes_on) demandNewFile(out, "Go on with it by --resume, or name another file.");
  demandPlaces(out, options.outputs);
  const auto limit = threadLimit(options.threads, launch);
  keepFreedMemory();
  EvaluationPlan plan = planFrom(options);
  plan.shard = shard;
  std::optional<TruthCache> cache;
  if (!options.no_cache) {
    cache.emplace(TruthCache::Options{options.cache, std::uint64_t(options.cache_gigabytes * 1e9)});
    plan.cache = &*cache;
  }
  printDiagnosis(plan);
  EvaluationStore store = goes_on ? resumeStore(plan, out) : createStore(plan, out);
  run(plan, store, out);
  if (options.shard.empty() && shard.count > 1) return tellShare(store, plan, options.out, out);
  const EvaluationSummary summary = summarise(store);
  printSkipped(summary);
  requireScores(summary, plan);
  printTables(summary);
  writeOutputs(summary, &plan, options.outputs);
}

std::vector<std::string> orientationNames() {
  std::vector<std::string> names;
  for (const Orientation& orientation : allOrientations())
    names.push_back(orientationName(orientation));
  return names;
}

void addChoices(CLI::App& command, EvaluateOptions& options) {
  command.add_option("--truth,--labels", options.truth, "The labels to score against")
      ->check(CLI::IsMember({"openocc", "occ3d"}))
      ->capture_default_str();
  command.add_option("--split", options.split, "train, val, all, or a name in splits.json")
      ->capture_default_str();
  command.add_option("--scene", options.scenes, "Only these scenes (names or tokens; may be repeated)");
  command
      .add_option("--mask", options.mask, "camera: mIoU within the labels' camera mask too; none: without it")
      ->check(CLI::IsMember({"camera", "none"}))
      ->capture_default_str();
  command
      .add_option("--order", options.order,
                  "token: rays start in the keyframe's own scene; reference: as the reference's evaluator "
                  "pairs them, for figures of papers")
      ->check(CLI::IsMember({"token", "reference"}))
      ->capture_default_str();
  command
      .add_option("--classes", options.classes,
                  "The class set of the predictions, where their files do not tell it or tell it wrongly")
      ->check(CLI::IsMember({"openocc", "occ3d"}));
  command.add_option("--orientation", options.orientation, "How the arrays lie: `hbevocc predictions` tells")
      ->check(CLI::IsMember(orientationNames()));
  command.add_option("--version-folder", options.version, "Which version, when there are several: v1.0-mini");
}

void addWork(CLI::App& command, EvaluateOptions& options) {
  command.add_option("--out", options.out, "Keep every frame's counts in this file (SQLite)");
  command.add_flag("--resume", options.resume,
                   "Go on with --out: keyframes that it has are not scored again");
  command.add_option(
      "--shard", options.shard,
      "INDEX/COUNT, from 0: only this worker's share; under torchrun and srun each takes its own");
  command
      .add_option("--device", options.device,
                  "Where rays are cast: auto takes a CUDA card when one answers. The scores are the same")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
  command.add_option("--threads", options.threads, "Maximum number of threads (default: all cores)");
  command.add_option("--cache", options.cache,
                     "Where the truth's rays are kept for the next time; in the user's cache folder without");
  command.add_option("--cache-size", options.cache_gigabytes, "Size limit of that cache, GB")
      ->check(CLI::Range(0.0, 10'000.0))
      ->capture_default_str();
  command.add_flag("--no-cache", options.no_cache, "Neither use nor keep them");
}

}  // namespace

void addEvaluateCommand(CLI::App& app) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand(
      "evaluate", "Scores predictions: RayIoU at 1, 2 and 4 m, mAVE, OccScore and mIoU, per class");
  command->add_option("DATA", options->data, "A nuScenes folder with gts/ (Occ3D) or openocc_v2/ (OpenOcc)")
      ->required();
  command
      ->add_option("PREDICTIONS,--predictions", options->predictions,
                   "Folders or files of predictions; `hbevocc predictions --layouts` lists the layouts")
      ->required();
  addChoices(*command, *options);
  addWork(*command, *options);
  addOutputOptions(*command, options->outputs);
  addPictureOption(*command, options->outputs);
  command->footer(
      "Flow that a prediction lacks counts as standing still. Several sources are compared with each other.\n"
      "A CVPR 2024 submission is scored ray by ray, as the challenge's server does.");
  command->callback([options] { evaluate(*options); });
}

void addMergeCommand(CLI::App& app) {
  struct MergeOptions {
    std::string out;
    std::vector<std::string> parts;
    EvaluationOutputs outputs;
  };
  auto options = std::make_shared<MergeOptions>();
  CLI::App* command = app.add_subcommand("merge", "Puts the parts of an evaluation together, exactly");
  command->add_option("OUT", options->out, "The new file")->required();
  command->add_option("IN", options->parts, "Files by hbevocc evaluate --shard ... --out")->required();
  addOutputOptions(*command, options->outputs);
  command->callback([options] {
    demandPlaces(options->out, options->outputs, options->parts);
    const std::vector<fs::path> parts(options->parts.begin(), options->parts.end());
    const MergeSummary merged = mergeEvaluations(options->out, parts);
    const EvaluationSummary summary = summarise(EvaluationStore::open(options->out));
    printTables(summary);
    fmt::print("\n{} of {} {} in {}.\n", counted(merged.frames, "keyframe"),
               counted(std::int64_t(parts.size()), "part"), merged.frames == 1 ? "is" : "are", options->out);
    if (merged.missing > 0) {
      fmt::print("{} of the selection {} in none of the parts.\n", counted(merged.missing, "keyframe"),
                 merged.missing == 1 ? "is" : "are");
    }
    writeOutputs(summary, nullptr, options->outputs);
  });
}

}  // namespace hbev
