// A map of the network from above: how strong the features of every cell are. The car drives upwards.
#pragma once

#include <optional>

#include <Eigen/Core>
#include <QtGui/QImage>
#include <QtWidgets/QWidget>

#include "core/model/inspection.h"

namespace hbev::ui {

/// Two norms that the colours run between: the 1st and the 99th percentile, so that a single cell does not
/// darken all others.
struct NormRange {
  float low = 0, high = 1;
};
NormRange normRange(const BevMap& map);

/// One pixel a cell: up is forward (+x), left is left (+y).
QImage pictureOf(const BevMap& map, const NormRange& range);

class BevPicture : public QWidget {
  Q_OBJECT
 public:
  explicit BevPicture(QWidget* parent = nullptr);
  /// The map is copied; null clears.
  void setMap(const BevMap* map);
  /// Marked with a square: the picked voxel, m in ego.
  void setPlace(const std::optional<Eigen::Vector2d>& ego_xy);
  const NormRange& range() const { return range_; }
  /// Norm and place at a logical pixel: "12.3 at 4.0, -8.4 m"; empty outside the map.
  QString readingAt(const QPointF& at) const;
  QPointF pixelOf(const Eigen::Vector2d& ego_xy) const;
  QSize sizeHint() const override { return {240, height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  QRectF pictureArea() const;
  std::optional<Eigen::Vector2d> placeAt(const QPointF& at) const;
  void paintCar(QPainter& painter) const;
  void paintLegend(QPainter& painter) const;

  std::optional<BevMap> map_;
  NormRange range_;
  QImage picture_;
  std::optional<Eigen::Vector2d> place_;
  std::optional<QPointF> pointer_;
};

}  // namespace hbev::ui
