#include "core/train/batch_stream.h"

#include <chrono>

namespace hbev {

BatchStream::BatchStream(std::uint64_t first, Plan plan, int threads, std::size_t ahead)
    : plan_(std::move(plan)), ahead_(ahead), next_planned_(first), next_taken_(first) {
  for (int i = 0; i < threads; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

BatchStream::~BatchStream() {
  for (std::jthread& thread : threads_)
    thread.request_stop();
}

TrainingBatch BatchStream::next() {
  const auto begin = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  made_.wait(lock, [this] { return results_.contains(next_taken_); });
  waited_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  Result result = std::move(results_.extract(next_taken_).mapped());
  if (!result.failure) ++next_taken_;
  taken_.notify_all();
  if (result.failure) {
    results_.emplace(next_taken_, Result{{}, result.failure});  // asked again it says the same
    std::rethrow_exception(result.failure);
  }
  return std::move(*result.batch);
}

void BatchStream::run(const std::stop_token& stop) {
  while (true) {
    Work work;
    std::uint64_t number = 0;
    Result result;
    {
      std::unique_lock lock(mutex_);
      if (!taken_.wait(lock, stop, [this] { return next_planned_ < next_taken_ + ahead_; })) return;
      number = next_planned_++;
      try {
        work = plan_(number);
      } catch (...) {
        result.failure = std::current_exception();
      }
    }
    if (work) {
      try {
        result.batch = work();
      } catch (...) {
        result.failure = std::current_exception();
      }
    }
    const std::lock_guard lock(mutex_);
    results_.emplace(number, std::move(result));
    made_.notify_all();
  }
}

}  // namespace hbev
