// Who of a training's processes lives: they meet, beat, and learn who has ended. Part of distributed.cpp.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "core/base/error.h"
#include "core/train/distributed.h"

namespace hbev {

/// All processes end, because of what the sentence says.
Error endedError(const std::string& sentence);

/// Calls when something takes too long. Time in which the whole process was suspended does not count.
class Watchdog {
 public:
  explicit Watchdog(std::function<void(const std::string& sentence)> late);
  /// The next call must come within so many seconds.
  void expect(double seconds, const std::string& sentence);
  /// Nothing is waited for.
  void rest();
  /// Nothing is waited for any more, whatever expect() is told.
  void retire();

 private:
  void run(const std::stop_token& stop);

  std::function<void(const std::string&)> late_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  double left_s_ = 0;
  bool resting_ = true, retired_ = false;
  std::string sentence_;
  std::jthread thread_;  // last: joins before the members that it uses go
};

/// Who lives: each process beats; the first watches all, the others what it has found and that it answers.
class PeerWatch {
 public:
  /// Waits until all have come. They are to reach each other soon then, and to say so by connected().
  explicit PeerWatch(const JoinOptions& options);
  ~PeerWatch();

  const c10::intrusive_ptr<c10d::TCPStore>& store() const { return store_; }
  /// The address, in numbers, at which other machines have met rank 0; empty when there is one machine.
  const std::string& metAt() const { return met_at_; }
  void connected();
  /// Who is silent from now on is no failure of this process.
  void leaving();
  /// To all others, why this process ends.
  void publish(const std::string& sentence) noexcept;
  /// Does one of the last things of this process, `work`, which a silent process could hold up for ever:
  /// after options.answer_s it is stuck().
  void finish(const std::function<void()>& work);
  /// Who has ended, after a sum or the like has failed: waits until it is known, but not for long.
  std::optional<std::string> whoEnded();

 private:
  using Time = std::chrono::steady_clock::time_point;

  c10::intrusive_ptr<c10d::TCPStore> meetingPlace(bool server);
  void look() const;
  void demandSameLaunch();
  void waitForAll();
  void tellWhoHasCome(const std::string& summary) noexcept;
  std::string missingRanks();
  std::string verdict();
  std::string publishedVerdict();
  void run(const std::stop_token& stop);
  std::string silentOne(std::vector<std::int64_t>& beats, std::vector<Time>& changed);
  void stuck(const std::string& sentence);
  void linger() const;

  JoinOptions options_;
  double interval_s_;
  std::once_flag stuck_once_;
  std::atomic<bool> suspicious_{false}, leaving_{false}, gave_up_{false}, connecting_{true};
  Watchdog watchdog_;
  std::string met_at_, why_;  // why this process ends, where it has said so
  c10::intrusive_ptr<c10d::TCPStore> store_, beat_store_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::string verdict_;
  std::jthread thread_;  // last: joins before the members that it uses go
};

}  // namespace hbev
