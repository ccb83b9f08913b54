// Training batches made ahead of the step that needs them, on threads of their own, in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/train/trainer.h"

namespace hbev {

class BatchStream {
 public:
  /// Makes a batch, or the work for one: both get its number. `plan` is called by one thread at a time, in
  /// the numbers' order; what it returns runs in any of `threads`.
  using Work = std::function<TrainingBatch()>;
  using Plan = std::function<Work(std::uint64_t number)>;

  /// Begins with batch `first`; at most `ahead` batches wait for next().
  BatchStream(std::uint64_t first, Plan plan, int threads, std::size_t ahead);
  ~BatchStream();

  /// The next batch; throws what making it has thrown.
  TrainingBatch next();
  /// How long next() has waited so far.
  double waitedSeconds() const { return waited_s_; }

 private:
  struct Result {
    std::optional<TrainingBatch> batch;
    std::exception_ptr failure;
  };
  void run(const std::stop_token& stop);

  Plan plan_;
  std::size_t ahead_;
  double waited_s_ = 0;
  std::mutex mutex_;
  std::condition_variable_any made_, taken_;
  std::uint64_t next_planned_, next_taken_;
  std::map<std::uint64_t, Result> results_;
  std::vector<std::jthread> threads_;  // last: joins before the members that it uses go
};

}  // namespace hbev
