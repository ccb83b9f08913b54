#include "ui/training/curve_popup.h"

#include <algorithm>

#include <QtGui/QPainter>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kPadding = 8, kReadingRow = 16, kSwatch = 9, kGap = 16, kAway = 12, kColumnGap = 14;

QString smoothedText() {
  return CurvePopup::tr("smoothed");
}
QString rawText() {
  return CurvePopup::tr("value");
}

/// Of the values as they were, px; 0 where nothing is smoothed.
int rawWidth(const std::vector<CurvePlot::Reading>& readings, const QFontMetrics& figures,
             const QFontMetrics& captions) {
  int width = 0;
  for (const CurvePlot::Reading& each : readings) {
    if (!each.raw.isEmpty())
      width = std::max({width, figures.horizontalAdvance(each.raw), captions.horizontalAdvance(rawText())});
  }
  return width;
}

}  // namespace

CurvePopup::CurvePopup(QWidget* plot) : QWidget(plot) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
}

void CurvePopup::show(const QString& title, std::vector<CurvePlot::Reading> readings, const QPoint& at) {
  title_ = title;
  readings_ = std::move(readings);
  const Theme& theme = Theme::current();
  const QFontMetrics words(theme.font(TextSize::Small)), figures(theme.mono(TextSize::Small)),
      bold(theme.font(TextSize::Small, Weight::Semibold));
  raw_width_ = rawWidth(readings_, figures, words);
  int width = bold.horizontalAdvance(title_);
  if (raw_width_ > 0) width += kGap + words.horizontalAdvance(smoothedText());
  for (const CurvePlot::Reading& each : readings_)
    width = std::max(width, kSwatch + 6 + words.horizontalAdvance(each.name) + kGap +
                                figures.horizontalAdvance(each.value));
  if (raw_width_ > 0) width += kColumnGap + raw_width_;
  resize(width + 2 * kPadding, (int(readings_.size()) + 1) * kReadingRow + 2 * kPadding - 2);
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
  const QRect first(inside.left(), inside.top(), inside.width(), kReadingRow);
  const int raw = raw_width_ > 0 ? kColumnGap + raw_width_ : 0;
  painter.drawText(first, Qt::AlignVCenter, title_);
  if (raw > 0) {
    painter.setPen(theme.color(Role::Text2));
    painter.setFont(theme.font(TextSize::Small));
    painter.drawText(first.adjusted(0, 0, -raw, 0), Qt::AlignRight | Qt::AlignVCenter, smoothedText());
    painter.drawText(first, Qt::AlignRight | Qt::AlignVCenter, rawText());
  }
  for (std::size_t i = 0; i < readings_.size(); ++i) {
    const QRect row(inside.left(), inside.top() + kReadingRow * int(i + 1), inside.width(), kReadingRow);
    paintSwatch(painter, QRectF(row.left(), row.center().y() - kSwatch / 2.0 + 0.5, kSwatch, kSwatch),
                readings_[i].color);
    painter.setPen(theme.color(Role::Text2));
    painter.setFont(theme.font(TextSize::Small));
    painter.drawText(row.adjusted(kSwatch + 6, 0, 0, 0), Qt::AlignVCenter, readings_[i].name);
    painter.setPen(theme.color(Role::Text));
    painter.setFont(theme.mono(TextSize::Small));
    painter.drawText(row.adjusted(0, 0, -raw, 0), Qt::AlignRight | Qt::AlignVCenter, readings_[i].value);
    painter.setPen(theme.color(Role::Text2));
    painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, readings_[i].raw);
  }
}

}  // namespace hbev::ui
