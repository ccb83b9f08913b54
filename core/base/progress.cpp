#include "core/base/progress.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"

namespace hbev {

Progress::Progress(Report report, std::stop_token stop)
    : report_(std::move(report)), stop_(std::move(stop)) {}

void Progress::start(std::string what, std::int64_t total) {
  {
    const std::lock_guard lock(mutex_);
    what_ = std::move(what);
    begin_ = std::chrono::steady_clock::now();
    done_ = 0;
    total_ = total;
  }
  report();
}

void Progress::advance(std::int64_t steps) {
  done_ += steps;
  report();
}

Progress::State Progress::state() const {
  const std::lock_guard lock(mutex_);
  State state{what_, done_, total_, std::nullopt, std::chrono::steady_clock::now() - begin_};
  // The first two steps carry start-up costs; a forecast from them alone would only scare people.
  if (state.done >= 2 && state.total > 0) {
    state.seconds_left = state.elapsed.count() / double(state.done) *
                         double(std::max<std::int64_t>(state.total - state.done, 0));
  }
  return state;
}

void Progress::throwIfCancelled() const {
  if (isCancelled()) throw Cancelled();
}

void Progress::report() {
  if (!report_) return;
  const std::lock_guard lock(report_mutex_);
  report_(state());
}

}  // namespace hbev
