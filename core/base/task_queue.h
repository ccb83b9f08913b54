// Background work, the newest wish first: what somebody looks at now runs before what was asked earlier.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace hbev {

/// A handle to a queued piece of work. Copies refer to the same work; letting go of all of them changes
/// nothing.
class Task {
 public:
  Task() = default;
  /// A task that has not begun never will; a running one sees its stop token.
  void cancel() const;
  bool isCancelled() const;
  /// Blocks until the work has ended or was dropped. Never call it from the window's thread.
  void wait() const;
  explicit operator bool() const { return state_ != nullptr; }

 private:
  friend class TaskQueue;
  struct State;
  std::shared_ptr<State> state_;
};

class TaskQueue {
 public:
  using Work = std::function<void(std::stop_token)>;

  explicit TaskQueue(unsigned threads);
  /// Cancels everything, drops what waits, and waits for what runs.
  ~TaskQueue();
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;

  /// Queues `work`: larger priority first, among equals the newest first. Exceptions other than Cancelled
  /// that leave `work` are logged; catch what somebody should see inside it.
  Task submit(int priority, Work work);
  void cancelAll();
  /// Blocks until nothing waits and nothing runs. For tests and for leaving.
  void drain();
  std::size_t waiting() const;

 private:
  void run(const std::stop_token& stop);

  struct Entry {
    int priority;
    std::uint64_t sequence;
    std::shared_ptr<Task::State> state;
  };
  static bool isLater(const Entry& a, const Entry& b);
  std::vector<Entry> takeCancelled();
  static void drop(const std::vector<Entry>& entries);

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable_any idle_;
  std::vector<Entry> heap_;
  std::size_t sweep_at_ = 0;
  std::vector<std::shared_ptr<Task::State>> running_;
  std::uint64_t sequence_ = 0;
  std::vector<std::jthread> threads_;  // Last: joins before the members that the threads use go.
};

}  // namespace hbev
