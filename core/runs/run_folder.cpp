#include "core/runs/run_folder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json_text.h"
#include "core/runs/process_facts.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using ReadJson =
    nlohmann::json;  // an ordered one compares each key with all before it: hostile files take minutes

constexpr std::uint64_t kMaxSmallFile = 1 << 20;
constexpr double kLostAfter_s = 60;

constexpr std::array<std::string_view, 4> kWishNames{"stop", "checkpoint", "pause", "go-on"};
constexpr std::array<std::string_view, 8> kActivityNames{"starting", "training", "evaluating", "saving",
                                                         "paused",   "done",     "stopped",    "failed"};
constexpr std::array<std::string_view, 6> kStateNames{"running", "paused", "stopped",
                                                      "done",    "failed", "lost"};

/// A small file's object; discarded when it is absent or damaged.
ReadJson readJson(const fs::path& file) {
  const std::vector<std::byte> bytes = readFile(file, kMaxSmallFile);
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  ReadJson json = ReadJson::parse(begin, begin + bytes.size(), nullptr, false);
  // Moved, never copied: a copy takes a piece of the stack for each bracket of a hostile file.
  if (!json.is_object()) json = ReadJson(ReadJson::value_t::discarded);
  return json;
}

/// The value of `key` where it is there and of the right type.
template <class Value>
void take(const ReadJson& json, const char* key, Value& value) {
  const auto found = json.find(key);
  if (found == json.end()) return;
  if constexpr (std::is_same_v<Value, std::string>) {
    if (found->is_string()) value = found->get<std::string>();
  } else if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
    if (!found->is_array()) return;
    for (const ReadJson& element : *found)
      if (element.is_string()) value.push_back(element.get<std::string>());
  } else if constexpr (std::is_same_v<Value, std::optional<double>> || std::is_same_v<Value, double>) {
    if (found->is_number()) value = found->get<double>();
  } else if constexpr (std::is_same_v<Value, bool>) {
    if (found->is_boolean()) value = found->get<bool>();
  } else {
    if (found->is_number_integer()) value = found->get<Value>();
  }
}

std::string linesOf(const Json& json) {
  return dumped(json) + "\n";
}

void put(Json& json, const char* key, const std::optional<double>& value) {
  if (value && std::isfinite(*value)) json[key] = *value;
}

}  // namespace

fs::path RunPaths::checkpoint(std::int64_t step) const {
  return checkpoints() / fmt::format("step-{:08}.pth", step);
}

RunFacts readRunFacts(const fs::path& folder) {
  const fs::path file = RunPaths(folder).facts();
  const ReadJson json = readJson(file);
  if (json.is_discarded())
    throw Error({"The run cannot be read", file, "a JSON object", "something else",
                 "Take run.json from a copy of the run; its checkpoints can be used without it."});
  RunFacts facts;
  facts.name = lastName(folder);
  take(json, "name", facts.name);
  take(json, "config", facts.config);
  take(json, "program", facts.program);
  take(json, "torch", facts.torch);
  take(json, "device", facts.device);
  take(json, "threads", facts.threads);
  take(json, "seed", facts.seed);
  take(json, "data", facts.data);
  take(json, "version", facts.version);
  take(json, "split", facts.split);
  take(json, "evaluate_split", facts.evaluate_split);
  take(json, "weights", facts.weights);
  take(json, "command_line", facts.command_line);
  take(json, "created", facts.created);
  take(json, "total_steps", facts.total_steps);
  take(json, "batch_size", facts.batch_size);
  take(json, "accumulate", facts.accumulate);
  take(json, "processes", facts.processes);
  take(json, "checkpoint_every", facts.checkpoint_every);
  take(json, "evaluate_every", facts.evaluate_every);
  take(json, "keep", facts.keep);
  take(json, "evaluate_keyframes", facts.evaluate_keyframes);
  take(json, "exact_images", facts.exact_images);
  take(json, "keyframes", facts.keyframes);
  take(json, "parameters", facts.parameters);
  return facts;
}

void writeRunFacts(const fs::path& folder, const RunFacts& facts) {
  const Json json{{"name", facts.name},
                  {"config", facts.config},
                  {"program", facts.program},
                  {"torch", facts.torch},
                  {"device", facts.device},
                  {"threads", facts.threads},
                  {"seed", facts.seed},
                  {"data", facts.data},
                  {"version", facts.version},
                  {"split", facts.split},
                  {"evaluate_split", facts.evaluate_split},
                  {"weights", facts.weights},
                  {"command_line", facts.command_line},
                  {"created", facts.created},
                  {"total_steps", facts.total_steps},
                  {"batch_size", facts.batch_size},
                  {"accumulate", facts.accumulate},
                  {"processes", facts.processes},
                  {"checkpoint_every", facts.checkpoint_every},
                  {"evaluate_every", facts.evaluate_every},
                  {"keep", facts.keep},
                  {"evaluate_keyframes", facts.evaluate_keyframes},
                  {"exact_images", facts.exact_images},
                  {"keyframes", facts.keyframes},
                  {"parameters", facts.parameters}};
  writeFile(RunPaths(folder).facts(), linesOf(json));
}

RunLabels readRunLabels(const fs::path& folder) {
  RunLabels labels;
  try {
    const ReadJson json = readJson(RunPaths(folder).labels());
    if (json.is_discarded()) return labels;
    take(json, "tags", labels.tags);
    take(json, "note", labels.note);
  } catch (const Error&) {  // nobody has written on it
  }
  return labels;
}

void writeRunLabels(const fs::path& folder, const RunLabels& labels) {
  writeFile(RunPaths(folder).labels(), linesOf({{"tags", labels.tags}, {"note", labels.note}}));
}

std::string_view wishName(RunWish wish) {
  return kWishNames.at(std::size_t(wish));
}

void sendWish(const fs::path& folder, RunWish wish) {
  writeFile(RunPaths(folder).wishes() / wishName(wish), std::string_view("\n"));
}

std::vector<RunWish> pendingWishes(const fs::path& folder) {
  std::vector<RunWish> wishes;
  for (std::size_t i = 0; i < kWishNames.size(); ++i) {
    std::error_code code;
    if (fs::exists(RunPaths(folder).wishes() / kWishNames[i], code)) wishes.push_back(RunWish(i));
  }
  return wishes;
}

std::string_view activityName(RunActivity activity) {
  return kActivityNames.at(std::size_t(activity));
}

std::string_view runStateName(RunState state) {
  return kStateNames.at(std::size_t(state));
}

std::optional<RunProcess> readRunProcess(const fs::path& folder) {
  try {
    const ReadJson json = readJson(RunPaths(folder).process());
    if (json.is_discarded()) return std::nullopt;
    RunProcess process;
    std::string activity;
    take(json, "pid", process.pid);
    take(json, "host", process.host);
    take(json, "process_started", process.process_started);
    take(json, "started", process.started);
    take(json, "heartbeat", process.heartbeat);
    take(json, "seconds_before", process.seconds_before);
    take(json, "activity", activity);
    const auto found = std::ranges::find(kActivityNames, activity);
    if (found == kActivityNames.end()) return std::nullopt;
    process.activity = RunActivity(found - kActivityNames.begin());
    take(json, "sentence", process.sentence);
    take(json, "step", process.step);
    take(json, "total_steps", process.total_steps);
    take(json, "loss", process.loss);
    take(json, "seconds_per_step", process.seconds_per_step);
    take(json, "ray_iou", process.ray_iou);
    take(json, "best_ray_iou", process.best_ray_iou);
    take(json, "best_step", process.best_step);
    return process;
  } catch (const Error&) {
    return std::nullopt;
  }
}

void writeRunProcess(const fs::path& folder, const RunProcess& process) {
  Json json{{"pid", process.pid},
            {"host", process.host},
            {"process_started", process.process_started},
            {"started", process.started},
            {"heartbeat", process.heartbeat},
            {"seconds_before", process.seconds_before},
            {"activity", activityName(process.activity)},
            {"sentence", process.sentence},
            {"step", process.step},
            {"total_steps", process.total_steps}};
  put(json, "loss", process.loss);
  put(json, "seconds_per_step", process.seconds_per_step);
  put(json, "ray_iou", process.ray_iou);
  put(json, "best_ray_iou", process.best_ray_iou);
  json["best_step"] = process.best_step;
  writeFile(RunPaths(folder).process(), linesOf(json));
}

double workedSeconds(const RunProcess& process) {
  const double seconds = process.heartbeat - process.started;
  if (process.started <= 0 || !(seconds >= 0)) return std::numeric_limits<double>::quiet_NaN();
  return process.seconds_before + seconds;
}

RunState stateOf(const std::optional<RunProcess>& process) {
  if (!process) return RunState::Lost;
  switch (process->activity) {
    case RunActivity::Done:
      return RunState::Done;
    case RunActivity::Stopped:
      return RunState::Stopped;
    case RunActivity::Failed:
      return RunState::Failed;
    default:
      break;
  }
  const bool here = process->host == hostName();
  const bool lives = process->pid > 0 && (here ? processStart(process->pid) == process->process_started
                                               : unixTime_s() - process->heartbeat < kLostAfter_s);
  if (!lives) return RunState::Lost;
  return process->activity == RunActivity::Paused ? RunState::Paused : RunState::Running;
}

namespace {

/// The end of a file: at most `bytes` of it, empty when it cannot be read.
std::string tailOf(const fs::path& file, std::uint64_t bytes) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code code;
  const std::uint64_t size = fs::file_size(file, code);
  if (code || !stream.seekg(std::streamoff(size > bytes ? size - bytes : 0))) return {};
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// Into `process` what one line of the event log says of it.
void takeEvent(const ReadJson& event, RunProcess& process) {
  std::string kind, reason;
  take(event, "kind", kind);
  take(event, "step", process.step);
  if (kind == "start") process.activity = RunActivity::Starting;
  if (kind == "step") take(event, "loss", process.loss);
  if (kind == "evaluate") take(event, "ray_iou", process.ray_iou);
  if (kind != "end") return;
  take(event, "reason", reason);
  take(event, "text", process.sentence);
  const auto found = std::ranges::find(kActivityNames, reason);
  if (found != kActivityNames.end()) process.activity = RunActivity(found - kActivityNames.begin());
}

/// Of a run whose process.json is gone.
RunProcess processOfEvents(const fs::path& folder, const RunFacts& facts) {
  constexpr std::uint64_t kTailBytes = 1 << 16;
  RunProcess process;
  process.total_steps = facts.total_steps;
  std::istringstream lines(tailOf(RunPaths(folder).events(), kTailBytes));
  for (std::string line; std::getline(lines, line);) {
    const ReadJson event = ReadJson::parse(line, nullptr, false);
    if (event.is_object()) takeEvent(event, process);
  }
  return process;
}

}  // namespace

RunSummary readRunSummary(const fs::path& folder) {
  RunSummary summary;
  summary.folder = folder;
  summary.facts = readRunFacts(folder);
  summary.labels = readRunLabels(folder);
  const std::optional<RunProcess> process = readRunProcess(folder);
  summary.process = process ? *process : processOfEvents(folder, summary.facts);
  summary.state = stateOf(summary.process);
  return summary;
}

std::vector<RunSummary> listRuns(const fs::path& folder) {
  std::vector<fs::path> folders{folder};
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
    std::error_code none;
    if (entry->is_directory(none)) folders.push_back(entry->path());
  }
  std::vector<RunSummary> runs;
  for (const fs::path& candidate : folders) {
    std::error_code none;
    if (!fs::exists(RunPaths(candidate).facts(), none)) continue;
    try {
      runs.push_back(readRunSummary(candidate));
    } catch (const Error& error) {
      RunSummary unreadable;
      unreadable.folder = candidate;
      unreadable.problem = error.what();
      unreadable.facts.name = lastName(candidate);
      runs.push_back(std::move(unreadable));
    }
  }
  std::ranges::sort(runs, [](const RunSummary& a, const RunSummary& b) {
    return a.facts.created != b.facts.created ? a.facts.created > b.facts.created : a.folder < b.folder;
  });
  return runs;
}

double unixTime_s() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string hostName() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

std::uint64_t processStart(std::int64_t pid) {
  // /proc/PID/stat: the 22nd value; the 2nd is a name in brackets that may hold anything.
  std::ifstream stream(fmt::format("/proc/{}/stat", pid));
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const std::size_t bracket = text.rfind(')');
  if (pid <= 0 || bracket == std::string::npos) return 0;
  std::istringstream values(text.substr(bracket + 1));
  std::string state, skipped;
  values >> state;
  if (state == "Z" || state == "X") return 0;  // it has ended, and nobody has asked how
  constexpr int kBetween = 18;
  for (int i = 0; i < kBetween; ++i)
    values >> skipped;
  std::uint64_t started = 0;
  values >> started;
  return started;
}

}  // namespace hbev
