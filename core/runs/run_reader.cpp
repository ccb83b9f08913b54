#include "core/runs/run_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fcntl.h>
#include <limits>
#include <memory>
#include <simdjson.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "core/base/error.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using Value = simdjson::dom::element;

constexpr std::size_t kChunkBytes = std::size_t(8) << 20;
constexpr std::size_t kMaxLine = std::size_t(1) << 20;
constexpr std::size_t kMaxColumns = 256;  // per kind of event: more are no run of ours
// In a table: every other cell is a number of the file, but a few lines of a hostile log could have holes of
// gigabytes.
constexpr std::size_t kMostHoles = std::size_t(1) << 25;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Into `value` where it is there and of that type; else `value` stays.
template <class Type>
void take(simdjson::simdjson_result<Type> found, Type& value) {
  Type taken{};
  if (std::move(found).get(taken) == simdjson::SUCCESS) value = taken;
}

double numberOf(const Value& value) {
  double number = kNone;
  take(value.get_double(), number);
  return number;
}

/// The sentence of a line of the log.
std::string sentenceOf(const simdjson::dom::object& object, std::string_view kind) {
  std::string_view text;
  if (object["text"].get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  if (kind == "evaluate") {
    double score = kNone;
    if (object["ray_iou"].get_double().get(score) == simdjson::SUCCESS)
      return fmt::format("RayIoU {:.2f}", 100 * score);
  }
  if (kind == "start") {
    bool resumed = false;
    take(object["resumed"].get_bool(), resumed);
    return resumed ? "Goes on" : "Begins";
  }
  return {};
}

struct Descriptor {
  explicit Descriptor(const fs::path& file) : number(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

bool sameProcess(const RunProcess& a, const RunProcess& b) {
  return a.heartbeat == b.heartbeat && a.activity == b.activity && a.step == b.step &&
         a.sentence == b.sentence && a.pid == b.pid;
}

}  // namespace

struct RunReader::Parser {
  simdjson::dom::parser json;

  /// A row of a table out of all numbers of an event.
  static void addRow(Table& table, double time, std::int64_t step, const simdjson::dom::object& object) {
    table.cutAfter(step - 1);
    const std::size_t row = table.steps.size();
    table.steps.push_back(step);
    table.times.push_back(time);
    for (const auto& [key, value] : object) {
      if (key == "kind" || key == "time" || key == "step" || !value.is_number()) continue;
      auto column = table.columns.find(key);
      if (column == table.columns.end()) {
        if (table.columns.size() == kMaxColumns) continue;
        column = table.columns.emplace(std::string(key), std::vector<double>()).first;
      }
      // None where a line names a number twice.
      const std::size_t holes = row - std::min(row, column->second.size());
      if (holes > kMostHoles - table.holes) continue;
      table.holes += holes;
      column->second.resize(row + 1, kNone);
      column->second.back() = numberOf(value);
    }
  }
};

void RunReader::Table::cutAfter(std::int64_t step) {
  if (steps.empty() || steps.back() <= step) return;
  const auto rows = std::size_t(std::ranges::upper_bound(steps, step) - steps.begin());
  steps.resize(rows);
  times.resize(rows);
  for (auto& [name, values] : columns) {
    if (values.size() <= rows) continue;
    const auto end = values.begin() + std::ptrdiff_t(rows);
    holes -= std::size_t(std::count_if(end, values.end(), [](double value) { return std::isnan(value); }));
    values.erase(end, values.end());
  }
}

void RunReader::open(const fs::path& folder) {
  RunFacts facts = readRunFacts(folder);
  folder_ = folder;
  facts_ = std::move(facts);
  forget();
  process_ = readRunSummary(folder).process;
  readSmallFiles();
}

void RunReader::forget() {
  steps_ = {};
  evaluations_ = {};
  log_.clear();
  checkpoints_.clear();
  damaged_lines_ = 0;
  offset_ = inode_ = device_ = 0;
}

bool RunReader::poll(std::size_t most_bytes) {
  if (folder_.empty()) return false;
  // The process first: what it wrote before it ended is then read below.
  const bool changed = readSmallFiles();
  return readEvents(most_bytes) || changed;
}

bool RunReader::readSmallFiles() {
  bool changed = false;
  // Half of it is never seen, but it may be gone for a moment on a remote mount.
  const std::optional<RunProcess> process = readRunProcess(folder_);
  if (process && !sameProcess(*process, process_)) {
    process_ = *process;
    changed = true;
  }
  const RunState state = stateOf(process_);
  changed = changed || state != state_;
  state_ = state;
  RunLabels labels = readRunLabels(folder_);
  if (labels != labels_) {
    labels_ = std::move(labels);
    changed = true;
  }
  return changed;
}

bool RunReader::readEvents(std::size_t most_bytes) {
  const Descriptor file(RunPaths(folder_).events());
  struct stat facts {};
  if (file.number < 0 || ::fstat(file.number, &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
  const bool another =
      inode_ != 0 && (std::uint64_t(facts.st_ino) != inode_ || std::uint64_t(facts.st_dev) != device_);
  const bool anew = another || std::uint64_t(facts.st_size) < offset_;
  if (anew) forget();
  inode_ = std::uint64_t(facts.st_ino);
  device_ = std::uint64_t(facts.st_dev);

  Parser parser;
  std::vector<char> buffer;
  const std::uint64_t begin = offset_;
  while (offset_ - begin < most_bytes && offset_ < std::uint64_t(facts.st_size)) {
    const std::size_t wanted = std::min<std::uint64_t>(kChunkBytes, std::uint64_t(facts.st_size) - offset_);
    buffer.resize(wanted + simdjson::SIMDJSON_PADDING);
    const ssize_t got = ::pread(file.number, buffer.data(), wanted, off_t(offset_));
    if (got <= 0) break;
    std::string_view rest(buffer.data(), std::size_t(got));
    std::size_t taken = 0;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n', taken)) {
      takeLine(rest.substr(taken, end - taken), parser);
      taken = end + 1;
    }
    if (taken == 0 && rest.size() >= kMaxLine) {  // no line of ours
      ++damaged_lines_;
      taken = rest.size();
    }
    if (taken == 0) break;  // a line that is being written
    offset_ += taken;
  }
  return anew || offset_ != begin;
}

/// `line` lies in memory that has simdjson's padding behind it.
void RunReader::takeLine(std::string_view line, Parser& parser) {
  if (line.empty()) return;
  simdjson::dom::object object;
  std::string_view kind;
  std::int64_t step = 0;
  const auto parsed = line.size() > kMaxLine ? simdjson::simdjson_result<Value>(simdjson::CAPACITY)
                                             : parser.json.parse(line.data(), line.size(), false);
  if (parsed.get_object().get(object) != simdjson::SUCCESS ||
      object["kind"].get_string().get(kind) != simdjson::SUCCESS ||
      object["step"].get_int64().get(step) != simdjson::SUCCESS || step < 0) {
    ++damaged_lines_;
    return;
  }
  double time = 0;
  take(object["time"].get_double(), time);
  if (kind == "step") return Parser::addRow(steps_, time, step, object);
  if (kind == "evaluate") Parser::addRow(evaluations_, time, step, object);
  if (kind == "start") {
    steps_.cutAfter(step);
    evaluations_.cutAfter(step);
    std::erase_if(checkpoints_, [&](const RunCheckpoint& checkpoint) { return checkpoint.step > step; });
  }
  if (kind == "save") {
    std::string_view name;
    bool best = false;
    take(object["file"].get_string(), name);
    take(object["best"].get_bool(), best);
    std::erase_if(checkpoints_, [&](const RunCheckpoint& checkpoint) { return checkpoint.step == step; });
    for (RunCheckpoint& earlier : checkpoints_)
      earlier.best = earlier.best && !best;
    checkpoints_.push_back({step, time, folder_ / name, best});
  }
  log_.push_back({std::string(kind), time, step, sentenceOf(object, kind)});
}

std::vector<std::string> RunReader::seriesNames() const {
  std::vector<std::string> names;
  for (const Table* table : {&steps_, &evaluations_}) {
    for (const auto& [name, values] : table->columns)
      names.push_back(name);
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

RunSeries RunReader::series(const std::string& name) const {
  for (const Table* table : {&evaluations_, &steps_}) {
    const auto column = table->columns.find(name);
    if (column == table->columns.end()) continue;
    const std::size_t rows = column->second.size();
    return {std::span(table->steps).first(rows), std::span(table->times).first(rows), column->second};
  }
  return {};
}

std::int64_t RunReader::lastStep() const {
  return steps_.steps.empty() ? 0 : steps_.steps.back();
}

}  // namespace hbev
