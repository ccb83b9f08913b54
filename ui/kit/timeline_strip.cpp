#include "ui/kit/timeline_strip.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QMouseEvent>
#include <QtGui/QWheelEvent>

#include "ui/kit/theme.h"
#include "ui/kit/timeline_popup.h"

namespace hbev::ui {
namespace {
constexpr double kZoomStep = 1.25;
}  // namespace

ScoreAxis ScoreAxis::fit(const std::vector<std::optional<double>>& scores,
                         const std::vector<std::optional<double>>& reference) {
  std::optional<double> high;
  for (const auto* list : {&scores, &reference}) {
    for (const auto& value : *list) {
      if (value) high = std::max(high.value_or(0), *value);
    }
  }
  if (!high) return {};
  ScoreAxis axis;
  axis.high = std::max(1.0, *high * 1.04);
  double step = 1;
  for (int i = 0; *high / step > 3.5; ++i)
    step *= i % 3 == 1 ? 2.5 : 2;  // 1, 2, 5, 10, 20, 50
  // A line so close to the top that its label would not fit is left out.
  for (double line = 0; line < axis.high * 0.92; line += step)
    axis.lines.push_back(line);
  return axis;
}

TimelineStrip::TimelineStrip(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setContextMenuPolicy(Qt::PreventContextMenu);  // The right button sets the loop.
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("Timeline"));
  popup_ = new TimelinePopup(this);
  setCompact(false);
}

void TimelineStrip::setKeyframes(std::vector<double> times_s) {
  const ScoreSteps steps = data_.steps;
  data_ = {};
  data_.steps = steps;
  data_.times_s = std::move(times_s);
  loop_.reset();
  moment_s_.reset();
  current_ = data_.times_s.empty() ? -1 : 0;
  scrubbing_ = false;
  wished_ = loop_start_ = hovered_ = -1;
  popup_->hide();
  scale_.setCount(int(data_.times_s.size()));
  dataChanged();
}

void TimelineStrip::dataChanged() {
  axis_ = ScoreAxis::fit(data_.scores, data_.reference);
  update();
}

void TimelineStrip::setCurrent(int keyframe) {
  const int last = scale_.count() - 1;
  keyframe = last < 0 ? -1 : std::clamp(keyframe, 0, last);
  if (keyframe == current_) return;
  current_ = keyframe;
  scale_.reveal(keyframe);
  setAccessibleDescription(tr("Keyframe %1 of %2").arg(keyframe + 1).arg(scale_.count()));
  update();
}

void TimelineStrip::setMoment(std::optional<double> time_s) {
  if (time_s == moment_s_) return;
  moment_s_ = time_s;
  update();
}

void TimelineStrip::setLoop(std::optional<KeyframeRange> range) {
  loop_ = range;
  update();
}

void TimelineStrip::setCompact(bool compact) {
  compact_ = compact;
  const auto& sizes = Theme::current().sizes().timeline;
  setFixedHeight((compact ? sizes.height_compact : sizes.height) - sizes.transport);
  update();
}

void TimelineStrip::resetZoom() {
  scale_.reset();
  update();
}

void TimelineStrip::resizeEvent(QResizeEvent*) {
  const auto& sizes = Theme::current().sizes().timeline;
  scale_.setExtent(sizes.left_margin, width() - sizes.left_margin - sizes.right_margin);
}

void TimelineStrip::scrubTo(double x) {
  const int keyframe = scale_.keyframeAt(x);
  if (keyframe < 0 || keyframe == wished_) return;
  wished_ = keyframe;
  setCurrent(keyframe);  // The head follows the pointer at once; the picture when it is there.
  Q_EMIT currentRequested(keyframe);
}

void TimelineStrip::mousePressEvent(QMouseEvent* event) {
  if (scale_.count() == 0) return;
  const double x = event->position().x();
  if (event->button() == Qt::LeftButton) {
    scrubbing_ = true;
    wished_ = -1;
    popup_->hide();
    scrubTo(x);
  } else if (event->button() == Qt::RightButton) {
    loop_start_ = scale_.keyframeAt(x);
  }
}

void TimelineStrip::mouseMoveEvent(QMouseEvent* event) {
  const double x = event->position().x();
  if (scrubbing_) return scrubTo(x);
  if (loop_start_ >= 0) {
    const int here = scale_.keyframeAt(x);
    return setLoop(KeyframeRange(std::min(loop_start_, here), std::max(loop_start_, here)));
  }
  hover(x);
}

void TimelineStrip::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && scrubbing_) {
    scrubTo(event->position().x());
    scrubbing_ = false;
  } else if (event->button() == Qt::RightButton && loop_start_ >= 0) {
    const int here = scale_.keyframeAt(event->position().x());
    const KeyframeRange range(std::min(loop_start_, here), std::max(loop_start_, here));
    loop_start_ = -1;
    setLoop(range);
    Q_EMIT loopDragged(range.first, range.second);
  }
}

void TimelineStrip::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && scale_.isZoomed())
    resetZoom();
  else
    mousePressEvent(event);
}

void TimelineStrip::wheelEvent(QWheelEvent* event) {
  const QPoint delta = event->angleDelta();
  const double turns =
      double(delta.y() != 0 ? delta.y() : delta.x()) / int(QWheelEvent::DefaultDeltasPerStep);
  scale_.zoom(std::pow(kZoomStep, turns), event->position().x());
  update();
}

void TimelineStrip::leaveEvent(QEvent*) {
  popup_->hide();
  hovered_ = -1;
  update();
  Q_EMIT hovered(-1);
}

void TimelineStrip::hover(double x) {
  const int keyframe = scale_.keyframeAt(x);
  if (keyframe == hovered_ || keyframe < 0) return;
  hovered_ = keyframe;
  update();
  Q_EMIT hovered(keyframe);
  if (provider_) popup_->showAbove(mapToGlobal(QPoint(int(scale_.xOf(keyframe)), 0)), provider_(keyframe));
}

}  // namespace hbev::ui
