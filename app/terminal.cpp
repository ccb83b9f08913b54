#include "app/terminal.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/ioctl.h>

namespace hbev {
namespace {

// Set by the signal handler, read by whoever reports next.
volatile std::sig_atomic_t interrupted = 0;
volatile std::sig_atomic_t on_terminal = 0;

/// The work ends at the next point where it may: until then people should know that they were heard.
void onInterrupt(int signal) {
  constexpr std::string_view kLine = "Stopping. Ctrl+C again ends it at once.\n", kClear = "\r\033[K";
  const int before = errno;
  interrupted = 1;
  std::signal(signal, SIG_DFL);
  bool told = on_terminal == 0 || ::write(STDERR_FILENO, kClear.data(), kClear.size()) > 0;
  told = told && ::write(STDERR_FILENO, kLine.data(), kLine.size()) > 0;
  errno = told ? before : errno;
}

/// Letters in a line of the terminal.
std::size_t columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

std::string timeLeft(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s left", seconds);
  return fmt::format("{:.0f} min left", seconds / 60);
}

TerminalProgress::TerminalProgress()
    : terminal_(isatty(STDERR_FILENO) != 0),
      progress_([this](const Progress::State& state) { report(state); }, stop_.get_token()) {
  on_terminal = terminal_ ? 1 : 0;
  std::signal(SIGINT, onInterrupt);
  std::signal(SIGTERM, onInterrupt);
}

TerminalProgress::~TerminalProgress() {
  if (line_open_) fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

/// True between two pictures of the line.
bool TerminalProgress::isTooSoon() {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::milliseconds(80)) return true;
  last_ = now;
  return false;
}

void TerminalProgress::drawBar(const Progress::State& state) {
  constexpr std::size_t kWidest = 28, kNarrowest = 8;
  std::string rest = fmt::format(" {} / {}", state.done, state.total);
  if (state.seconds_left) rest += "  " + timeLeft(*state.seconds_left);
  // What does not fit into the line would stay behind when it is drawn again.
  const std::size_t room = columns() - std::min(columns(), state.what.size() + rest.size() + 2);
  if (!detail_.empty() && room >= kNarrowest + 2 + detail_.size()) rest += "  " + detail_;
  const std::size_t taken = state.what.size() + rest.size() + 2;
  const std::size_t width = std::clamp(columns() - std::min(columns(), taken), kNarrowest, kWidest);
  const std::size_t filled =
      state.total > 0 ? std::size_t(std::int64_t(width) * std::min(state.done, state.total) / state.total)
                      : 0;
  std::string bar;
  for (std::size_t i = 0; i < width; ++i)
    bar += i < filled ? "━" : "─";
  fmt::print(stderr, "\r\033[K{} {}{}", state.what, bar, rest);
  line_open_ = true;
}

void TerminalProgress::report(const Progress::State& state) {
  if (interrupted) stop_.request_stop();
  if (terminal_) {
    if (isTooSoon() && state.done < state.total) return;
    drawBar(state);
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

void TerminalProgress::tell(const std::string& what, const std::string& how_far) {
  if (interrupted) stop_.request_stop();
  const bool is_new = what != last_what_;
  if (!is_new && (!terminal_ || isTooSoon())) return;
  last_what_ = what;
  if (terminal_) {
    fmt::print(stderr, "\r\033[K{} {}", what, how_far);
    line_open_ = true;
  } else {
    fmt::print(stderr, "{}\n", what);
  }
  std::fflush(stderr);
}

}  // namespace hbev
