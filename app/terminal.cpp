#include "app/terminal.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

namespace hbev {
namespace {

// Set by the signal handler, read by whoever reports next.
volatile std::sig_atomic_t interrupted = 0;

void onInterrupt(int) {
  interrupted = 1;
}

std::string timeLeft(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s left", seconds);
  return fmt::format("{:.0f} min left", seconds / 60);
}

}  // namespace

TerminalProgress::TerminalProgress()
    : terminal_(isatty(STDERR_FILENO) != 0),
      progress_([this](const Progress::State& state) { report(state); }, stop_.get_token()) {
  std::signal(SIGINT, onInterrupt);
  std::signal(SIGTERM, onInterrupt);
}

TerminalProgress::~TerminalProgress() {
  if (line_open_) fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

void TerminalProgress::report(const Progress::State& state) {
  if (interrupted) stop_.request_stop();
  const auto now = std::chrono::steady_clock::now();
  if (terminal_) {
    if (state.done < state.total && now - last_ < std::chrono::milliseconds(80)) return;
    last_ = now;
    constexpr int kWidth = 28;
    const int filled = state.total > 0 ? int(kWidth * state.done / state.total) : 0;
    std::string bar;
    for (int i = 0; i < kWidth; ++i)
      bar += i < filled ? "━" : "─";
    fmt::print(stderr, "\r\033[K{} {} {} / {}{}", state.what, bar, state.done, state.total,
               state.seconds_left ? "  " + timeLeft(*state.seconds_left) : "");
    line_open_ = true;
  } else if (state.total > 0) {
    // A line each tenth: logs stay short.
    const std::int64_t tenth = 10 * state.done / state.total;
    if (tenth == last_tenth_ && state.what == last_what_) return;
    last_tenth_ = tenth;
    last_what_ = state.what;
    fmt::print(stderr, "{}: {} / {}\n", state.what, state.done, state.total);
  }
  std::fflush(stderr);
}

}  // namespace hbev
