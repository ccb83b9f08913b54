#include "ui/state/playback.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace hbev::ui {
namespace {

// How often it looks again whether the next picture has come, and how long it waits before it goes there all
// the same: under a tiny memory budget nothing is loaded ahead.
constexpr double kLookAgain_s = 0.01, kPatience_s = 0.5;

double machineClock_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

void Pace::start(double hertz, double now_s) {
  period_s_ = 1.0 / hertz;
  due_s_ = now_s + period_s_;
}

void Pace::setRate(double hertz) {
  const double last_s = due_s_ - period_s_;
  period_s_ = 1.0 / hertz;
  due_s_ = last_s + period_s_;
}

void Pace::step(double now_s) {
  due_s_ += period_s_;
  if (due_s_ < now_s) due_s_ = now_s + period_s_;
}

Playback::Playback(PlayStage stage, std::function<double()> now_s, QObject* parent)
    : QObject(parent), stage_(std::move(stage)), now_s_(now_s ? std::move(now_s) : machineClock_s) {
  timer_.setTimerType(Qt::PreciseTimer);
  timer_.setSingleShot(true);
  connect(&timer_, &QTimer::timeout, this, &Playback::advance);
}

void Playback::setPlaying(bool playing) {
  playing = playing && stage_.count() > 1;
  if (playing == playing_) return;
  playing_ = playing;
  if (playing) {
    if (!next()) stage_.go(0);
    pace_.start(stopsPerSecond(), now_s_());
    arm();
  } else {
    timer_.stop();
  }
  Q_EMIT playingChanged(playing);
}

void Playback::setSpeed(double factor) {
  if (factor == speed_ || !(factor > 0)) return;
  speed_ = factor;
  restartPace();
  Q_EMIT speedChanged(factor);
}

void Playback::setLoop(std::optional<std::pair<int, int>> keyframes) {
  if (loop_ == keyframes) return;
  loop_ = keyframes;
  Q_EMIT loopChanged();
}

void Playback::restartPace() {
  pace_.setRate(stopsPerSecond());
  if (playing_) arm();
}

std::optional<int> Playback::next() const {
  const int current = stage_.current();
  const auto range = stage_.loop();
  const int last = range ? range->second : stage_.count() - 1;
  if (current < last) return current + 1;
  return range ? std::optional(range->first) : std::nullopt;
}

void Playback::arm() {
  const double wait_s = std::max(pace_.wait_s(now_s_()), 0.0);
  timer_.start(int(std::ceil(1000 * wait_s)));
}

void Playback::advance() {
  if (!playing_) return;
  const double now_s = now_s_();
  if (!pace_.isDue(now_s)) return arm();
  const std::optional<int> stop = next();
  // The last one is seen as long as the others.
  if (!stop) return setPlaying(false);
  const bool late = pace_.isDue(now_s - kPatience_s);
  if (!stage_.is_shown() || !(stage_.is_loaded(*stop) || late)) {
    timer_.start(int(1000 * kLookAgain_s));
    return;
  }
  pace_.step(now_s);
  stage_.go(*stop);
  arm();
}

}  // namespace hbev::ui
