#include "ui/kit/chip.h"

#include <QtGui/QPainter>

#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kChipHeight = 20, kPadding = 9, kLeastPadding = 2, kChipCross = 10, kCrossGap = 5;
}

Chip::Chip(const QString& text, QWidget* parent) : QAbstractButton(parent) {
  setText(text);
  setAccessibleName(text);
  setCheckable(true);
  setFocusPolicy(Qt::TabFocus);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setFont(Theme::current().font(TextSize::Small));
  connect(this, &QAbstractButton::toggled, this, [this] { updateGeometry(); });
}

QSize Chip::sizeHint() const {
  const int text_width = fontMetrics().horizontalAdvance(text());
  return {text_width + 2 * kPadding + (isChecked() ? kChipCross + kCrossGap : 0), kChipHeight};
}

void Chip::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  const bool on = isChecked(), hover = underMouse() && isEnabled();
  const QColor fill = on ? theme.color(Role::Selection) : hover ? theme.color(Role::Hover) : QColor();
  paintBox(painter, rect(), theme.tokens().radii().chip, fill, on ? QColor() : theme.color(Role::Border));
  painter.setPen(theme.color(!isEnabled() ? Role::Disabled : on || hover ? Role::Text : Role::Text2));
  // Where chips stand close together the words may come near the border before they are cut.
  const int room = width() - kPadding - (on ? kPadding + kChipCross + kCrossGap : kLeastPadding);
  painter.drawText(rect().adjusted(kPadding, 0, 0, 0), Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(text(), Qt::ElideRight, room));
  if (on)
    paintIcon(painter, "close",
              QRect(width() - kPadding - kChipCross + 1, (height() - kChipCross) / 2, kChipCross, kChipCross),
              theme.color(isEnabled() ? Role::Text2 : Role::Disabled));
}

}  // namespace hbev::ui
