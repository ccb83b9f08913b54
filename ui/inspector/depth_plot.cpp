#include "ui/inspector/depth_plot.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr double kTop = 16, kBottom = 18, kTickStep_m = 10;
}

DepthPlot::DepthPlot(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setMouseTracking(true);
  setAccessibleName(tr("Depth along the pixel's ray"));
}

void DepthPlot::setCurve(const std::optional<DepthCurve>& curve) {
  curve_ = curve;
  setAccessibleDescription(curve ? tr("Likeliest at %1 m, probability %2")
                                       .arg(decimal(curve->depthOf(curve->peak), 1),
                                            decimal(double(curve->probabilities[curve->peak]), 2))
                                 : QString());
  update();
}

QRectF DepthPlot::plotArea() const {
  return QRectF(0, kTop, width(), height() - kTop - kBottom);
}

double DepthPlot::xOf(double depth_m) const {
  if (!curve_) return 0;
  const double range_m = curve_->step_m * double(curve_->probabilities.size());
  return (depth_m - curve_->lower_m) / range_m * width();
}

std::optional<std::size_t> DepthPlot::binAt(double x) const {
  if (!curve_ || x < 0 || x >= width()) return std::nullopt;
  const auto count = curve_->probabilities.size();
  return std::min(count - 1, std::size_t(x / width() * double(count)));
}

QString DepthPlot::readingAt(double x) const {
  const auto bin = binAt(x);
  if (!bin) return {};
  return QStringLiteral("%1 m  %2")
      .arg(decimal(curve_->depthOf(*bin), 1), decimal(double(curve_->probabilities[*bin]), 3));
}

void DepthPlot::mouseMoveEvent(QMouseEvent* event) {
  pointer_x_ = event->position().x();
  update();
}

void DepthPlot::leaveEvent(QEvent*) {
  pointer_x_.reset();
  update();
}

void DepthPlot::paintEvent(QPaintEvent*) {
  if (!curve_) return;
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF area = plotArea();
  paintAxes(painter, area);
  paintBins(painter, area);
  paintMark(painter, area, curve_->expected_m, theme.color(Role::Text2), true);
  if (curve_->lidar_m) paintMark(painter, area, *curve_->lidar_m, theme.color(Role::SourceB), false);
  painter.setFont(theme.mono(TextSize::Tiny));
  painter.setPen(theme.color(Role::Text2));
  const QString most = tr("max %1").arg(decimal(double(curve_->probabilities[curve_->peak]), 3));
  const QString reading = pointer_x_ ? readingAt(*pointer_x_) : most;
  painter.drawText(QRectF(0, 0, width(), kTop), Qt::AlignRight | Qt::AlignTop, reading);
  if (!pointer_x_) return;
  painter.setPen(QPen(theme.color(Role::Text3), 1, Qt::DotLine));
  painter.drawLine(QPointF(*pointer_x_, area.top()), QPointF(*pointer_x_, area.bottom()));
}

void DepthPlot::paintAxes(QPainter& painter, const QRectF& area) const {
  const Theme& theme = Theme::current();
  const double upper_m = curve_->depthOf(curve_->probabilities.size());
  painter.setFont(theme.mono(TextSize::Tiny));
  for (double tick_m = std::ceil(curve_->lower_m / kTickStep_m) * kTickStep_m; tick_m < upper_m;
       tick_m += kTickStep_m) {
    const double x = std::floor(xOf(tick_m)) + 0.5;
    painter.setPen(QPen(theme.color(Role::Border), 1));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    painter.setPen(theme.color(Role::Text3));
    const QString text = tick_m + kTickStep_m < upper_m ? decimal(tick_m, 0) : decimal(tick_m, 0) + " m";
    painter.drawText(QRectF(x - 24, area.bottom() + 3, 48, kBottom - 3), Qt::AlignHCenter | Qt::AlignTop,
                     text);
  }
  painter.setPen(QPen(theme.color(Role::BorderStrong), 1));
  const double y = std::floor(area.bottom()) + 0.5;
  painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
}

/// As steps: the network knows bins, not a smooth curve.
void DepthPlot::paintBins(QPainter& painter, const QRectF& area) const {
  const Theme& theme = Theme::current();
  const double most = std::max(1e-6, double(curve_->probabilities[curve_->peak]));
  const double column = area.width() / double(curve_->probabilities.size());
  QPainterPath line(QPointF(area.left(), area.bottom()));
  for (std::size_t bin = 0; bin < curve_->probabilities.size(); ++bin) {
    const double y = area.bottom() - double(curve_->probabilities[bin]) / most * area.height();
    line.lineTo(area.left() + double(bin) * column, y);
    line.lineTo(area.left() + double(bin + 1) * column, y);
  }
  line.lineTo(area.right(), area.bottom());
  painter.fillPath(line, theme.color(Role::Accent, 0.28));
  painter.strokePath(line, QPen(theme.color(Role::Accent), 1.25));
}

void DepthPlot::paintMark(QPainter& painter, const QRectF& area, double depth_m, const QColor& color,
                          bool dashed) const {
  const double x = xOf(depth_m);
  if (x < area.left() || x > area.right()) return;
  painter.setPen(QPen(color, 1.75, dashed ? Qt::DashLine : Qt::SolidLine));
  painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
  if (dashed) return;
  paintTriangle(painter, QRectF(x - 4, area.top() - 6, 8, 6), false, color);
}

}  // namespace hbev::ui
