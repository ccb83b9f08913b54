#include "ui/kit/focus_ring.h"

#include <QtGui/QFocusEvent>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractSlider>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFocusFrame>
#include <QtWidgets/QLineEdit>

namespace hbev::ui {
namespace {

bool isTextField(const QWidget* widget) {
  return qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QAbstractSpinBox*>(widget);
}

bool wearsRing(const QWidget* widget, Qt::FocusReason reason) {
  if (widget->property("noFocusRing").toBool()) return false;
  if (isTextField(widget)) return !qobject_cast<const QAbstractSpinBox*>(widget->parentWidget());
  const bool by_keyboard =
      reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
  return by_keyboard &&
         (qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QAbstractSlider*>(widget) ||
          qobject_cast<const QComboBox*>(widget) || widget->property("focusRing").toBool());
}

}  // namespace

FocusRing::FocusRing(QObject* app) : QObject(app) {
  app->installEventFilter(this);
}

FocusRing::~FocusRing() = default;

QWidget* FocusRing::widget() const {
  return frame_ ? frame_->widget() : nullptr;
}

void FocusRing::put(QWidget* widget) {
  // The frame is a child of the window of the widget that it surrounds and goes with it.
  if (widget && !frame_) frame_ = new QFocusFrame;
  if (frame_) frame_->setWidget(widget);
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::FocusIn && event->type() != QEvent::FocusOut) return false;
  auto* widget = qobject_cast<QWidget*>(watched);
  if (!widget) return false;
  const auto reason = static_cast<QFocusEvent*>(event)->reason();
  if (event->type() == QEvent::FocusIn)
    put(wearsRing(widget, reason) ? widget : nullptr);
  else if (this->widget() == widget && reason != Qt::ActiveWindowFocusReason &&
           reason != Qt::PopupFocusReason)
    put(nullptr);
  return false;
}

int focusRingMargin(const QWidget* widget) {
  return isTextField(widget) ? 1 : 3;
}

}  // namespace hbev::ui
