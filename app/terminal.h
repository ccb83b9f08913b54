// What the command line writes: progress that overwrites itself on a terminal, plain lines otherwise.
#pragma once

#include <string>
#include <utility>

#include "core/base/progress.h"

namespace hbev {

/// "12 s left", "4 min left"
std::string timeLeft(double seconds);

/// A Progress that writes to standard error and is cancelled by Ctrl+C, which is answered at once; a second
/// one ends the process. One at a time.
class TerminalProgress {
 public:
  TerminalProgress();
  ~TerminalProgress();
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  Progress& progress() { return progress_; }

  /// A line for what has no steps that people count. On a terminal it overwrites itself, with how far it is;
  /// elsewhere a line of its own, once. Sees Ctrl+C as a report does.
  void tell(const std::string& what, const std::string& how_far);
  /// What the step under way is at, shown on terminals with the next report where there is room.
  void setDetail(std::string detail) { detail_ = std::move(detail); }

 private:
  void report(const Progress::State& state);
  void drawBar(const Progress::State& state);
  bool isTooSoon();

  bool terminal_;
  std::stop_source stop_;
  std::chrono::steady_clock::time_point last_;
  std::int64_t last_tenth_ = -1;
  std::string last_what_, detail_;
  bool line_open_ = false;
  Progress progress_;
};

}  // namespace hbev
