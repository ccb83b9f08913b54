#include "core/base/task_queue.h"

#include <algorithm>
#include <iterator>
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

bool Task::isCancelled() const {
  return state_ && state_->stop.stop_requested();
}

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
  for (auto& thread : threads_)
    thread.request_stop();
  wake_.notify_all();
}

bool TaskQueue::isLater(const Entry& a, const Entry& b) {
  if (a.priority != b.priority) return a.priority < b.priority;
  return a.sequence < b.sequence;
}

/// Takes cancelled entries out of the heap: wishes that change often must not pile up what nobody wants.
std::vector<TaskQueue::Entry> TaskQueue::takeCancelled() {
  const auto cancelled = std::partition(
      heap_.begin(), heap_.end(), [](const Entry& entry) { return !entry.state->stop.stop_requested(); });
  std::vector<Entry> taken(std::make_move_iterator(cancelled), std::make_move_iterator(heap_.end()));
  heap_.erase(cancelled, heap_.end());
  std::make_heap(heap_.begin(), heap_.end(), isLater);
  return taken;
}

/// Ends tasks that were taken out of the heap before they began.
void TaskQueue::drop(const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    entry.state->stop.request_stop();
    entry.state->work = nullptr;  // No thread holds it any more; what it holds may hold the handle.
    entry.state->end();
  }
}

Task TaskQueue::submit(int priority, Work work) {
  Task task;
  task.state_ = std::make_shared<Task::State>();
  task.state_->work = std::move(work);
  std::vector<Entry> dropped;
  {
    const std::lock_guard lock(mutex_);
    if (heap_.size() >= sweep_at_) {
      dropped = takeCancelled();
      sweep_at_ =
          std::max<std::size_t>(2 * heap_.size(), 256);  // a sweep costs as much as the pushes since the last
    }
    heap_.push_back({priority, ++sequence_, task.state_});
    std::push_heap(heap_.begin(), heap_.end(), isLater);
  }
  wake_.notify_one();
  drop(dropped);
  return task;
}

void TaskQueue::cancelAll() {
  std::vector<Entry> dropped;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& state : running_)
      state->stop.request_stop();
    dropped.swap(heap_);
  }
  drop(dropped);
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
      } catch (...) {
        log().error("Background task failed with an exception of unknown type");
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
