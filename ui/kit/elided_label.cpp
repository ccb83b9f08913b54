#include "ui/kit/elided_label.h"

#include <QtGui/QHelpEvent>
#include <QtGui/QPainter>
#include <QtGui/QTextLayout>
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

void ElidedLabel::setShorter(const QString& text) {
  shorter_ = text;
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

void ElidedLabel::setMostLines(int lines) {
  most_lines_ = lines;
  QSizePolicy policy = sizePolicy();
  policy.setHeightForWidth(lines > 1);
  // Layouts ask what is fixed for one line only, whatever its height for a width is.
  policy.setVerticalPolicy(lines > 1 ? QSizePolicy::Minimum : QSizePolicy::Fixed);
  setSizePolicy(policy);
  updateGeometry();
}

QStringList ElidedLabel::linesIn(int width) const {
  const bool fits = fontMetrics().horizontalAdvance(text_) <= width;
  if (fits || most_lines_ == 1)
    return {fontMetrics().elidedText(fits || shorter_.isEmpty() ? text_ : shorter_, elide_, width)};
  QTextLayout layout(text_, font());
  QTextOption option;
  option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
  layout.setTextOption(option);
  QStringList lines;
  int shown = 0;
  layout.beginLayout();
  while (int(lines.size()) < most_lines_) {
    QTextLine line = layout.createLine();
    if (!line.isValid()) break;
    line.setLineWidth(width);
    lines << text_.mid(line.textStart(), line.textLength()).trimmed();
    shown = line.textStart() + line.textLength();
  }
  layout.endLayout();
  if (shown < text_.size())
    lines.back() = fontMetrics().elidedText(lines.back() + text_.mid(shown), elide_, width);
  return lines;
}

int ElidedLabel::heightForWidth(int width) const {
  return int(linesIn(width).size()) * std::max(16, fontMetrics().height());
}

bool ElidedLabel::isElided() const {
  const QString shown = linesIn(width()).join(QLatin1Char(' '));
  return shown != text_.trimmed() && (shorter_.isEmpty() || shown != shorter_);
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
  painter.drawText(rect(), int(alignment_), linesIn(width()).join(QLatin1Char('\n')));
}

bool ElidedLabel::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
    const bool is_whole = linesIn(width()).join(QLatin1Char(' ')) == text_.trimmed();
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), is_whole ? QString() : text_, this);
    return true;
  }
  return QWidget::event(event);
}

}  // namespace hbev::ui
