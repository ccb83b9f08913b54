// The drawn part of the timeline: ruler, cached range, bars of score, loop, ticks, flags and playhead.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <QtWidgets/QWidget>

#include "ui/kit/timeline_scale.h"
#include "ui/kit/timeline_types.h"

namespace hbev::ui {

class TimelinePopup;

/// What is known of a scene, by keyframe. Vectors may be shorter than `times_s`: what lacks is "none".
struct TimelineData {
  std::vector<double> times_s;
  std::vector<double> sweeps_s;
  std::vector<std::optional<double>> scores, reference;
  std::vector<bool> loaded, predicted;
  std::vector<TimelineFlag> flags;
  ScoreSteps steps;
};

/// The scores that the strip shows, in percent, and the lines drawn across it. It begins at 0: the heights of
/// bars are compared.
struct ScoreAxis {
  double high = 100;
  std::vector<double> lines;
  /// Room for everything in both lists, lines at round numbers so that there are one to four of them.
  static ScoreAxis fit(const std::vector<std::optional<double>>& scores,
                       const std::vector<std::optional<double>>& reference);
};

class TimelineStrip : public QWidget {
  Q_OBJECT
 public:
  explicit TimelineStrip(QWidget* parent = nullptr);

  /// A new scene: everything else is forgotten.
  void setKeyframes(std::vector<double> times_s);
  const TimelineData& data() const { return data_; }
  /// Changes some of the data and repaints.
  template <class Change>
  void change(Change&& change) {
    change(data_);
    dataChanged();
  }

  void setCurrent(int keyframe);
  int current() const { return current_; }
  /// The playhead between keyframes, in the keyframes' time; nothing: at the current keyframe.
  void setMoment(std::optional<double> time_s);
  std::optional<double> moment() const { return moment_s_; }
  void setLoop(std::optional<KeyframeRange> range);
  std::optional<KeyframeRange> loop() const { return loop_; }
  void setCompact(bool compact);
  void setHoverProvider(std::function<TimelineHover(int)> provider) { provider_ = std::move(provider); }
  void resetZoom();
  const TimelineScale& scale() const { return scale_; }

 Q_SIGNALS:
  void currentRequested(int keyframe);
  void loopDragged(int first, int last);
  void hovered(int keyframe);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  struct Rows {  ///< Tops and bottoms, in pixels of the widget.
    double ruler, base, strip, strip_bottom, ticks, flags;
  };
  Rows rows() const;
  void dataChanged();
  void scrubTo(double x);
  void hover(double x);
  double yOf(double percent) const;

  void paintRuler(QPainter& painter) const;
  void paintLoaded(QPainter& painter) const;
  void paintScores(QPainter& painter) const;
  void paintReference(QPainter& painter) const;
  void paintAxis(QPainter& painter) const;
  void paintLoop(QPainter& painter) const;
  void paintTicks(QPainter& painter) const;
  void paintFlags(QPainter& painter) const;
  void paintPlayhead(QPainter& painter) const;

  TimelineData data_;
  ScoreAxis axis_;
  TimelineScale scale_;
  int current_ = -1;
  std::optional<double> moment_s_;
  std::optional<KeyframeRange> loop_;
  std::function<TimelineHover(int)> provider_;
  TimelinePopup* popup_;
  bool compact_ = false;
  bool scrubbing_ = false;
  int wished_ = -1;      ///< Asked for last while scrubbing.
  int loop_start_ = -1;  ///< Where the right button went down.
  int hovered_ = -1;
};

}  // namespace hbev::ui
