// hbevocc runs: the trainings in a folder, one line each; tags, notes and wishes for one of them.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json_text.h"
#include "core/runs/run_folder.h"

namespace fs = std::filesystem;

namespace hbev {
namespace {

constexpr std::string_view kNothing = "–", kUnreadable = "unreadable";

struct RunsCommandOptions {
  std::string folder, wish, note;
  std::vector<std::string> tags;
  bool json = false;
};

std::string numberOr(const std::optional<double>& value, double factor, int digits) {
  return value && std::isfinite(*value) ? fmt::format("{:.{}f}", factor * *value, digits)
                                        : std::string(kNothing);
}

/// How long the run's processes have worked.
std::string timeOf(const RunSummary& run) {
  const double seconds = workedSeconds(run.process);
  if (!(seconds >= 0)) return std::string(kNothing);
  return fmt::format("{:%H:%M:%S}", std::chrono::seconds(std::llround(seconds)));
}

/// The name, and the folder where it is another: a copy has its original's name.
std::string titleOf(const RunSummary& run) {
  const std::string folder = lastName(run.folder);
  return folder == run.facts.name ? folder : fmt::format("{} ({})", run.facts.name, folder);
}

void printRuns(const std::vector<RunSummary>& runs) {
  std::size_t width = 4;
  for (const RunSummary& run : runs)
    width = std::max(width, titleOf(run).size());
  fmt::print("{:<{}}  {:<10}{:>17}{:>10}{:>9}{:>9}{:>11}  {}\n", "name", width, "state", "step", "loss",
             "RayIoU", "best", "time", "tags");
  for (const RunSummary& run : runs) {
    if (!run.problem.empty()) {
      fmt::print("{:<{}}  {}\n{:<{}}  {}\n", titleOf(run), width, kUnreadable, "", width, run.problem);
      continue;
    }
    fmt::print("{:<{}}  {:<10}{:>17}{:>10}{:>9}{:>9}{:>11}  {}\n", titleOf(run), width,
               runStateName(run.state), fmt::format("{} / {}", run.process.step, run.process.total_steps),
               numberOr(run.process.loss, 1, 4), numberOr(run.process.ray_iou, 100, 2),
               numberOr(run.process.best_ray_iou, 100, 2), timeOf(run), fmt::join(run.labels.tags, ", "));
    if (run.state == RunState::Failed && !run.process.sentence.empty())
      fmt::print("{:<{}}  {}\n", "", width, run.process.sentence);
  }
}

nlohmann::ordered_json jsonOf(const RunSummary& run) {
  if (!run.problem.empty()) {
    return {{"folder", run.folder.string()},
            {"name", run.facts.name},
            {"state", kUnreadable},
            {"sentence", run.problem}};
  }
  nlohmann::ordered_json json{
      {"folder", run.folder.string()}, {"name", run.facts.name},   {"state", runStateName(run.state)},
      {"config", run.facts.config},    {"step", run.process.step}, {"total_steps", run.process.total_steps},
      {"tags", run.labels.tags},       {"note", run.labels.note},  {"sentence", run.process.sentence}};
  if (run.process.loss) json["loss"] = *run.process.loss;
  if (run.process.ray_iou) json["ray_iou"] = *run.process.ray_iou;
  if (run.process.best_ray_iou) json["best_ray_iou"] = *run.process.best_ray_iou;
  return json;
}

void writeLabels(const RunsCommandOptions& options, const CLI::App& command) {
  RunSummary run = readRunSummary(options.folder);
  if (command.count("--tag") > 0) {
    run.labels.tags = options.tags;
    std::erase(run.labels.tags, "");
  }
  if (command.count("--note") > 0) run.labels.note = options.note;
  writeRunLabels(run.folder, run.labels);
}

void send(const RunsCommandOptions& options) {
  const RunSummary run = readRunSummary(options.folder);
  if (run.state != RunState::Running && run.state != RunState::Paused) {
    throw Error({"The run takes no wishes",
                 run.folder,
                 "a run that goes on",
                 fmt::format("it is {}", runStateName(run.state)),
                 {}});
  }
  for (const RunWish wish : {RunWish::Stop, RunWish::Checkpoint, RunWish::Pause, RunWish::GoOn}) {
    if (wishName(wish) == options.wish) sendWish(run.folder, wish);
  }
}

void listed(const RunsCommandOptions& options) {
  std::error_code none;
  if (!fs::is_directory(options.folder, none)) {
    throw Error({"There is no such folder", options.folder, "a run's folder, or one with many",
                 fs::exists(options.folder, none) ? "a file" : "nothing",
                 "`hbevocc train DATA --config demo --out FOLDER` makes a run."});
  }
  if (fs::exists(RunPaths(options.folder).facts(), none)) readRunFacts(options.folder);  // or says why not
  const std::vector<RunSummary> runs = listRuns(options.folder);
  if (options.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const RunSummary& run : runs)
      all.push_back(jsonOf(run));
    fmt::print("{}\n", dumped(all));
  } else if (runs.empty()) {
    throw Error({"There is no run in this folder", options.folder, "folders with a run.json", "none",
                 "`hbevocc train DATA --config demo --out FOLDER` makes one."});
  } else {
    printRuns(runs);
  }
}

}  // namespace

void addRunsCommand(CLI::App& app) {
  auto options = std::make_shared<RunsCommandOptions>();
  CLI::App* command = app.add_subcommand("runs", "Lists trainings, labels them, stops them");
  command->add_option("FOLDER", options->folder, "A run's folder, or one with many")->required();
  command->add_option("--send", options->wish, "Tell the run in FOLDER: stop, checkpoint, pause or go-on")
      ->check(CLI::IsMember({"stop", "checkpoint", "pause", "go-on"}));
  command->add_option("--tag", options->tags,
                      "The tags of the run in FOLDER (may be repeated; \"\" for none)");
  command->add_option("--note", options->note, "The note on the run in FOLDER");
  command->add_flag("--json", options->json, "As JSON");
  command->callback([options, command] {
    const bool labels = command->count("--tag") + command->count("--note") > 0;
    if (labels) writeLabels(*options, *command);
    if (!options->wish.empty()) send(*options);
    if (!labels && options->wish.empty()) listed(*options);
  });
}

}  // namespace hbev
