#include "ui/kit/elided_label.h"

#include <QtGui/QHelpEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QToolTip>

#include "ui/kit/theme.h"

namespace hbev::ui {

ElidedLabel::ElidedLabel(const QString& text, Qt::TextElideMode elide, QWidget* parent)
    : QWidget(parent), elide_(elide) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setText(text);
}

void ElidedLabel::setText(const QString& text) {
  if (text == text_) return;
  text_ = text;
  setAccessibleName(text);
  updateGeometry();
  update();
}

void ElidedLabel::setRole(Role role) {
  role_ = role;
  update();
}

void ElidedLabel::setAlignment(Qt::Alignment alignment) {
  alignment_ = alignment;
  update();
}

bool ElidedLabel::isElided() const {
  return fontMetrics().horizontalAdvance(text_) > width();
}

QSize ElidedLabel::sizeHint() const {
  return {fontMetrics().horizontalAdvance(text_) + 1, std::max(16, fontMetrics().height())};
}

QSize ElidedLabel::minimumSizeHint() const {
  return {std::min(sizeHint().width(), fontMetrics().horizontalAdvance("mm…")), sizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setPen(Theme::current().color(isEnabled() ? role_ : Role::Disabled));
  painter.drawText(rect(), int(alignment_), fontMetrics().elidedText(text_, elide_, width()));
}

bool ElidedLabel::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), isElided() ? text_ : QString(), this);
    return true;
  }
  return QWidget::event(event);
}

}  // namespace hbev::ui
