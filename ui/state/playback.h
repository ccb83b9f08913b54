// Plays a scene like a video: keyframes or camera sweeps, at a speed, within a loop. It waits for what is not
// loaded yet and leaves out nothing.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include <QtCore/QObject>
#include <QtCore/QTimer>

namespace hbev::ui {

/// When the next picture is due. Keeps its rate over many steps; after a stall it goes on from there instead
/// of hurrying.
class Pace {
 public:
  void start(double hertz, double now_s);
  void setRate(double hertz);
  bool isDue(double now_s) const { return now_s >= due_s_; }
  double wait_s(double now_s) const { return due_s_ > now_s ? due_s_ - now_s : 0; }
  /// The picture was shown.
  void step(double now_s);

 private:
  double period_s_ = 0.5, due_s_ = 0;
};

/// What is played, as numbered stops.
struct PlayStage {
  std::function<int()> count, current;
  std::function<bool(int stop)> is_loaded;  ///< can be shown at once
  std::function<bool()> is_shown;           ///< the current one is all there
  std::function<void(int stop)> go;
  std::function<double()> hertz;  ///< at speed 1
  /// First and last stop to repeat, both inside; nothing: to the end and no further.
  std::function<std::optional<std::pair<int, int>>()> loop;
};

class Playback : public QObject {
  Q_OBJECT
 public:
  /// `now_s`: seconds that only grow; the machine's clock without one.
  explicit Playback(PlayStage stage, std::function<double()> now_s = {}, QObject* parent = nullptr);

  bool isPlaying() const { return playing_; }
  /// At the end it begins anew. Nothing happens where there is nothing to play.
  void setPlaying(bool playing);
  void setSpeed(double factor);
  double speed() const { return speed_; }
  /// Stops a second at the present speed: for prefetching.
  double stopsPerSecond() const { return stage_.hertz() * speed_; }
  /// In keyframes; nothing plays to the scene's end.
  void setLoop(std::optional<std::pair<int, int>> keyframes);
  std::optional<std::pair<int, int>> loop() const { return loop_; }
  /// The rate of the stage has changed.
  void restartPace();
  /// Goes on to the next stop when that is due and loaded. The timer calls it; tests may.
  void advance();

 Q_SIGNALS:
  void playingChanged(bool playing);
  void speedChanged(double factor);
  void loopChanged();

 private:
  std::optional<int> next() const;
  void arm();

  PlayStage stage_;
  std::function<double()> now_s_;
  QTimer timer_;
  Pace pace_;
  bool playing_ = false;
  double speed_ = 1.0;
  std::optional<std::pair<int, int>> loop_;
};

}  // namespace hbev::ui
