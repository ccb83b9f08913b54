// What the command line writes: progress that overwrites itself on a terminal, plain lines otherwise.
#pragma once

#include <string>

#include "core/base/progress.h"

namespace hbev {

/// A Progress that writes to standard error and is cancelled by Ctrl+C. One at a time.
class TerminalProgress {
 public:
  TerminalProgress();
  ~TerminalProgress();
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  Progress& progress() { return progress_; }

 private:
  void report(const Progress::State& state);

  bool terminal_;
  std::stop_source stop_;
  std::chrono::steady_clock::time_point last_;
  std::int64_t last_tenth_ = -1;
  std::string last_what_;
  bool line_open_ = false;
  Progress progress_;
};

}  // namespace hbev
