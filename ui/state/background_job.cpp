#include "ui/state/background_job.h"

#include <chrono>
#include <optional>

#include <sys/resource.h>

namespace hbev::ui {
namespace {

constexpr std::chrono::milliseconds kTellEvery(50);
constexpr int kIdleNiceness = 10;

/// Linux counts niceness by thread: id 0 is the calling one.
void giveWay() {
  setpriority(PRIO_PROCESS, 0, kIdleNiceness);
}

}  // namespace

BackgroundJob::~BackgroundJob() {
  ++generation_;
  for (Worker& worker : workers_)
    worker.thread.request_stop();
}

void BackgroundJob::start(std::function<void(Progress&)> work, bool idle) {
  cancel();
  const std::uint64_t generation = ++generation_;
  running_ = true;
  std::erase_if(workers_, [](const Worker& worker) { return worker.is_done->load(); });
  auto is_done = std::make_shared<std::atomic<bool>>(false);
  std::jthread thread([this, work = std::move(work), generation, idle, is_done](const std::stop_token& stop) {
    if (idle) giveWay();
    run(work, generation, stop);
    *is_done = true;
  });
  workers_.push_back({std::move(is_done), std::move(thread)});
}

void BackgroundJob::cancel() {
  if (!workers_.empty()) workers_.back().thread.request_stop();
}

void BackgroundJob::abandon() {
  cancel();
  ++generation_;
  running_ = false;
}

void BackgroundJob::later(std::uint64_t generation, std::function<void()> tell) {
  QMetaObject::invokeMethod(
      this,
      [this, generation, tell = std::move(tell)] {
        if (generation == generation_) tell();
      },
      Qt::QueuedConnection);
}

void BackgroundJob::run(const std::function<void(Progress&)>& work, std::uint64_t generation,
                        const std::stop_token& stop) {
  auto told_at = std::chrono::steady_clock::time_point();
  Progress progress(
      [&](const Progress::State& state) {
        const auto now = std::chrono::steady_clock::now();
        if (now - told_at < kTellEvery) return;
        told_at = now;
        later(generation, [this, state] { Q_EMIT progressed(state); });
      },
      stop);
  std::optional<Problem> problem;
  bool was_cancelled = false;
  try {
    work(progress);
  } catch (const Cancelled&) {
    was_cancelled = true;
  } catch (const Error& error) {
    problem = error.problem();
  } catch (const std::exception& error) {
    problem = Problem{"The work in the background failed", {}, {}, error.what(), {}};
  }
  later(generation, [this, problem, was_cancelled] {
    running_ = false;
    if (was_cancelled) return Q_EMIT cancelled();
    problem ? Q_EMIT failed(*problem) : Q_EMIT finished();
  });
}

}  // namespace hbev::ui
