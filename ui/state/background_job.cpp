#include "ui/state/background_job.h"

#include <chrono>
#include <optional>

#include <sys/resource.h>

#include "ui/state/left_threads.h"

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
  for (Worker& worker : workers_) {
    worker.thread.request_stop();
    {
      const std::lock_guard lock(worker.line->mutex);
      worker.line->job = nullptr;
    }
    if (worker.is_loose) leave(worker);
  }
}

void BackgroundJob::leave(Worker& worker) {
  worker.thread.detach();
  addLeftThread([line = worker.line](std::chrono::steady_clock::time_point wait_until) {
    std::unique_lock lock(line->mutex);
    return line->ended.wait_until(lock, wait_until, [&] { return line->is_done; });
  });
}

void BackgroundJob::start(std::function<void(Progress&)> work, bool idle) {
  begin([work = std::move(work)](Progress& progress, const Tell&) { work(progress); }, idle, false);
}

void BackgroundJob::startLoose(std::function<void(Progress&)> work, bool idle) {
  begin([work = std::move(work)](Progress& progress, const Tell&) { work(progress); }, idle, true);
}

void BackgroundJob::startLoose(std::function<void(Progress&, const Tell&)> work, bool idle) {
  begin(std::move(work), idle, true);
}

void BackgroundJob::begin(std::function<void(Progress&, const Tell&)> work, bool idle, bool is_loose) {
  cancel();
  const std::uint64_t generation = ++generation_;
  running_ = true;
  std::erase_if(workers_, [](const Worker& worker) {
    const std::lock_guard lock(worker.line->mutex);
    return worker.line->is_done;
  });
  auto line = std::make_shared<Line>();
  line->job = this;
  std::jthread thread([line, work = std::move(work), generation, idle](const std::stop_token& stop) mutable {
    if (idle) giveWay();
    run(work, line, generation, stop);
    work = nullptr;  // what it owns goes before anybody learns that it is done
    const std::lock_guard lock(line->mutex);
    line->is_done = true;
    line->ended.notify_all();
  });
  workers_.push_back({std::move(line), std::move(thread), is_loose});
}

void BackgroundJob::cancel() {
  if (!workers_.empty()) workers_.back().thread.request_stop();
}

void BackgroundJob::abandon() {
  cancel();
  ++generation_;
  running_ = false;
}

void BackgroundJob::later(Line& line, std::uint64_t generation, std::function<void(BackgroundJob&)> tell) {
  const std::lock_guard lock(line.mutex);
  if (!line.job) return;
  QMetaObject::invokeMethod(
      line.job,
      [job = line.job, generation, tell = std::move(tell)] {
        if (generation == job->generation_) tell(*job);
      },
      Qt::QueuedConnection);
}

void BackgroundJob::run(const std::function<void(Progress&, const Tell&)>& work,
                        const std::shared_ptr<Line>& line, std::uint64_t generation,
                        const std::stop_token& stop) {
  auto told_at = std::chrono::steady_clock::time_point();
  Progress progress(
      [&](const Progress::State& state) {
        const auto now = std::chrono::steady_clock::now();
        if (now - told_at < kTellEvery) return;
        told_at = now;
        later(*line, generation, [state](BackgroundJob& job) { Q_EMIT job.progressed(state); });
      },
      stop);
  std::optional<Problem> problem;
  bool was_cancelled = false;
  try {
    work(progress, [&line, generation](std::function<void()> tell) {
      later(*line, generation, [tell = std::move(tell)](BackgroundJob&) { tell(); });
    });
  } catch (const Cancelled&) {
    was_cancelled = true;
  } catch (const Error& error) {
    problem = error.problem();
  } catch (const std::exception& error) {
    problem = Problem{"The work in the background failed", {}, {}, error.what(), {}};
  }
  later(*line, generation, [problem, was_cancelled](BackgroundJob& job) {
    job.running_ = false;
    if (was_cancelled) return Q_EMIT job.cancelled();
    problem ? Q_EMIT job.failed(*problem) : Q_EMIT job.finished();
  });
}

}  // namespace hbev::ui
