#include "ui/inspector/depth_legend.h"

#include <QtGui/QPainter>

#include "render/depth_view.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kBarWidth = 96, kNumberWidth = 34, kLegendHeight = 20;
}

DepthLegend::DepthLegend(QWidget* parent) : QWidget(parent) {
  setFixedSize(kBarWidth + 2 * kNumberWidth, kLegendHeight);
  setAccessibleName(tr("Colours of depths, 0 to %1 m").arg(kFarthestDepth_m));
  setToolTip(tr("The colour of a depth: lidar points and the network's depth share it."));
}

void DepthLegend::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  const QRect bar(kNumberWidth, height() / 2 - 4, kBarWidth, 8);
  for (int x = 0; x < bar.width(); ++x) {
    const Rgb color = depthColor((x + 0.5) / bar.width() * kFarthestDepth_m);
    painter.fillRect(bar.left() + x, bar.top(), 1, bar.height(), QColor(color.r, color.g, color.b));
  }
  painter.setFont(theme.mono(TextSize::Tiny));
  painter.setPen(theme.color(Role::Text2));
  painter.drawText(QRect(0, 0, kNumberWidth - 6, height()), Qt::AlignRight | Qt::AlignVCenter,
                   QStringLiteral("0"));
  painter.drawText(QRect(bar.right() + 7, 0, kNumberWidth, height()), Qt::AlignLeft | Qt::AlignVCenter,
                   tr("%1 m").arg(kFarthestDepth_m));
}

}  // namespace hbev::ui
