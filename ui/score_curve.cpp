// QCustomPlot's header is written with Qt's keywords, which the rest of the program does without.
#undef QT_NO_KEYWORDS
#include "ui/score_curve.h"

#include <cmath>
#include <limits>

#include <qcustomplot.h>

#include "ui/kit/theme.h"

namespace hbev::ui {

ScoreCurve::ScoreCurve(QWidget* parent) : QWidget(parent), plot_(new QCustomPlot(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(plot_);
  setFixedHeight(128);
  setAccessibleName(tr("RayIoU and mIoU over the scene's keyframes"));
  plot_->addGraph()->setName(tr("RayIoU"));
  plot_->addGraph()->setName(tr("mIoU"));
  auto* marker = new QCPItemStraightLine(plot_);
  marker->setObjectName(QStringLiteral("current"));
  plot_->legend->setVisible(true);
  plot_->legend->setFillOrder(QCPLegend::foColumnsFirst);
  plot_->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);
  QSharedPointer<QCPAxisTickerFixed> ticker(new QCPAxisTickerFixed);
  ticker->setTickStep(1);
  ticker->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
  plot_->xAxis->setTicker(ticker);
  connect(plot_, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
    const int keyframe = int(std::lround(plot_->xAxis->pixelToCoord(event->pos().x()))) - 1;
    if (keyframe >= 0 && keyframe < count_) Q_EMIT keyframeChosen(keyframe);
  });
  connect(&Theme::current(), &Theme::changed, this, &ScoreCurve::wearTheme);
  wearTheme();
}

void ScoreCurve::setPoints(const std::vector<Point>& points) {
  count_ = int(points.size());
  QVector<double> keyframes, ray_iou, mean_iou;
  constexpr double kGap = std::numeric_limits<double>::quiet_NaN();
  double low = 100, high = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    keyframes.push_back(double(i + 1));
    ray_iou.push_back(points[i].ray_iou.value_or(kGap));
    mean_iou.push_back(points[i].mean_iou.value_or(kGap));
    for (const auto& value : {points[i].ray_iou, points[i].mean_iou}) {
      if (!value || !std::isfinite(*value)) continue;
      low = std::min(low, *value);
      high = std::max(high, *value);
    }
  }
  plot_->graph(0)->setData(keyframes, ray_iou, true);
  plot_->graph(1)->setData(keyframes, mean_iou, true);
  plot_->xAxis->setRange(0.5, std::max(2.0, double(points.size()) + 0.5));
  plot_->yAxis->setRange(low < high ? std::floor(low / 10) * 10 : 0,
                         low < high ? std::ceil(high / 10) * 10 + 18 : 100);
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

void ScoreCurve::setCurrent(int keyframe) {
  auto* marker = qobject_cast<QCPItemStraightLine*>(plot_->item(0));
  marker->point1->setCoords(keyframe + 1, 0);
  marker->point2->setCoords(keyframe + 1, 1);
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

void ScoreCurve::wearTheme() {
  const Theme& theme = Theme::current();
  plot_->setBackground(theme.color(Role::Panel));
  for (int i = 0; i < plot_->graphCount(); ++i) {
    plot_->graph(i)->setPen(QPen(theme.curves()[std::size_t(i)], 1.75));
    plot_->graph(i)->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 4));
  }
  for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
    axis->setBasePen(QPen(theme.color(Role::BorderStrong)));
    axis->setTickPen(QPen(theme.color(Role::BorderStrong)));
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLabelFont(theme.mono(TextSize::Tiny));
    axis->setTickLabelColor(theme.color(Role::Text2));
    axis->grid()->setPen(QPen(theme.color(Role::Border)));
    axis->grid()->setZeroLinePen(Qt::NoPen);
  }
  plot_->legend->setFont(theme.font(TextSize::Tiny));
  plot_->legend->setTextColor(theme.color(Role::Text2));
  plot_->legend->setBrush(theme.color(Role::Panel, 0.8));
  plot_->legend->setBorderPen(Qt::NoPen);
  qobject_cast<QCPItemStraightLine*>(plot_->item(0))->setPen(QPen(theme.color(Role::Text3), 1, Qt::DotLine));
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace hbev::ui
