#include "ui/kit/score_tile.h"

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kTileHeight = 44, kTileWidth = 70, kTilePadding = 9;
}

ScoreTile::ScoreTile(const QString& caption, QWidget* parent) : QWidget(parent), caption_(caption) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAttribute(Qt::WA_Hover);
  describe();
}

void ScoreTile::setValue(const QString& text) {
  value_ = text;
  describe();
}

void ScoreTile::describe() {
  setAccessibleName(caption_ + ' ' + (value_.isEmpty() ? tr("none") : value_));
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
}

}  // namespace hbev::ui
