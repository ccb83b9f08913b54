// hbevocc doctor: what this machine, a data set and predictions lack, and what to do about it.
#include "core/doctor/doctor.h"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "app/terminal.h"
#ifdef HBEV_HAS_STUDIO
#include "core/base/json_text.h"
#include "render/graphics_check.h"
#endif

namespace hbev {
namespace {

struct DoctorCommand {
  std::string data;
  std::string predictions;
  DoctorOptions options;
  bool json = false;
};

struct Report {
  std::vector<Finding> machine, dataset, predictions;
};

Report examine(const DoctorCommand& command) {
  TerminalProgress terminal;
  Report report;
  report.machine = inspectMachine();
#ifdef HBEV_HAS_STUDIO
  const std::vector<Finding> graphics = inspectGraphics();
  report.machine.insert(report.machine.end(), graphics.begin(), graphics.end());
#endif
  if (!command.data.empty())
    report.dataset = inspectDataset(command.data, &terminal.progress(), command.options);
  if (!command.predictions.empty()) {
    report.predictions =
        inspectPredictionFolder(command.predictions, command.data, &terminal.progress(), command.options);
  }
  return report;
}

/// The escape sequence of a state on a terminal, and its sign.
struct Look {
  const char* color;
  const char* sign;
};

Look lookOf(Finding::State state) {
  switch (state) {
    case Finding::State::Good:
      return {"\033[32m", "ok"};
    case Finding::State::Note:
      return {"\033[36m", "note"};
    case Finding::State::Warning:
      return {"\033[33m", "warning"};
    case Finding::State::Failure:
      return {"\033[31m", "FAILURE"};
  }
  return {"", ""};
}

bool wantsColor() {
  const char* refused = std::getenv("NO_COLOR");  // no-color.org
  return isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

void printSection(const char* title, const std::vector<Finding>& findings, bool color) {
  if (findings.empty()) return;
  fmt::print("{}{}{}\n", color ? "\033[1m" : "", title, color ? "\033[0m" : "");
  std::size_t width = 0;
  for (const Finding& finding : findings)
    width = std::max(width, finding.area.size());
  for (const Finding& finding : findings) {
    const Look look = lookOf(finding.state);
    fmt::print("  {}{:<8}{}{:<{}}  {}\n", color ? look.color : "", look.sign, color ? "\033[0m" : "",
               finding.area, width, finding.title);
    const std::size_t indent = 2 + 8 + width + 2;
    const auto below = [&](const char* before, const std::string& text) {
      if (!text.empty())
        fmt::print("{:{}}{}{}{}{}\n", "", indent, color ? "\033[2m" : "", before, text,
                   color ? "\033[0m" : "");
    };
    below("", finding.detail);
    below("-> ", finding.advice);
  }
  fmt::print("\n");
}

void printText(const Report& report) {
  const bool color = wantsColor();
  printSection("Machine", report.machine, color);
  printSection("Data set", report.dataset, color);
  printSection("Predictions", report.predictions, color);
}

nlohmann::ordered_json toJson(const std::vector<Finding>& findings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"state", stateName(finding.state)},
                    {"area", finding.area},
                    {"title", finding.title},
                    {"detail", finding.detail},
                    {"advice", finding.advice}});
  }
  return list;
}

Finding::State worstOf(const Report& report) {
  return std::max({worstOf(report.machine), worstOf(report.dataset), worstOf(report.predictions)});
}

void printJson(const Report& report) {
  nlohmann::ordered_json json;
  json["worst"] = stateName(worstOf(report));
  json["machine"] = toJson(report.machine);
  json["dataset"] = toJson(report.dataset);
  json["predictions"] = toJson(report.predictions);
  // A damaged name must not keep the report from being printed.
  fmt::print("{}\n", dumped(json));
}

void runDoctor(const DoctorCommand& command) {
  const Report report = examine(command);
  command.json ? printJson(report) : printText(report);
  // CLI11 hands RuntimeError's number on as the exit code without a word.
  if (worstOf(report) == Finding::State::Failure) throw CLI::RuntimeError(1);
}

}  // namespace

void addDoctorCommand(CLI::App& app) {
  auto command = std::make_shared<DoctorCommand>();
  CLI::App* doctor =
      app.add_subcommand("doctor", "Examines this machine, a data set and predictions, and says what to do");
  doctor->add_option("DATA", command->data, "A nuScenes folder, its version folder, or labels alone");
  doctor->add_option("--predictions", command->predictions, "A folder or file of predictions");
  doctor->add_option("--version-folder", command->options.version,
                     "Which version, when there are several: v1.0-mini");
  doctor->add_flag("--full", command->options.full, "Open every file instead of a sample");
  doctor->add_flag("--json", command->json, "Print JSON");
  doctor->footer("The exit code is 1 when something fails, 0 otherwise; warnings do not count.");
  doctor->callback([command] { runDoctor(*command); });
}

}  // namespace hbev
