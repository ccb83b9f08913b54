#include "ui/training/run_follower.h"

#include <algorithm>
#include <chrono>

#include "core/base/files.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

/// Between two looks at the events somebody may want the window to close.
constexpr std::size_t kBytesAtOnce = std::size_t(8) << 20;
constexpr std::uint64_t kMostConfigBytes = 1 << 20;
constexpr std::size_t kMostKept = 64;

fs::file_time_type newestOf(const fs::path& folder) {
  const RunPaths paths(folder);
  fs::file_time_type newest = fs::file_time_type::min();
  for (const fs::path& file : {paths.events(), paths.process(), paths.labels(), paths.facts()}) {
    std::error_code code;
    const auto time = fs::last_write_time(file, code);
    if (!code) newest = std::max(newest, time);
  }
  return newest;
}

std::string configOf(const fs::path& run) {
  try {
    const auto bytes = readFile(RunPaths(run).config(), kMostConfigBytes);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  } catch (const Error&) {
    return {};  // it is compared with nothing then
  }
}

/// Those that have not been removed since. The last few and the best are kept.
void takeCheckpoints(const std::vector<RunCheckpoint>& written, RunUpdate& update) {
  const std::size_t old = written.size() - std::min(written.size(), kMostKept);
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (i < old && !written[i].best) continue;
    std::error_code code;
    const std::uintmax_t bytes = fs::file_size(written[i].file, code);
    if (code) continue;
    update.checkpoints.push_back(written[i]);
    update.checkpoint_bytes += bytes;
  }
}

bool isOver(RunState state) {
  return state == RunState::Done || state == RunState::Stopped || state == RunState::Failed;
}

}  // namespace

RunFollower::RunFollower(Listener listener, int every_ms, Path folder, std::set<Path> attached)
    : listener_(std::move(listener)),
      every_ms_(every_ms),
      orders_{std::move(folder), std::move(attached), {}},
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

RunFollower::~RunFollower() {
  thread_.request_stop();
  wake();
}

void RunFollower::setFolder(const Path& folder) {
  const std::lock_guard lock(mutex_);
  orders_.folder = folder;
  is_woken_ = true;
  wake_.notify_all();
}

void RunFollower::attach(const Path& run) {
  const std::lock_guard lock(mutex_);
  orders_.attached.insert(run);
  is_woken_ = true;
  wake_.notify_all();
}

void RunFollower::detach(const Path& run) {
  const std::lock_guard lock(mutex_);
  orders_.attached.erase(run);
}

void RunFollower::setWanted(std::set<Path> runs) {
  const std::lock_guard lock(mutex_);
  if (orders_.wanted == runs) return;
  orders_.wanted = std::move(runs);
  is_woken_ = true;
  wake_.notify_all();
}

void RunFollower::wake() {
  const std::lock_guard lock(mutex_);
  is_woken_ = true;
  wake_.notify_all();
}

void RunFollower::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Orders orders;
    {
      std::unique_lock lock(mutex_);
      orders = orders_;
      is_woken_ = false;
    }
    const std::set<Path> runs = runsOf(orders);
    for (const Path& each : runs) {
      if (stop.stop_requested()) return;
      follow(each, orders.wanted.contains(each), orders.attached.contains(each), stop);
    }
    std::erase_if(followed_, [&](const auto& each) {
      if (runs.contains(each.first)) return false;
      if (each.second.was_sent) listener_.gone(each.first);
      return true;
    });
    std::erase_if(refused_, [&](const Path& each) { return !runs.contains(each); });
    listener_.looked(orders.folder);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, std::chrono::milliseconds(every_ms_), [this] { return is_woken_; });
  }
}

std::set<fs::path> RunFollower::runsOf(const Orders& orders) const {
  std::set<Path> runs;
  std::error_code code;
  for (const Path& each : orders.attached) {
    if (fs::exists(RunPaths(each).facts(), code) || !followed_.contains(each)) runs.insert(each);
  }
  if (orders.folder.empty()) return runs;
  fs::directory_iterator entries(orders.folder, fs::directory_options::skip_permission_denied, code);
  for (; !code && entries != fs::directory_iterator(); entries.increment(code)) {
    std::error_code ignored;
    if (fs::exists(RunPaths(entries->path()).facts(), ignored)) runs.insert(entries->path());
  }
  return runs;
}

void RunFollower::follow(const Path& run, bool wanted, bool attached, const std::stop_token& stop) {
  Followed& followed = followed_[run];
  try {
    if (!followed.is_open) {
      followed.reader.open(run);
      followed.config_toml = configOf(run);
      followed.is_open = true;
    }
  } catch (const Error& error) {
    followed_.erase(run);
    if (refused_.insert(run).second && attached) listener_.refused(run, error.problem());
    return;
  }
  refused_.erase(run);
  // What is over and was read is read again only when somebody has written to it.
  if (followed.is_complete && (!wanted || followed.was_wanted) && newestOf(run) == followed.written) return;
  const auto written = newestOf(run);
  bool changed = !followed.was_sent || wanted != followed.was_wanted;
  while (!stop.stop_requested() && followed.reader.poll(kBytesAtOnce))
    changed = true;
  changed = changed || followed.reader.state() != followed.state_sent;
  followed.is_complete = isOver(followed.reader.state());
  followed.written = written;
  if (!changed || stop.stop_requested()) return;
  listener_.updated(updateOf(followed, wanted));
}

RunUpdate RunFollower::updateOf(Followed& followed, bool wanted) {
  const RunReader& reader = followed.reader;
  RunUpdate update;
  update.folder = reader.folder();
  update.facts = reader.facts();
  update.labels = reader.labels();
  update.process = reader.process();
  update.state = reader.state();
  update.config_toml = followed.config_toml;
  update.last_step = reader.lastStep();
  update.has_curves = wanted;
  update.log = reader.log();
  takeCheckpoints(reader.checkpoints(), update);
  const std::vector<std::string> names = reader.seriesNames();
  // Lines that are gone were written by somebody else, or cut off where the run went on from a checkpoint.
  for (const auto& [name, sent] : followed.sent) {
    const RunSeries series = reader.series(name);
    if (series.steps.size() < sent.count ||
        (sent.count > 0 && series.steps[sent.count - 1] != sent.last_step))
      update.from_start = true;
  }
  if (update.from_start) followed.sent.clear();
  for (const std::string& name : names) {
    if (!wanted && name != "ray_iou") continue;
    const RunSeries series = reader.series(name);
    auto& sent = followed.sent[name];
    if (series.steps.size() == sent.count) continue;
    RunPoints points;
    points.name = name;
    points.steps.assign(series.steps.begin() + std::ptrdiff_t(sent.count), series.steps.end());
    points.values.assign(series.values.begin() + std::ptrdiff_t(sent.count), series.values.end());
    update.points.push_back(std::move(points));
    sent = {series.steps.size(), series.steps.back()};
  }
  followed.was_sent = true;
  followed.was_wanted = wanted;
  followed.state_sent = update.state;
  return update;
}

}  // namespace hbev::ui
