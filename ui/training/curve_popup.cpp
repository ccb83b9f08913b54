#include "ui/training/curve_popup.h"

#include <algorithm>

#include <QtGui/QPainter>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kPadding = 8, kRow = 16, kSwatch = 9, kGap = 16, kAway = 12;
}

CurvePopup::CurvePopup(QWidget* plot) : QWidget(plot) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
}

void CurvePopup::show(const QString& title, std::vector<CurvePlot::Reading> readings, const QPoint& at) {
  title_ = title;
  readings_ = std::move(readings);
  const Theme& theme = Theme::current();
  const QFontMetrics words(theme.font(TextSize::Small)), figures(theme.mono(TextSize::Small)),
      bold(theme.font(TextSize::Small, Weight::Semibold));
  int width = bold.horizontalAdvance(title_);
  for (const CurvePlot::Reading& each : readings_)
    width = std::max(width, kSwatch + 6 + words.horizontalAdvance(each.name) + kGap +
                                figures.horizontalAdvance(each.value));
  resize(width + 2 * kPadding, (int(readings_.size()) + 1) * kRow + 2 * kPadding - 2);
  const bool fits_right = at.x() + kAway + this->width() <= parentWidget()->width();
  const int x = fits_right ? at.x() + kAway : std::max(0, at.x() - kAway - this->width());
  move(x, std::clamp(at.y(), 0, std::max(0, parentWidget()->height() - height())));
  QWidget::show();
  raise();
  update();
}

void CurvePopup::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  paintPopup(painter, rect());
  const QRect inside = rect().adjusted(kPadding, kPadding - 1, -kPadding, 0);
  painter.setPen(theme.color(Role::Text));
  painter.setFont(theme.font(TextSize::Small, Weight::Semibold));
  painter.drawText(QRect(inside.left(), inside.top(), inside.width(), kRow), Qt::AlignVCenter, title_);
  for (std::size_t i = 0; i < readings_.size(); ++i) {
    const QRect row(inside.left(), inside.top() + kRow * int(i + 1), inside.width(), kRow);
    paintSwatch(painter, QRectF(row.left(), row.center().y() - kSwatch / 2.0 + 0.5, kSwatch, kSwatch),
                readings_[i].color);
    painter.setPen(theme.color(Role::Text2));
    painter.setFont(theme.font(TextSize::Small));
    painter.drawText(row.adjusted(kSwatch + 6, 0, 0, 0), Qt::AlignVCenter, readings_[i].name);
    painter.setPen(theme.color(Role::Text));
    painter.setFont(theme.mono(TextSize::Small));
    painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, readings_[i].value);
  }
}

}  // namespace hbev::ui
