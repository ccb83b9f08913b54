// hbevocc predictions: what somebody's predictions are, how many can be used, and why the others cannot.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/data/dataset.h"
#include "core/data/predictions/source.h"

namespace hbev {
namespace {

struct PredictionsOptions {
  std::string path;
  std::string data;
  std::string version;
  bool layouts = false;
  bool all = false;
  bool json = false;
};

constexpr std::size_t kShownRefusals = 10;

void printLayouts() {
  for (const PredictionLayout& layout : predictionLayouts())
    fmt::print("{:<26} {}\n", layout.name, layout.layout);
}

void printText(const ImportReport& report, bool with_dataset, bool all) {
  const auto row = [](const char* name, const std::string& text) {
    if (!text.empty()) fmt::print("  {:<12} {}\n", name, text);
  };
  fmt::print("{}\n", report.path.string());
  row("format",
      report.format.empty() ? "not recognised" : fmt::format("{}: {}", report.format, report.layout));
  if (!report.format.empty()) {
    row("accepted", fmt::format("{}", report.accepted));
    row("classes",
        fmt::format("{}. {}", report.classes ? report.classes->name() : "unknown", report.classes_because));
    row("grid", report.grid);
    row("flow", report.has_flow ? "yes" : "no");
    row("orientation", report.orientation);
  }
  if (with_dataset && !report.format.empty()) {
    row("keyframes", fmt::format("{} of the data set have no prediction", report.keyframes_without));
    row("unknown",
        fmt::format("{} predictions for keyframes that the data set does not hold", report.unknown_tokens));
  }
  for (const std::string& note : report.notes)
    row("note", note);
  row("refused", fmt::format("{}", report.refused.size()));
  const std::size_t shown = all ? report.refused.size() : std::min(report.refused.size(), kShownRefusals);
  for (std::size_t i = 0; i < shown; ++i)
    fmt::print("    {}: {}\n", report.refused[i].file.string(), report.refused[i].reason);
  if (shown < report.refused.size())
    fmt::print("    and {} more (--all shows them)\n", report.refused.size() - shown);
}

void printJson(const ImportReport& report, bool with_dataset) {
  nlohmann::ordered_json json;
  json["path"] = report.path.string();
  json["format"] = report.format;
  json["layout"] = report.layout;
  json["classes"] = report.classes ? nlohmann::ordered_json(std::string(report.classes->name())) : nullptr;
  json["classes_because"] = report.classes_because;
  json["orientation"] = report.orientation;
  json["better_orientation"] = report.better_orientation
                                   ? nlohmann::ordered_json(orientationName(*report.better_orientation))
                                   : nullptr;
  json["grid"] = report.grid;
  json["has_flow"] = report.has_flow;
  json["accepted"] = report.accepted;
  if (with_dataset) {
    json["unknown_tokens"] = report.unknown_tokens;
    json["keyframes_without"] = report.keyframes_without;
  }
  json["notes"] = report.notes;
  json["refused"] = nlohmann::ordered_json::array();
  for (const Refusal& refusal : report.refused)
    json["refused"].push_back({{"file", refusal.file.string()}, {"reason", refusal.reason}});
  // File names may be anything.
  fmt::print("{}\n", dumped(json));
}

void inspect(const PredictionsOptions& options) {
  if (options.layouts) return printLayouts();
  std::shared_ptr<const Dataset> dataset;
  if (!options.data.empty()) dataset = Dataset::open(options.data, options.version);
  const ImportReport report = [&] {
    TerminalProgress terminal;
    return inspectPredictions(options.path, dataset.get(), &terminal.progress());
  }();
  options.json ? printJson(report, dataset != nullptr) : printText(report, dataset != nullptr, options.all);
  if (report.accepted > 0) return;
  throw Error({"No prediction can be used",
               options.path,
               {},
               {},
               "`hbevocc predictions --layouts` lists what can be read."});
}

}  // namespace

void addPredictionsCommand(CLI::App& app) {
  auto options = std::make_shared<PredictionsOptions>();
  CLI::App* command =
      app.add_subcommand("predictions", "Tells what somebody's predictions are, and why some are refused");
  CLI::Option* path = command->add_option("PREDICTIONS", options->path, "A folder or a file of predictions");
  CLI::Option* layouts =
      command->add_flag("--layouts", options->layouts, "List the layouts that can be read, and nothing else");
  path->excludes(layouts);
  command->add_option("--data", options->data,
                      "The data set they belong to: tokens and orientation are compared with it");
  command->add_option("--version-folder", options->version,
                      "Which version, when there are several: v1.0-mini");
  command->add_flag("--all", options->all, "List every refused file, not only the first");
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, command] {
    if (options->path.empty() && !options->layouts) throw CLI::RequiredError("PREDICTIONS");
    inspect(*options);
  });
}

}  // namespace hbev
