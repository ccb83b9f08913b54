// Small things that delegates and widgets paint alike: swatches, bars, triangles of change, crisp lines.
#pragma once

#include <QtCore/QRectF>

#include "ui/kit/tokens.h"

class QPainter;

namespace hbev::ui {

/// A class colour on any level: radius 2, with a 1 px outline of text at 18 %.
void paintSwatch(QPainter& painter, const QRectF& rect, const QColor& color);
/// A bar of `share` (0 to 1) of `rect`, radius 2, on a border-coloured ground.
void paintBar(QPainter& painter, const QRectF& rect, double share, const QColor& color);
/// Filled triangle pointing up or down, centred in `rect`.
void paintTriangle(QPainter& painter, const QRectF& rect, bool up, const QColor& color);
/// Fills `rect` with radius and a 1 px line of `border` inside its edge, sharp at any scale.
void paintBox(QPainter& painter, const QRectF& rect, double radius, const QColor& fill, const QColor& border);
/// The ground of everything that pops up: raised, border_strong, the card's radius.
void paintPopup(QPainter& painter, const QRectF& rect);
/// The 2 px focus ring, 1 px outside `rect`.
void paintFocusRing(QPainter& painter, const QRectF& rect, double radius);
/// A 1 px horizontal line at the bottom of `rect`.
void paintBottomLine(QPainter& painter, const QRect& rect, const QColor& color);

/// "42 849": a thin space between thousands, a true minus sign.
QString groupedNumber(qint64 value);
/// `value` with `decimals` and a true minus sign.
QString decimal(double value, int decimals);
/// "12 ms", "1.9 s", "2 min 5 s", "3 h 4 min": how long something took or will take.
QString durationText(double seconds);

}  // namespace hbev::ui
