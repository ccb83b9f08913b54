#include "ui/kit/value_slider.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QMouseEvent>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QSlider>

#include "ui/kit/label.h"
#include "ui/kit/painting.h"

namespace hbev::ui {
namespace {
constexpr int kSteps = 1000;
}

ValueSlider::ValueSlider(double minimum, double maximum, double initial, QWidget* parent)
    : QWidget(parent),
      minimum_(minimum),
      maximum_(maximum),
      default_(initial),
      value_(std::clamp(initial, minimum, maximum)),
      format_([](double value) { return decimal(value, 0); }) {
  slider_ = new QSlider(Qt::Horizontal, this);
  slider_->setRange(0, kSteps);
  slider_->setSingleStep(kSteps / 100);
  slider_->setPageStep(kSteps / 20);
  slider_->setFocusPolicy(Qt::TabFocus);
  slider_->setMinimumWidth(48);
  slider_->installEventFilter(this);
  label_ = makeMonoLabel({}, Role::Text2, TextSize::Small, this);
  label_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(8);
  layout->addWidget(slider_, 1);
  layout->addWidget(label_);
  connect(slider_, &QSlider::valueChanged, this, [this](int step) {
    value_ = minimum_ + (maximum_ - minimum_) * step / kSteps;
    label_->setText(format_(value_));
    Q_EMIT valueChanged(value_);
  });
  showValue();
}

void ValueSlider::setValue(double value) {
  value = std::clamp(value, minimum_, maximum_);
  if (value == value_) return;
  value_ = value;
  showValue();
  Q_EMIT valueChanged(value_);
}

void ValueSlider::setFormat(Format format) {
  format_ = std::move(format);
  showValue();
}

void ValueSlider::setName(const QString& accessible_name) {
  slider_->setAccessibleName(accessible_name);
}

void ValueSlider::showValue() {
  const QSignalBlocker quiet(slider_);
  slider_->setValue(int(std::lround((value_ - minimum_) / (maximum_ - minimum_) * kSteps)));
  label_->setText(format_(value_));
  const QFontMetrics metrics = label_->fontMetrics();
  label_->setFixedWidth(
      std::max(metrics.horizontalAdvance(format_(minimum_)), metrics.horizontalAdvance(format_(maximum_))));
}

bool ValueSlider::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::MouseButtonDblClick) {
    setValue(default_);
    return true;
  }
  if (event->type() == QEvent::Wheel) {
    const auto* wheel = static_cast<QWheelEvent*>(event);
    const bool fine = wheel->modifiers().testFlag(Qt::ShiftModifier);
    // With Shift some platforms turn the wheel sideways.
    const int turn = wheel->angleDelta().y() != 0 ? wheel->angleDelta().y() : wheel->angleDelta().x();
    setValue(value_ +
             (maximum_ - minimum_) * (fine ? 0.01 : 0.05) * turn / int(QWheelEvent::DefaultDeltasPerStep));
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace hbev::ui
