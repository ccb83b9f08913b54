#include "ui/kit/range_slider.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtGui/QWheelEvent>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kRangeSliderHeight = 16, kSliderWidth = 120, kSliderMinimumWidth = 60;
}

RangeSlider::RangeSlider(double minimum, double maximum, QWidget* parent)
    : QWidget(parent),
      minimum_(minimum),
      maximum_(maximum),
      lower_(minimum),
      upper_(maximum),
      step_((maximum - minimum) / 100) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setFocusPolicy(Qt::TabFocus);
}

QSize RangeSlider::sizeHint() const {
  return {kSliderWidth, kRangeSliderHeight};
}

QSize RangeSlider::minimumSizeHint() const {
  return {kSliderMinimumWidth, kRangeSliderHeight};
}

void RangeSlider::setRange(double lower, double upper) {
  if (lower > upper) std::swap(lower, upper);
  lower = std::clamp(lower, minimum_, maximum_);
  upper = std::clamp(upper, minimum_, maximum_);
  if (lower == lower_ && upper == upper_) return;
  lower_ = lower;
  upper_ = upper;
  update();
  Q_EMIT rangeChanged(lower_, upper_);
}

double RangeSlider::positionOf(double value) const {
  const double knob = Theme::current().sizes().slider_knob;
  return knob / 2 + (value - minimum_) / (maximum_ - minimum_) * (width() - knob);
}

double RangeSlider::valueAt(double x) const {
  const double knob = Theme::current().sizes().slider_knob;
  return minimum_ + (x - knob / 2) / std::max(1.0, width() - knob) * (maximum_ - minimum_);
}

void RangeSlider::moveKnob(Knob knob, double value) {
  if (knob == Knob::Lower)
    setRange(std::min(value, upper_), upper_);
  else
    setRange(lower_, std::max(value, lower_));
}

void RangeSlider::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  const double track = theme.sizes().slider_track, radius = theme.sizes().slider_knob / 2.0,
               middle = height() / 2.0;
  const double from = positionOf(lower_), to = positionOf(upper_);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (!isEnabled()) painter.setOpacity(0.5);
  painter.fillRect(QRectF(0, middle - track / 2, width(), track), theme.color(Role::BorderStrong));
  painter.fillRect(QRectF(from, middle - track / 2, to - from, track), theme.color(Role::Accent));
  for (const Knob knob : {Knob::Lower, Knob::Upper}) {
    const QPointF centre(positionOf(knobValue(knob)), middle);
    if (hasFocus() && knob == active_) {
      painter.setPen(QPen(theme.color(Role::Focus), 1.5));
      painter.setBrush(theme.color(Role::Panel));
      painter.drawEllipse(centre, radius + 2, radius + 2);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(Role::Text));
    painter.drawEllipse(centre, radius, radius);
  }
}

void RangeSlider::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const double x = event->position().x(), lower = positionOf(lower_), upper = positionOf(upper_);
  // Where both knobs lie on each other, the side of the pointer decides.
  active_ =
      std::abs(x - lower) < std::abs(x - upper) || (lower == upper && x < lower) ? Knob::Lower : Knob::Upper;
  dragging_ = true;
  moveKnob(active_, valueAt(x));
}

void RangeSlider::mouseMoveEvent(QMouseEvent* event) {
  if (dragging_) moveKnob(active_, valueAt(event->position().x()));
}

void RangeSlider::mouseReleaseEvent(QMouseEvent*) {
  dragging_ = false;
}

void RangeSlider::mouseDoubleClickEvent(QMouseEvent*) {
  setRange(minimum_, maximum_);
}

void RangeSlider::wheelEvent(QWheelEvent* event) {
  const double x = event->position().x();
  const Knob knob =
      std::abs(x - positionOf(lower_)) < std::abs(x - positionOf(upper_)) ? Knob::Lower : Knob::Upper;
  const bool fine = event->modifiers().testFlag(Qt::ShiftModifier);
  const QPoint delta = event->angleDelta();
  const double turns =
      double(delta.y() != 0 ? delta.y() : delta.x()) / int(QWheelEvent::DefaultDeltasPerStep);
  moveKnob(knob, knobValue(knob) + (maximum_ - minimum_) * (fine ? 0.01 : 0.05) * turns);
}

void RangeSlider::keyPressEvent(QKeyEvent* event) {
  const double value = knobValue(active_);
  switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
      return moveKnob(active_, value - step_);
    case Qt::Key_Right:
    case Qt::Key_Up:
      return moveKnob(active_, value + step_);
    case Qt::Key_PageDown:
      return moveKnob(active_, value - 10 * step_);
    case Qt::Key_PageUp:
      return moveKnob(active_, value + 10 * step_);
    case Qt::Key_Home:
      return moveKnob(active_, minimum_);
    case Qt::Key_End:
      return moveKnob(active_, maximum_);
    default:
      QWidget::keyPressEvent(event);
  }
}

void RangeSlider::focusInEvent(QFocusEvent* event) {
  active_ = event->reason() == Qt::BacktabFocusReason ? Knob::Upper : Knob::Lower;
  update();
}

bool RangeSlider::focusNextPrevChild(bool next) {
  const Knob towards = next ? Knob::Upper : Knob::Lower;
  if (active_ == towards) return QWidget::focusNextPrevChild(next);
  active_ = towards;
  update();
  return true;
}

}  // namespace hbev::ui
