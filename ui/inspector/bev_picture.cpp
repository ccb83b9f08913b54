#include "ui/inspector/bev_picture.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

#include "render/viridis.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kLegend = 20, kHeight = 260;

QColor toQColor(Rgb color) {
  return {color.r, color.g, color.b};
}

bool isWhole(const BevMap& map) {
  return map.rows > 0 && map.columns > 0 &&
         map.norms.size() == std::size_t(map.rows) * std::size_t(map.columns);
}

}  // namespace

NormRange normRange(const BevMap& map) {
  std::vector<float> sorted;
  std::ranges::copy_if(map.norms, std::back_inserter(sorted), [](float norm) { return std::isfinite(norm); });
  if (sorted.empty()) return {};
  const auto percentile = [&](double share) {
    const auto at = sorted.begin() + std::ptrdiff_t(share * double(sorted.size() - 1));
    std::nth_element(sorted.begin(), at, sorted.end());
    return *at;
  };
  NormRange range{percentile(0.01), percentile(0.99)};
  if (range.high <= range.low) range.high = range.low + 1;
  return range;
}

QImage pictureOf(const BevMap& map, const NormRange& range) {
  if (!isWhole(map)) return {};
  QImage image(map.rows, map.columns, QImage::Format_RGB32);
  for (int up = 0; up < map.columns; ++up) {
    for (int left = 0; left < map.rows; ++left) {
      const float norm = map.norms[std::size_t(left) * std::size_t(map.columns) + std::size_t(up)];
      const double share = std::isfinite(norm) ? double((norm - range.low) / (range.high - range.low)) : 0.0;
      image.setPixelColor(map.rows - 1 - left, map.columns - 1 - up, toQColor(viridis(share)));
    }
  }
  return image;
}

BevPicture::BevPicture(QWidget* parent) : QWidget(parent) {
  setFixedHeight(kHeight + kLegend);
  setMouseTracking(true);
  setAccessibleName(tr("Feature strength from above"));
}

void BevPicture::setMap(const BevMap* map) {
  map_.reset();
  picture_ = {};
  if (map && isWhole(*map)) {
    map_ = *map;
    range_ = normRange(*map);
    picture_ = pictureOf(*map, range_);
  }
  update();
}

void BevPicture::setPlace(const std::optional<Eigen::Vector2d>& ego_xy) {
  place_ = ego_xy;
  update();
}

QRectF BevPicture::pictureArea() const {
  const double room = height() - kLegend;
  const double shape = map_ ? double(map_->columns) / map_->rows : 1.0;
  const double wide = std::min<double>(width(), room / shape);
  return QRectF((width() - wide) / 2, 0, wide, wide * shape);
}

QPointF BevPicture::pixelOf(const Eigen::Vector2d& ego_xy) const {
  const QRectF area = pictureArea();
  if (!map_) return area.center();
  const double up = (ego_xy.x() - map_->x.lower) / (map_->x.upper - map_->x.lower);
  const double left = (ego_xy.y() - map_->y.lower) / (map_->y.upper - map_->y.lower);
  return {area.right() - left * area.width(), area.bottom() - up * area.height()};
}

std::optional<Eigen::Vector2d> BevPicture::placeAt(const QPointF& at) const {
  const QRectF area = pictureArea();
  if (!map_ || !area.contains(at)) return std::nullopt;
  return Eigen::Vector2d(
      map_->x.lower + (area.bottom() - at.y()) / area.height() * (map_->x.upper - map_->x.lower),
      map_->y.lower + (area.right() - at.x()) / area.width() * (map_->y.upper - map_->y.lower));
}

QString BevPicture::readingAt(const QPointF& at) const {
  const auto place = placeAt(at);
  if (!place) return {};
  const auto cell = [](double value, const AxisRange& axis, int cells) {
    return std::clamp(int((value - axis.lower) / (axis.upper - axis.lower) * cells), 0, cells - 1);
  };
  const auto index = std::size_t(cell(place->y(), map_->y, map_->rows)) * std::size_t(map_->columns) +
                     std::size_t(cell(place->x(), map_->x, map_->columns));
  return QStringLiteral("%1 at %2, %3 m")
      .arg(decimal(double(map_->norms[index]), 2), decimal(place->x(), 1), decimal(place->y(), 1));
}

void BevPicture::mouseMoveEvent(QMouseEvent* event) {
  pointer_ = event->position();
  update();
}

void BevPicture::leaveEvent(QEvent*) {
  pointer_.reset();
  update();
}

void BevPicture::paintEvent(QPaintEvent*) {
  if (!map_) return;
  QPainter painter(this);
  painter.drawImage(pictureArea(), picture_);
  painter.setRenderHint(QPainter::Antialiasing);
  paintCar(painter);
  if (place_) {
    const QPointF at = pixelOf(*place_);
    const QRectF square(at.x() - 4, at.y() - 4, 8, 8);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(13, 16, 19, 160), 3.5));
    painter.drawRect(square);
    painter.setPen(QPen(Qt::white, 1.5));
    painter.drawRect(square);
  }
  paintLegend(painter);
}

/// A white triangle where the car is, pointing forward.
void BevPicture::paintCar(QPainter& painter) const {
  const QPointF at = pixelOf({0, 0});
  const QPolygonF shape{at + QPointF(0, -6), at + QPointF(4, 5), at + QPointF(-4, 5)};
  painter.setPen(QPen(QColor(13, 16, 19, 200), 1.5));
  painter.setBrush(Qt::white);
  painter.drawPolygon(shape);
}

void BevPicture::paintLegend(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const QRectF line(0, height() - kLegend + 4, width(), kLegend - 4);
  painter.setFont(theme.mono(TextSize::Tiny));
  painter.setPen(theme.color(Role::Text2));
  const QString low = decimal(double(range_.low), 2), high = decimal(double(range_.high), 2);
  const double low_width = painter.fontMetrics().horizontalAdvance(low),
               high_width = painter.fontMetrics().horizontalAdvance(high);
  constexpr double kBarWidth = 72;
  painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, low);
  const QRectF bar(low_width + 6, line.center().y() - 3, kBarWidth, 6);
  QLinearGradient ramp(bar.topLeft(), bar.topRight());
  for (int i = 0; i <= 8; ++i)
    ramp.setColorAt(i / 8.0, toQColor(viridis(i / 8.0)));
  painter.fillRect(bar, ramp);
  painter.drawText(QRectF(bar.right() + 6, line.top(), high_width + 2, line.height()), Qt::AlignVCenter,
                   high);
  const QString reading = pointer_ ? readingAt(*pointer_) : QString();
  painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, reading);
}

}  // namespace hbev::ui
