// The depth distribution of one pixel as a curve over metres, with the expected depth and the lidar's marked.
#pragma once

#include <optional>

#include <QtWidgets/QWidget>

#include "render/depth_view.h"

namespace hbev::ui {

class DepthPlot : public QWidget {
  Q_OBJECT
 public:
  explicit DepthPlot(QWidget* parent = nullptr);
  void setCurve(const std::optional<DepthCurve>& curve);
  const std::optional<DepthCurve>& curve() const { return curve_; }
  /// What the pointer at `x` (logical pixels) reads: "14.5 m  0.123"; empty outside the curve.
  QString readingAt(double x) const;
  /// Where a depth is drawn.
  double xOf(double depth_m) const;
  QSize sizeHint() const override { return {240, 112}; }
  QSize minimumSizeHint() const override { return {160, 112}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  QRectF plotArea() const;
  std::optional<std::size_t> binAt(double x) const;
  void paintAxes(QPainter& painter, const QRectF& area) const;
  void paintBins(QPainter& painter, const QRectF& area) const;
  void paintMark(QPainter& painter, const QRectF& area, double depth_m, const QColor& color,
                 bool dashed) const;

  std::optional<DepthCurve> curve_;
  std::optional<double> pointer_x_;
};

}  // namespace hbev::ui
