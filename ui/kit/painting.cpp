#include "ui/kit/painting.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QPainter>

#include "ui/kit/theme.h"

namespace hbev::ui {

void paintBox(QPainter& painter, const QRectF& rect, double radius, const QColor& fill,
              const QColor& border) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(border.isValid() ? QPen(border, 1) : QPen(Qt::NoPen));
  painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
  const double inset = border.isValid() ? 0.5 : 0;
  painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset);
  painter.restore();
}

void paintPopup(QPainter& painter, const QRectF& rect) {
  const Theme& theme = Theme::current();
  paintBox(painter, rect, theme.tokens().radii().card, theme.color(Role::Raised),
           theme.color(Role::BorderStrong));
}

void paintSwatch(QPainter& painter, const QRectF& rect, const QColor& color) {
  const Theme& theme = Theme::current();
  paintBox(painter, rect, theme.tokens().radii().bar, color, {});
  paintBox(painter, rect, theme.tokens().radii().bar, {}, theme.color(Role::Text, 0.18));
}

void paintBar(QPainter& painter, const QRectF& rect, double share, const QColor& color) {
  const Theme& theme = Theme::current();
  const double radius = std::min<double>(theme.tokens().radii().bar, rect.height() / 2);
  paintBox(painter, rect, radius, theme.color(Role::Border), {});
  QRectF done = rect;
  done.setWidth(rect.width() * std::clamp(share, 0.0, 1.0));
  if (done.width() > 0) paintBox(painter, done, std::min(radius, done.width() / 2), color, {});
}

void paintTriangle(QPainter& painter, const QRectF& rect, bool up, const QColor& color) {
  const double tip = up ? rect.top() : rect.bottom(), base = up ? rect.bottom() : rect.top();
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawPolygon(QPolygonF{{rect.left(), base}, {rect.right(), base}, {rect.center().x(), tip}});
  painter.restore();
}

void paintFocusRing(QPainter& painter, const QRectF& rect, double radius) {
  const Theme& theme = Theme::current();
  const double width = theme.sizes().focus_ring, away = 1 + width / 2;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme.color(Role::Focus), width));
  painter.drawRoundedRect(rect.adjusted(-away, -away, away, away), radius + away, radius + away);
  painter.restore();
}

void paintBottomLine(QPainter& painter, const QRect& rect, const QColor& color) {
  painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), color);
}

QString groupedNumber(qint64 value) {
  QString digits = QString::number(std::abs(value));
  for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
    digits.insert(at, QChar(0x2009));
  return value < 0 ? QChar(0x2212) + digits : digits;
}

QString decimal(double value, int decimals) {
  const QString digits = QString::number(std::abs(value), 'f', decimals);
  const bool is_zero = digits.toDouble() == 0;
  return value < 0 && !is_zero ? QChar(0x2212) + digits : digits;
}

QString durationText(double seconds) {
  if (seconds < 0.9995) return QObject::tr("%1 ms").arg(std::lround(seconds * 1000));
  if (seconds < 9.95) return QObject::tr("%1 s").arg(seconds, 0, 'f', 1);
  const auto whole = std::llround(seconds);
  if (whole < 60) return QObject::tr("%1 s").arg(whole);
  if (whole < 3600) return QObject::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return QObject::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

}  // namespace hbev::ui
