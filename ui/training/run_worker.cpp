#include "ui/training/run_worker.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <vector>

#include "core/base/files.h"
#include "ui/state/left_threads.h"
#include "ui/training/run_files.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Between two looks at the events somebody may want the window to close, or a slow disk shows that it lives.
constexpr std::size_t kBytesAtOnce = std::size_t(2) << 20;

bool isOver(RunState state) {
  return state == RunState::Done || state == RunState::Stopped || state == RunState::Failed;
}

/// The same run must have the same name however it was written.
fs::path canonicalOf(const fs::path& named) {
  std::error_code code;
  const fs::path path = fs::weakly_canonical(named, code);
  return code ? named : path;
}

}  // namespace

/// What the thread and its owner share.
struct RunWorker::State {
  std::mutex mutex;
  std::condition_variable wake, ended;
  Orders orders;
  std::deque<Errand> errands;
  bool is_woken = false, is_stopped = false, is_left = false, has_ended = false;
  std::optional<Path> at;  ///< where it reads or writes
  Clock::time_point since;
  std::mutex telling;  ///< held while the listener is called: who leaves waits for that
  Listener listener;
  int every_ms = 0;
};

/// The thread's own.
class RunWorker::Reading {
 public:
  explicit Reading(std::shared_ptr<State> state) : state_(std::move(state)) {}

  void run() {
    while (!isStopped()) {
      Orders orders;
      {
        const std::lock_guard lock(state_->mutex);
        orders = state_->orders;
        state_->is_woken = false;
      }
      doErrands(orders);
      look(orders);
      std::unique_lock lock(state_->mutex);
      state_->wake.wait_for(lock, std::chrono::milliseconds(state_->every_ms),
                            [this] { return state_->is_woken || state_->is_stopped; });
    }
    doErrands({});
    followed_.clear();  // before the end is told: who waits for that may end the process
    const std::lock_guard lock(state_->mutex);
    state_->has_ended = true;
    state_->ended.notify_all();
  }

 private:
  struct Followed {
    RunReader reader;
    std::string config_toml, problem;
    bool is_open = false, is_complete = false, was_sent = false, was_wanted = false;
    RunState state_sent = RunState::Lost;
    struct Sent {
      std::size_t count = 0;
      std::int64_t last_step = 0;
    };
    std::map<std::string, Sent> sent;
    fs::file_time_type written;  ///< of a run that has ended: the newest of its files
    std::map<std::int64_t, fs::path> sample_files;
    std::vector<RunSample> samples;
  };
  /// A run that is there.
  struct There {
    std::vector<Path> named;   ///< as somebody attached it
    bool is_attached = false;  ///< and not in the folder of runs
  };

  bool isStopped() const {
    const std::lock_guard lock(state_->mutex);
    return state_->is_stopped;
  }

  /// Here the disk may hold us: while `work` goes on, the owner sees where.
  template <class Work>
  void visit(const Path& place, const Work& work) {
    struct Visit {
      State& state;
      ~Visit() {
        const std::lock_guard lock(state.mutex);
        state.at.reset();
      }
    };
    arriveAt(place);
    const Visit until_done{*state_};
    work();
  }

  void arriveAt(const Path& place) {
    const std::lock_guard lock(state_->mutex);
    state_->at = place;
    state_->since = Clock::now();
  }

  template <class... Words>
  void tell(std::function<void(Words...)> Listener::*what, Words... words) {
    const std::lock_guard lock(state_->telling);
    if (!state_->is_left) (state_->listener.*what)(std::move(words)...);
  }

  void doErrands(const Orders& orders) {
    while (true) {
      Errand errand;
      {
        const std::lock_guard lock(state_->mutex);
        if (state_->errands.empty()) return;
        errand = std::move(state_->errands.front());
        state_->errands.pop_front();
      }
      if (orders.unreachable.contains(errand.run)) {
        tell(&Listener::failed, doesNotAnswer(errand.run));
        continue;
      }
      try {
        visit(errand.run, errand.work);
      } catch (const Error& error) {
        tell(&Listener::failed, error.problem());
      }
    }
  }

  void look(const Orders& orders) {
    Look seen{orders.folder, orders.folder, {}, orders.unreachable};
    std::map<Path, There> runs;
    for (const Path& each : orders.attached)
      lookAtAttached(each, orders, runs);
    if (!orders.folder.empty() && !orders.unreachable.contains(orders.folder))
      lookAtFolder(orders, seen, runs);
    for (const auto& each : runs) {
      if (isStopped()) return;
      if (orders.unreachable.contains(each.first)) continue;
      visit(each.first, [&] { follow(each.first, each.second, orders.wanted.contains(each.first)); });
    }
    if (isStopped()) return;
    std::erase_if(followed_, [&](const auto& each) { return !runs.contains(each.first); });
    std::erase_if(refused_, [&](const Path& each) { return !runs.contains(each); });
    for (const auto& [run, followed] : followed_) {
      if (followed.was_sent) seen.runs.insert(run);
    }
    tell(&Listener::looked, std::move(seen));
    for (const Path& each : orders.expected)
      lookForExpected(each, orders);
  }

  void lookAtAttached(const Path& named, const Orders& orders, std::map<Path, There>& runs) {
    if (isStopped() || orders.unreachable.contains(named)) return;
    visit(named, [&] {
      std::error_code code;
      const Path run = canonicalOf(named);
      // One that was never seen is tried, so that it is said what is wrong.
      if (!fs::exists(RunPaths(run).facts(), code) && followed_.contains(run)) return;
      runs[run].named.push_back(named);
      runs[run].is_attached = true;
    });
  }

  void lookAtFolder(const Orders& orders, Look& seen, std::map<Path, There>& runs) {
    std::vector<Path> folders;
    visit(orders.folder, [&] {
      seen.folder = canonicalOf(orders.folder);
      std::error_code code;
      fs::directory_iterator entries(seen.folder, fs::directory_options::skip_permission_denied, code);
      for (; !code && entries != fs::directory_iterator(); entries.increment(code))
        folders.push_back(entries->path());
    });
    for (const Path& each : folders) {
      if (isStopped()) return;
      if (orders.unreachable.contains(each)) continue;
      visit(each, [&] {
        std::error_code code;
        if (fs::exists(RunPaths(each).facts(), code)) runs[each].is_attached = false;
      });
    }
  }

  void lookForExpected(const Path& expected, const Orders& orders) {
    if (isStopped() || orders.unreachable.contains(expected)) return;
    Path run;
    visit(expected, [&] { run = canonicalOf(expected); });
    const auto found = followed_.find(run);
    if (found == followed_.end() || !found->second.was_sent) return;
    tell(&Listener::arrived, expected, run);
  }

  void follow(const Path& run, const There& there, bool wanted) {
    Followed& followed = followed_[run];
    try {
      if (!followed.is_open) {
        followed.reader.open(run);
        followed.config_toml = configOf(run);
        followed.is_open = true;
      }
    } catch (const Error& error) {
      return refuse(run, there, error);
    }
    refused_.erase(run);
    // What is over and was read is read again only when somebody has written to it.
    if (followed.is_complete && (!wanted || followed.was_wanted) && newestOf(run) == followed.written) return;
    const auto written = newestOf(run);
    bool changed = !followed.was_sent || !followed.problem.empty() || wanted != followed.was_wanted;
    while (!isStopped() && followed.reader.poll(kBytesAtOnce)) {
      changed = true;
      arriveAt(run);
    }
    changed = changed || followed.reader.state() != followed.state_sent;
    followed.is_complete = isOver(followed.reader.state());
    followed.written = written;
    if (!changed || isStopped()) return;
    send(updateOf(followed, wanted), there);
  }

  void refuse(const Path& run, const There& there, const Error& error) {
    std::error_code code;
    if (!fs::exists(RunPaths(run).facts(), code)) {
      followed_.erase(run);
      if (!refused_.insert(run).second) return;
      for (const Path& each : there.named)
        tell(&Listener::refused, each, error.problem());
      return;
    }
    Followed& followed = followed_[run];
    if (followed.problem == error.what()) return;
    followed.problem = error.what();
    followed.was_sent = true;
    send(unreadableRun(run, error.problem()), there);
  }

  void send(RunUpdate update, const There& there) {
    update.named = there.named;
    update.is_attached = there.is_attached;
    tell(&Listener::updated, std::move(update));
  }

  RunUpdate updateOf(Followed& followed, bool wanted);

  std::shared_ptr<State> state_;
  std::map<Path, Followed> followed_;
  std::set<Path> refused_;
};

RunUpdate RunWorker::Reading::updateOf(Followed& followed, bool wanted) {
  const RunReader& reader = followed.reader;
  RunUpdate update;
  update.folder = reader.folder();
  update.facts = reader.facts();
  update.labels = reader.labels();
  update.process = reader.process();
  update.state = reader.state();
  update.config_toml = followed.config_toml;
  update.has_boost = hasBoost(update.folder);
  update.last_step = reader.lastStep();
  update.has_curves = wanted;
  update.log = reader.log();
  takeCheckpoints(reader.checkpoints(), update);
  if (wanted) {
    auto files = samplesOf(update.folder);
    if (files != followed.sample_files) followed.samples = readSamples(files);
    followed.sample_files = std::move(files);
    update.samples = followed.samples;
  }
  const std::vector<std::string> names = reader.seriesNames();
  // Who was here before may have been left at a disk that did not answer.
  update.from_start = !followed.was_sent || !followed.problem.empty();
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
  followed.problem.clear();
  followed.was_sent = true;
  followed.was_wanted = wanted;
  followed.state_sent = update.state;
  return update;
}

RunWorker::RunWorker(const Listener& listener, int every_ms, Orders orders, std::deque<Errand> errands)
    : state_(std::make_shared<State>()) {
  state_->listener = listener;
  state_->every_ms = every_ms;
  state_->orders = std::move(orders);
  state_->errands = std::move(errands);
  thread_ = std::thread([state = state_] { Reading(state).run(); });
}

RunWorker::~RunWorker() {
  leave();
  if (hasEnded()) {
    thread_.join();
    return;
  }
  thread_.detach();
  addLeftThread([state = state_](Clock::time_point until) {
    std::unique_lock lock(state->mutex);
    return state->ended.wait_until(lock, until, [&] { return state->has_ended; });
  });
}

void RunWorker::setOrders(Orders orders) {
  const std::lock_guard lock(state_->mutex);
  state_->orders = std::move(orders);
  state_->is_woken = true;
  state_->wake.notify_all();
}

void RunWorker::wake() {
  const std::lock_guard lock(state_->mutex);
  state_->is_woken = true;
  state_->wake.notify_all();
}

void RunWorker::post(Errand errand) {
  const std::lock_guard lock(state_->mutex);
  state_->errands.push_back(std::move(errand));
  state_->is_woken = true;
  state_->wake.notify_all();
}

std::optional<fs::path> RunWorker::heldAt(
    const std::function<std::chrono::milliseconds(const Path&)>& patience) const {
  const std::lock_guard lock(state_->mutex);
  if (!state_->at || Clock::now() - state_->since < patience(*state_->at)) return std::nullopt;
  return state_->at;
}

std::deque<RunWorker::Errand> RunWorker::leave() {
  {
    const std::lock_guard telling(state_->telling);
    state_->is_left = true;
  }
  const std::lock_guard lock(state_->mutex);
  state_->is_stopped = true;
  state_->wake.notify_all();
  return std::exchange(state_->errands, {});
}

bool RunWorker::hasEnded() const {
  const std::lock_guard lock(state_->mutex);
  return state_->has_ended;
}

bool RunWorker::finish(std::chrono::milliseconds limit) {
  {
    const std::lock_guard telling(state_->telling);
    state_->is_left = true;
  }
  std::unique_lock lock(state_->mutex);
  state_->is_stopped = true;
  state_->wake.notify_all();
  return state_->ended.wait_for(lock, limit, [this] { return state_->has_ended; });
}

}  // namespace hbev::ui
