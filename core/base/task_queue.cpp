#include "core/base/task_queue.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/log.h"

namespace hbev {

struct Task::State {
  TaskQueue::Work work;
  std::stop_source stop;
  std::mutex mutex;
  std::condition_variable ended_changed;
  bool ended = false;

  void end() {
    {
      const std::lock_guard lock(mutex);
      ended = true;
    }
    ended_changed.notify_all();
  }
};

void Task::cancel() const {
  if (state_) state_->stop.request_stop();
}

bool Task::isCancelled() const { return state_ && state_->stop.stop_requested(); }

void Task::wait() const {
  if (!state_) return;
  std::unique_lock lock(state_->mutex);
  state_->ended_changed.wait(lock, [this] { return state_->ended; });
}

TaskQueue::TaskQueue(unsigned threads) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
  }
}

TaskQueue::~TaskQueue() {
  cancelAll();
  for (auto& thread : threads_) thread.request_stop();
  wake_.notify_all();
}

bool TaskQueue::isLater(const Entry& a, const Entry& b) {
  if (a.priority != b.priority) return a.priority < b.priority;
  return a.sequence < b.sequence;
}

Task TaskQueue::submit(int priority, Work work) {
  Task task;
  task.state_ = std::make_shared<Task::State>();
  task.state_->work = std::move(work);
  {
    const std::lock_guard lock(mutex_);
    heap_.push_back({priority, ++sequence_, task.state_});
    std::push_heap(heap_.begin(), heap_.end(), isLater);
  }
  wake_.notify_one();
  return task;
}

void TaskQueue::cancelAll() {
  std::vector<Entry> dropped;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& state : running_) state->stop.request_stop();
    dropped.swap(heap_);
  }
  for (const Entry& entry : dropped) {
    entry.state->stop.request_stop();
    entry.state->end();
  }
  idle_.notify_all();
}

void TaskQueue::drain() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return heap_.empty() && running_.empty(); });
}

std::size_t TaskQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return heap_.size();
}

void TaskQueue::run(const std::stop_token& stop) {
  while (true) {
    std::shared_ptr<Task::State> state;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop, [this] { return !heap_.empty(); })) return;
      std::pop_heap(heap_.begin(), heap_.end(), isLater);
      state = std::move(heap_.back().state);
      heap_.pop_back();
      running_.push_back(state);
    }
    if (!state->stop.stop_requested()) {
      try {
        state->work(state->stop.get_token());
      } catch (const Cancelled&) {
        // Asked for; nothing to tell.
      } catch (const std::exception& error) {
        log().error("Background task failed: {}", error.what());
      }
    }
    state->work = nullptr;  // What the work holds is freed here, not when the last handle goes.
    {
      const std::lock_guard lock(mutex_);
      std::erase(running_, state);
    }
    state->end();
    idle_.notify_all();
  }
}

}  // namespace hbev
