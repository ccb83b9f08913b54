#include "ui/state/measure.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>

#include "ui/kit/painting.h"

namespace hbev::ui {

void Measure::setOn(bool on) {
  if (on == is_on_) return;
  is_on_ = on;
  is_set_ = is_copied_ = false;
  from_.reset();
  to_.reset();
  Q_EMIT changed();
}

void Measure::setPoint(const Eigen::Vector3d& point) {
  if (!is_on_) return;
  is_copied_ = false;
  if (isLive()) {
    to_ = point;
    is_set_ = true;
  } else {
    from_ = point;
    to_.reset();
    is_set_ = false;
  }
  Q_EMIT changed();
}

void Measure::follow(const Point& point) {
  if (!isLive() || point == to_) return;
  to_ = point;
  is_copied_ = false;
  Q_EMIT changed();
}

Measure::Point Measure::difference() const {
  return from_ && to_ ? Point(*to_ - *from_) : std::nullopt;
}

QString Measure::lengthText() const {
  const Point way = difference();
  return way ? QStringLiteral("%1 m").arg(decimal(way->norm(), 2)) : QString();
}

QString Measure::partsText() const {
  const Point way = difference();
  if (!way) return {};
  return QStringLiteral("dx %1  dy %2  dz %3 m")
      .arg(decimal(way->x(), 2), decimal(way->y(), 2), decimal(way->z(), 2));
}

void Measure::copy() {
  if (!difference()) return;
  QGuiApplication::clipboard()->setText(lengthText() + QLatin1Char('\t') + partsText());
  is_copied_ = true;
  Q_EMIT changed();
}

}  // namespace hbev::ui
