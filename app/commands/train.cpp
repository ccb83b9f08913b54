// hbevocc train: trains the network on a data set; the run's folder tells everything while it goes on.
#include <array>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/commands/network_commands.h"
#include "app/shell_word.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/model/config.h"
#include "core/model/network_library.h"
#include "core/model/training_precision.h"
#include "core/runs/run_folder.h"
#include "core/train/launch.h"
#include "core/train/training_plan.h"

namespace fs = std::filesystem;

namespace hbev {
namespace {

// Set by the signal handler, read between steps.
volatile std::sig_atomic_t stop_wanted = 0;
volatile std::sig_atomic_t tells_of_stop = 0;  // one of many processes does

/// The first one asks for a stop. A second Ctrl+C ends the process, but not one that follows at once: a
/// terminal tells the launcher and its processes, and the launcher tells its processes again. SIGTERM never
/// does: launchers repeat it, and end what does not hear them by SIGKILL.
void onStop(int signal) {
  constexpr std::string_view kStopping = "\nStopping after this step.\n";
  constexpr std::string_view kOnceMore = "\nStopping after this step; once more ends it at once.\n";
  static volatile std::sig_atomic_t asked_s = 0;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  if (stop_wanted != 0) {
    if (signal != SIGINT || now.tv_sec - asked_s < 2) return;
    std::signal(SIGINT, SIG_DFL);
    (void)std::raise(SIGINT);
    return;
  }
  stop_wanted = 1;
  asked_s = std::sig_atomic_t(now.tv_sec);
  const std::string_view line = signal == SIGINT ? kOnceMore : kStopping;
  if (tells_of_stop != 0) (void)!::write(STDERR_FILENO, line.data(), line.size());
}

/// What a run keeps for as long as it lives, because its numbers depend on it.
constexpr std::array kFixedOptions{
    "--config",         "--set",  "--weights", "--boost",      "--split",
    "--evaluate-split", "--name", "--seed",    "--accumulate", "--exact-images"};
constexpr int kCheckpointsPerEvaluation = 5, kEvaluatedKeyframes = 40;

/// As this process was started.
std::vector<std::string> commandLine() {
  std::ifstream stream("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(stream, word, '\0');)
    words.push_back(word);
  return words;
}

struct TrainCommandOptions {
  TrainingPlan plan;
  std::string config;
  std::vector<std::string> settings;
  int processes = 1;
};

std::string textOf(const fs::path& file) {
  const std::vector<std::byte> bytes = readFile(file, 1 << 24);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Whether one of the fixed options says what the run has already.
bool saysTheSame(std::string_view name, const TrainCommandOptions& options, const RunFacts& facts) {
  const TrainingPlan& plan = options.plan;
  const RunPaths paths(plan.out);
  if (name == "--config" || name == "--set")
    return !options.config.empty() && plan.config_toml == textOf(paths.config());
  if (name == "--weights") return fs::absolute(plan.weights).string() == facts.weights;
  if (name == "--boost") {  // the run has its own copy
    std::error_code none;
    return fs::exists(paths.boost()) &&
           (!fs::exists(plan.boost, none) || textOf(plan.boost) == textOf(paths.boost()));
  }
  if (name == "--split") return plan.split == facts.split;
  if (name == "--evaluate-split") return plan.evaluate_split == facts.evaluate_split;
  if (name == "--name") return plan.name == facts.name;
  if (name == "--seed") return plan.seed == facts.seed;
  if (name == "--accumulate") return plan.accumulate == facts.accumulate;
  return plan.exact_images == facts.exact_images;
}

void demandNoChange(const TrainCommandOptions& options, const CLI::App& command) {
  if (options.config.empty() && !options.settings.empty())
    throw CLI::ValidationError("--set", "changes --config, which is not given");
  std::optional<RunFacts> facts;
  for (const char* name : kFixedOptions) {
    if (command.count(name) == 0) continue;
    if (!facts) facts = readRunFacts(options.plan.out);
    if (saysTheSame(name, options, *facts)) continue;
    const bool one_text = std::string_view(name) == "--config" || std::string_view(name) == "--set";
    throw CLI::ValidationError(
        one_text ? "--config and --set" : name,
        "cannot change when a run goes on. --steps, --checkpoint-every, --keep, --evaluate-every and "
        "--evaluate-keyframes can");
  }
}

void takeChanges(TrainingPlan& plan, const CLI::App& command) {
  if (command.count("--version-folder") > 0 && plan.data.empty())
    throw CLI::ValidationError("--version-folder", "belongs to DATA, which a run that goes on remembers");
  if (command.count("--checkpoint-every") > 0) plan.change.checkpoint_every = plan.checkpoint_every;
  if (command.count("--evaluate-every") > 0) plan.change.evaluate_every = plan.evaluate_every;
  if (command.count("--keep") > 0) plan.change.keep = plan.keep;
  if (command.count("--evaluate-keyframes") > 0) plan.change.evaluate_keyframes = plan.evaluate_keyframes;
}

/// Said before anything is loaded. Empty: none.
void takeWeights(TrainCommandOptions& options) {
  fs::path& file = options.plan.weights;
  file = findWeightsFile(file.string(), options.config);
  std::error_code none;
  if (file.empty() || fs::is_regular_file(file, none)) return;
  throw Error({"There are no weights at this place", file, "a checkpoint (.pth)",
               fs::is_directory(file, none) ? "a folder" : "nothing",
               "Leave --weights out to begin with random ones."});
}

void takeConfig(TrainCommandOptions& options) {
  const fs::path file = options.plan.config_file = findConfigFile(options.config);
  const std::vector<std::byte> bytes = readFile(file, 1 << 20);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  options.plan.config_toml = text;
  parseModelConfig(text, file);
  if (options.settings.empty()) return;
  try {
    options.plan.config_toml = withSettings(text, options.settings, file);
    parseModelConfig(options.plan.config_toml, file);
  } catch (const Error& error) {  // not the file's fault
    Problem problem = error.problem();
    problem.file.clear();
    problem.summary += fmt::format(" (--set {})", fmt::join(options.settings, " --set "));
    throw Error(problem);
  }
}

/// What can be known of the device before data and network are loaded.
void demandDevicePrecision(const TrainingPlan& plan) {
  const TrainingConfig training = parseModelConfig(plan.config_toml, plan.config_file).training;
  if (training.precision == "float32") return;
  const std::vector<DeviceInfo> devices = devicesOfMachine();
  demandPrecision(training, plan.device == "auto" ? devices.back().id : plan.device);
}

/// A training that says nothing of evaluations has some, so that one checkpoint is the best.
void chooseEvaluations(TrainingPlan& plan, const CLI::App& command) {
  if (command.count("--evaluate-every") > 0) return;
  plan.evaluate_if_possible = true;
  if (plan.steps == 0 || plan.steps >= plan.checkpoint_every)
    plan.evaluate_every = kCheckpointsPerEvaluation * plan.checkpoint_every;
}

void takeOptions(TrainCommandOptions& options, const CLI::App& command) {
  // The line that begins a run goes on with it too, so that a launcher can start it again as it is.
  std::error_code none;
  if (options.plan.resume &&
      (options.config.empty() || fs::exists(RunPaths(options.plan.out).facts(), none))) {
    if (!options.config.empty()) {
      takeConfig(options);
      // Not read once more: they may be gone.
      options.plan.weights = findWeightsFile(options.plan.weights.string(), options.config);
    }
    demandNoChange(options, command);
    return takeChanges(options.plan, command);
  }
  options.plan.resume = false;
  if (options.plan.data.empty()) throw CLI::RequiredError("DATA");
  if (options.config.empty()) throw CLI::RequiredError("--config");
  takeWeights(options);
  takeConfig(options);
  demandDevicePrecision(options.plan);
  chooseEvaluations(options.plan, command);
}

/// --nproc starts processes, and so do torchrun and srun. (A process that --nproc has started has its
/// arguments.)
void demandOneLauncher(const TrainCommandOptions& options) {
  const Launch& launch = options.plan.launch;
  if (options.processes == 1 || launch.count == 1) return;
  if (options.processes == launch.count && launch.count == launch.local_count) return;
  throw CLI::ValidationError(
      "--nproc", fmt::format("does not go with torchrun or srun, which have started {} processes already",
                             launch.count));
}

void tellHowToGoOn(const TrainCommandOptions& options, bool started_others) {
  const std::string out = quoted(options.plan.out.string());
  if (options.plan.launch.count > 1 && !started_others) {
    fmt::print(stderr, "The same launcher goes on from there with `hbevocc train --out {} --resume`.\n", out);
    return;
  }
  const std::string processes = started_others ? fmt::format(" --nproc {}", options.processes) : "";
  fmt::print(stderr, "`hbevocc train --out {} --resume{}` goes on from there.\n", out, processes);
}

void train(TrainCommandOptions options, const CLI::App& command) {
  takeOptions(options, command);
  options.plan.command_line = commandLine();
  std::signal(SIGINT, onStop);
  std::signal(SIGTERM, onStop);
  TrainingHooks hooks;
  hooks.stop_wanted = [] { return stop_wanted != 0; };
  hooks.tell = [](const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  };
  std::unique_ptr<LocalProcesses> others;
  options.plan.launch = launchOfEnvironment();
  demandOneLauncher(options);
  // A child has the parent's arguments, but its place among the processes comes with its environment.
  if (options.processes > 1 && options.plan.launch.count == 1) {
    others = std::make_unique<LocalProcesses>(options.processes, options.plan.command_line);
    options.plan.launch = others->launch();
    hooks.local_failure = [&others] { return others->failure(); };
  }
  if (options.plan.threads == 0 && options.plan.launch.count > 1)
    options.plan.threads = processorsOf(options.plan.launch);
  const bool first = options.plan.launch.rank == 0;
  tells_of_stop = first ? 1 : 0;
  const TrainingOutcome outcome = runTraining(options.plan, hooks);
  if (others) others->wait();
  if (!first) return;
  fmt::print("{}\n", outcome.sentence);
  if (outcome.activity == RunActivity::Done) return;
  tellHowToGoOn(options, others != nullptr);
  if (options.plan.launch.restarts) return;  // as a failure it would be started again
  throw CLI::RuntimeError(1);
}

void addRhythm(CLI::App& command, TrainingPlan& plan) {
  command.add_option("--steps", plan.steps, "Steps in all; 0: as many as the configuration's epochs take")
      ->check(CLI::Range(std::int64_t(0), std::int64_t(1) << 40))
      ->capture_default_str();
  command
      .add_option("--accumulate", plan.accumulate,
                  "Batches per step, where memory has no room for larger ones")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command.add_option("--checkpoint-every", plan.checkpoint_every, "Steps between checkpoints")
      ->check(CLI::Range(std::int64_t(1), std::int64_t(1) << 40))
      ->capture_default_str();
  command.add_option("--keep", plan.keep, "Checkpoints that are kept, beside the best one")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command
      .add_option(
          "--evaluate-every", plan.evaluate_every,
          "Steps between evaluations of the averaged weights by RayIoU; 0: none. Without it every fifth "
          "checkpoint and the last step, where there is something to evaluate")
      ->check(CLI::Range(std::int64_t(0), std::int64_t(1) << 40));
  command
      .add_option("--evaluate-keyframes", plan.evaluate_keyframes,
                  "Keyframes of an evaluation, evenly out of the split; 0: all")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
}

}  // namespace

void addTrainCommand(CLI::App& app) {
  auto options = std::make_shared<TrainCommandOptions>();
  TrainingPlan& plan = options->plan;
  plan.evaluate_keyframes = kEvaluatedKeyframes;
  CLI::App* command = app.add_subcommand(kTrainTitle.name, kTrainTitle.about);
  command->footer(
      "Example:\n  hbevocc train DATA --config demo --out runs/first --set training.precision=bfloat16");
  command->add_option("DATA", plan.data, "A nuScenes folder with labels");
  command->add_option("--config", options->config,
                      "A configuration (.toml), or the name of one: see predict --list-configs");
  command->add_option("--out", plan.out, "The run's folder")->required();
  command->add_flag(
      "--resume", plan.resume,
      "Go on with the run in --out from its newest checkpoint; steps and rhythm may change. With "
      "DATA and --config it begins where there is no run yet");
  command->add_option("--set", options->settings,
                      "Another value in the configuration, as training.learning_rate=1e-3 (may be repeated)");
  command->add_option(
      "--weights", plan.weights,
      "A checkpoint (.pth) to begin with; what fits is taken; shipped: those that come with the program");
  command->add_option("--boost", plan.boost,
                      "Keyframes to see more often: {\"tokens\": {\"sample token\": weight}}");
  command->add_option("--split", plan.split, "The scenes to train on")->capture_default_str();
  command->add_option("--evaluate-split", plan.evaluate_split, "The scenes to evaluate on")
      ->capture_default_str();
  command->add_option("--name", plan.name, "The run's name; the folder's without it");
  command->add_option("--seed", plan.seed, "Of all random numbers")->capture_default_str();
  command->add_option("--device", plan.device, "auto, cpu, cuda:0, ...")->capture_default_str();
  command->add_option("--threads", plan.threads, "Threads of the processor; 0: all")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--workers", plan.workers, "Threads that prepare batches ahead of the step")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_flag("--exact-images", plan.exact_images,
                    "Decode large JPEGs in full, as the reference does, which is slower");
  command->add_option("--version-folder", plan.version, "Which version, when there are several: v1.0-mini");
  command
      ->add_option(
          "--nproc", options->processes,
          "Processes on this machine, each with a batch of its own; torchrun and srun start their own")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command
      ->add_option("--patience", plan.patience_s,
                   "Seconds that another process may be silent before the training ends")
      ->check(CLI::Range(0.5, 1e6))
      ->capture_default_str();
  addRhythm(*command, plan);
  command->callback([options, command] { train(*options, *command); });
}

}  // namespace hbev
