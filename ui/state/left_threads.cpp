#include "ui/state/left_threads.h"

#include <algorithm>
#include <mutex>
#include <vector>

namespace hbev::ui {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLeaveAfter(1);  ///< what computes has seen by then that it is not wanted

class LeftThreads {
 public:
  static LeftThreads& all() {
    static LeftThreads threads;
    return threads;
  }

  void add(LeftThread thread) {
    const std::lock_guard lock(mutex_);
    eraseEnded(Clock::time_point());
    threads_.push_back(std::move(thread));
  }

  bool wait() {
    const std::lock_guard lock(mutex_);
    eraseEnded(Clock::now() + kLeaveAfter);
    return threads_.empty();
  }

  ~LeftThreads() { wait(); }

 private:
  void eraseEnded(Clock::time_point wait_until) {
    std::erase_if(threads_, [wait_until](const LeftThread& each) { return each(wait_until); });
  }

  std::mutex mutex_;
  std::vector<LeftThread> threads_;
};

}  // namespace

void addLeftThread(LeftThread thread) {
  LeftThreads::all().add(std::move(thread));
}

bool waitForLeftThreads() {
  return LeftThreads::all().wait();
}

}  // namespace hbev::ui
