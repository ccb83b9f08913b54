#include "ui/kit/score_tile.h"

#include <cmath>

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kTileHeight = 57, kTileWidth = 70, kTilePadding = 9;
}

ScoreTile::ScoreTile(const QString& caption, QWidget* parent) : QWidget(parent), caption_(caption) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAttribute(Qt::WA_Hover);
  describe();
}

void ScoreTile::setCaption(const QString& caption) {
  caption_ = caption;
  describe();
}

void ScoreTile::setValue(const QString& text) {
  value_ = text;
  describe();
}

void ScoreTile::setChange(std::optional<double> change, bool higher_is_better, int decimals) {
  change_ = change ? QString::number(std::abs(*change), 'f', decimals) : QString();
  moves_ = change && change_.toDouble() != 0;
  rises_ = change && *change > 0;
  improves_ = rises_ == higher_is_better;
  describe();
}

void ScoreTile::describe() {
  QString text = caption_ + ' ' + (value_.isEmpty() ? tr("none") : value_);
  if (!change_.isEmpty()) text += (rises_ ? tr(", up %1") : tr(", down %1")).arg(change_);
  setAccessibleName(text);
  update();
}

QSize ScoreTile::sizeHint() const {
  return {kTileWidth, kTileHeight};
}

QSize ScoreTile::minimumSizeHint() const {
  return {kTileWidth - 16, kTileHeight};
}

void ScoreTile::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint())) Q_EMIT clicked();
}

void ScoreTile::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  paintBox(painter, rect(), theme.tokens().radii().control, theme.color(Role::Surface),
           theme.color(Role::Border));
  const QRect inside = rect().adjusted(kTilePadding, 0, -4, 0);
  const auto line = [&](int top, int height) { return QRect(inside.left(), top, inside.width(), height); };
  painter.setFont(theme.font(TextSize::Tiny));
  painter.setPen(theme.color(Role::Text3));
  painter.drawText(line(5, 14), Qt::AlignVCenter, caption_);
  painter.setFont(theme.mono(TextSize::Heading, Weight::Medium));
  painter.setPen(theme.color(Role::Text));
  painter.drawText(line(19, 20), Qt::AlignVCenter, value_.isEmpty() ? QString(QChar(0x00B7)) : value_);
  if (change_.isEmpty()) return;
  const QColor color = theme.color(!moves_ ? Role::Text3 : improves_ ? Role::Ok : Role::Error);
  const QRect change = line(38, 13);
  int left = change.left();
  if (moves_) {
    paintTriangle(painter, QRectF(left, change.center().y() - 2, 6, 5), rises_, color);
    left += 12;
  }
  painter.setFont(theme.mono(TextSize::Tiny));
  painter.setPen(color);
  painter.drawText(change.adjusted(left - change.left(), 0, 0, 0), Qt::AlignVCenter, change_);
}

}  // namespace hbev::ui
