// How long work tells how far it is, and learns that nobody wants it any more.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace hbev {

/// Progress of one piece of work, shared by the threads that do it. All functions are thread-safe.
class Progress {
 public:
  struct State {
    std::string what;  ///< "Evaluating demo-city"
    std::int64_t done = 0;
    std::int64_t total = 0;                    ///< 0 while unknown.
    std::optional<double> seconds_left;        ///< From the pace so far; absent for the first steps.
    std::chrono::duration<double> elapsed{0};  ///< Since start().
  };
  using Report = std::function<void(const State&)>;

  /// Reports to nobody and cannot be cancelled.
  Progress() = default;
  /// `report` is called from the working threads, one call at a time.
  explicit Progress(Report report, std::stop_token stop = {});

  void start(std::string what, std::int64_t total);
  void advance(std::int64_t steps = 1);
  State state() const;

  bool isCancelled() const { return stop_.stop_requested(); }
  /// Throws Cancelled when the work is no longer wanted.
  void throwIfCancelled() const;
  std::stop_token stopToken() const { return stop_; }

 private:
  void report();

  Report report_;
  std::stop_token stop_;
  mutable std::mutex mutex_;
  std::mutex report_mutex_;
  std::string what_;
  std::atomic<std::int64_t> done_{0};
  std::atomic<std::int64_t> total_{0};
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace hbev
