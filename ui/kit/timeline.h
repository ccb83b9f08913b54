// The timeline of a scene: transport row, and the strip of scores to click, scrub, zoom and loop in.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <QtWidgets/QWidget>

#include "ui/kit/timeline_types.h"

class QComboBox;
class QLabel;
class QMenu;
class QToolButton;

namespace hbev::ui {

class ElidedLabel;
class TimelineStrip;

/// Knows keyframes by index from 0; shows them from 1. All setters accept any length: what lacks is "none".
class Timeline : public QWidget {
  Q_OBJECT
 public:
  explicit Timeline(QWidget* parent = nullptr);

  /// Ascending, in seconds; the first one is shown as 0. Clears scores, flags and everything else of the old
  /// scene.
  void setKeyframes(std::vector<double> times_s);
  int keyframeCount() const;
  /// Sweeps between the keyframes, as small ticks; same clock.
  void setSweeps(std::vector<double> times_s);
  /// Percent; nothing where there is no score.
  void setScores(std::vector<std::optional<double>> percent);
  /// The other source's line.
  void setReference(std::vector<std::optional<double>> percent);
  void setLoaded(std::vector<bool> loaded);
  void setPredicted(std::vector<bool> predicted);
  void setFlags(std::vector<TimelineFlag> flags);
  /// Where `bad_below` is above `good_above`, less is better.
  void setThresholds(const ScoreSteps& steps);
  /// Names in the legend, e.g. "A" and "run-12"; an empty one hides its entry.
  void setLegend(const QString& scores, const QString& reference);

  /// Does not emit. -1 when there is no keyframe.
  void setCurrent(int keyframe);
  int current() const;
  /// Shows a time between two keyframes, on the clock of setKeyframes(); nothing: the current keyframe's.
  void setMoment(std::optional<double> time_s);
  void setPlaying(bool playing);
  bool isPlaying() const { return playing_; }
  /// Does not emit.
  void setLoop(std::optional<KeyframeRange> range);
  std::optional<KeyframeRange> loop() const;
  /// Does not emit. One of speeds().
  void setSpeed(double factor);
  double speed() const;
  static const std::vector<double>& speeds();
  void setMetrics(const QStringList& names, int current = 0);
  void setToken(const QString& token);
  /// 110 px: no ruler, no notes.
  void setCompact(bool compact);
  /// Called with a keyframe while the pointer rests on it.
  void setHoverProvider(std::function<TimelineHover(int)> provider);

  /// Shows the whole scene again.
  void resetZoom();
  /// Of the keyframe's middle in this widget's pixels. For the owner's popups and tests.
  double xOf(int keyframe) const;
  /// The keyframe at x, clamped; -1 without keyframes.
  int keyframeAt(double x) const;

  TimelineStrip* strip() const { return strip_; }
  /// The buttons' actions, so that keys and buttons are the same thing; nullptr leaves a button to its
  /// signal.
  struct Actions {
    QAction* previous = nullptr;
    QAction* play = nullptr;
    QAction* next = nullptr;
    QAction* loop = nullptr;
    QAction* sweeps = nullptr;  ///< checkable; without it there is no such button
    QAction* bookmark = nullptr;
  };
  void useActions(const Actions& actions);

  /// What the button at the right end opens; there is none without a menu. The owner keeps it.
  void setMoreMenu(QMenu* menu);

  QSize sizeHint() const override;

 Q_SIGNALS:
  /// Every wish; while scrubbing many may come, the last one is where the pointer ended.
  void currentRequested(int keyframe);
  void playToggled(bool playing);
  void loopChanged(bool on, int first, int last);
  void speedChanged(double factor);
  void metricChanged(int index);
  void bookmarkToggled(int keyframe);
  /// -1 when the pointer leaves.
  void hovered(int keyframe);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  QWidget* makeTransport();
  QWidget* makeLegend();
  void connectTransport();
  void updateTexts();
  void fitToken();
  void requestStep(int steps);
  void clickLoop();

  TimelineStrip* strip_;
  QWidget* transport_ = nullptr;
  QToolButton* previous_;
  QToolButton* play_;
  QToolButton* next_;
  QToolButton* loop_;
  QToolButton* sweeps_;
  QToolButton* bookmark_;
  QToolButton* copy_;
  QComboBox* speed_;
  QComboBox* metric_;
  QLabel* position_;
  QLabel* count_;
  QLabel* seconds_;
  QLabel* all_seconds_;
  QToolButton* more_;
  ElidedLabel* token_label_;
  QLabel* score_name_;
  QLabel* reference_name_;
  QWidget* score_mark_;
  QWidget* reference_mark_;
  Actions actions_;
  QString token_;
  bool playing_ = false;
};

}  // namespace hbev::ui
