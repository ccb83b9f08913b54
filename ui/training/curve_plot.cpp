// QCustomPlot's header is written with Qt's keywords, which the rest of the program does without.
#undef QT_NO_KEYWORDS
#include "ui/training/curve_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <qcustomplot.h>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/training/curve_popup.h"
#include "ui/training/curve_ticks.h"

namespace hbev::ui {
namespace {

constexpr double kRawAlpha = 0.28, kDenseAlpha = 0.16;
constexpr int kBar_px = 5, kEndDot_px = 4;
constexpr double kLeastShown = 4;      // steps
constexpr double kLeastSpread = 0.05;  // of a linear axis, as a share of its values
constexpr std::size_t kRoomOfDot_px = 8;

QVector<double> stepsOf(const std::vector<CurveSeries::Point>& points) {
  QVector<double> steps;
  steps.reserve(qsizetype(points.size()));
  for (const auto& each : points)
    steps.push_back(each.step);
  return steps;
}

QVector<double> valuesOf(const std::vector<CurveSeries::Point>& points, bool positive) {
  QVector<double> values;
  values.reserve(qsizetype(points.size()));
  for (const auto& each : points)
    values.push_back(positive && each.value <= 0 ? std::nan("") : each.value);
  return values;
}

}  // namespace

CurvePlot::CurvePlot(const QString& name, Kind kind, QWidget* parent)
    : QWidget(parent),
      name_(name),
      kind_(kind),
      plot_(new QCustomPlot(this)),
      popup_(new CurvePopup(this)),
      format_(&valueText) {
  setAccessibleName(name);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(plot_);
  plot_->setMinimumSize(60, 60);
  plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
  plot_->setNoAntialiasingOnDrag(true);
  QCPAxisRect* rect = plot_->axisRect();
  rect->setRangeDrag(Qt::Horizontal);
  rect->setRangeZoom(Qt::Horizontal);
  rect->setMinimumMargins(QMargins(40, 8, 18, 20));
  plot_->xAxis->setTicker(makeStepTicker());
  plot_->yAxis->setTicker(makeValueTicker(format_, log_));
  plot_->xAxis->grid()->setVisible(false);
  limit_line_ = new QCPItemStraightLine(plot_);
  limit_line_->setVisible(false);
  cursor_line_ = new QCPItemStraightLine(plot_);
  cursor_line_->setVisible(false);
  popup_->hide();
  popup_->raise();
  connect(plot_->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this,
          [this](const QCPRange& range) {
            if (!filling_) userRange(range.lower, range.upper);
          });
  connect(plot_, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) { point(event->position()); });
  connect(plot_, &QCustomPlot::mouseDoubleClick, this, [this] {
    setZoom(std::nullopt);
    Q_EMIT zoomed(std::nullopt);
  });
  plot_->installEventFilter(this);
  connect(&Theme::current(), &Theme::changed, this, &CurvePlot::wearTheme);
  wearTheme();
}

void CurvePlot::setLines(std::vector<CurveLine> lines) {
  lines_ = std::move(lines);
  plot_->clearPlottables();
  drawn_.clear();
  for (const CurveLine& line : lines_) {
    Drawn drawn;
    if (kind_ == Kind::Bars) {
      drawn.bars = new QCPBars(plot_->xAxis, plot_->yAxis);
      if (!drawn_.empty()) drawn.bars->moveAbove(drawn_.back().bars);
    } else {
      drawn.raw = plot_->addGraph();
      drawn.line = plot_->addGraph();
      drawn.line->setName(line.name);
      if (line.strong) drawn.end = plot_->addGraph();
    }
    drawn_.push_back(drawn);
  }
  wearTheme();
  refresh();
}

void CurvePlot::setLimit(std::optional<double> value, Role role) {
  if (limit_ == value && limit_role_ == role) return;
  limit_ = value;
  limit_role_ = role;
  wearTheme();
  refresh();
}

void CurvePlot::setLog(bool log) {
  if (log_ == log) return;
  log_ = log;
  plot_->yAxis->setScaleType(log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  refresh();
}

void CurvePlot::setFormat(std::function<QString(double)> format) {
  format_ = std::move(format);
}

void CurvePlot::setFromZero(bool from_zero) {
  from_zero_ = from_zero;
}

void CurvePlot::setSpan(double steps) {
  span_ = std::max(1.0, steps);
}

std::pair<double, double> CurvePlot::shown() const {
  return zoom_.value_or(std::pair(0.0, span_));
}

void CurvePlot::setZoom(std::optional<std::pair<double, double>> zoom) {
  zoom_ = zoom;
  refresh();
}

void CurvePlot::refresh() {
  fill();
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  refresh();
}

void CurvePlot::fill() {
  filling_ = true;
  const auto [from, to] = shown();
  const int width = plot_->axisRect()->width();
  // The dot at a line's end is whole where the run's end is shown.
  plot_->xAxis->setRange(from, zoom_ ? to : to + (to - from) * kEndDot_px / std::max(kEndDot_px, width));
  const int columns = std::max(16, int(width * devicePixelRatioF()));
  drawn_points_ = 0;
  kind_ == Kind::Bars ? fillBars(from, to, columns) : fillLines(from, to, columns);
  filling_ = false;
}

void CurvePlot::fillLines(double from, double to, int columns) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const CurveSeries& series = *lines_[i].series;
    const bool smooth = series.smoothing() > 0 && lines_[i].smoothed;
    const auto line = series.drawn(from, to, columns, smooth);
    const auto raw = smooth ? series.drawn(from, to, columns, false) : std::vector<CurveSeries::Point>();
    drawn_points_ += line.size() + raw.size();
    // Where points lie closer than pixels the line has become a band.
    const QColor color = colorOf(lines_[i]);
    QColor faint = color;
    const bool dense = raw.size() > std::size_t(columns);
    faint.setAlphaF(float((dense ? kDenseAlpha : kRawAlpha) * lines_[i].alpha));
    drawn_[i].raw->setPen(QPen(faint, 1));
    // Dots that touch each other would only be a thick line.
    const bool marked = lines_[i].marked && line.size() * kRoomOfDot_px <= std::size_t(columns);
    drawn_[i].line->setScatterStyle(marked ? QCPScatterStyle(QCPScatterStyle::ssDisc, color, color, 5)
                                           : QCPScatterStyle::ssNone);
    drawn_[i].line->setData(stepsOf(line), valuesOf(line, log_), true);
    drawn_[i].raw->setData(stepsOf(raw), valuesOf(raw, log_), true);
    for (const auto* points : {&line, &raw}) {
      for (const CurveSeries::Point& each : *points) {
        if (log_ && each.value <= 0) continue;
        low = std::min(low, each.value);
        high = std::max(high, each.value);
      }
    }
    if (!drawn_[i].end) continue;
    QVector<double> step, value;
    if (!line.empty() && line.back().step <= to) {
      step.push_back(line.back().step);
      value.push_back(line.back().value);
    }
    drawn_[i].end->setData(step, value, true);
  }
  scaleValues(low, high);
}

void CurvePlot::fillBars(double from, double to, int columns) {
  const double bins = std::max(1.0, columns / devicePixelRatioF() / kBar_px);
  const double width = std::max(1.0, std::ceil((to - from) / bins));
  double high = -HUGE_VAL;
  std::map<double, double> tops;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    QVector<double> steps, values;
    for (double begin = std::floor(from / width) * width; begin <= to; begin += width) {
      const auto mean = lines_[i].series->mean(begin, begin + width);
      if (!mean) continue;
      steps.push_back(begin + width / 2);
      values.push_back(*mean);
      high = std::max(high, tops[begin] += *mean);
    }
    drawn_points_ += std::size_t(steps.size());
    drawn_[i].bars->setWidth(width * 0.8);
    drawn_[i].bars->setData(steps, values, true);
  }
  scaleValues(0, high);
}

void CurvePlot::scaleValues(double low, double high) {
  if (!(low <= high)) {
    low = log_ ? 0.1 : 0;
    high = 1;
  }
  if (limit_ && (!log_ || *limit_ > 0)) {
    low = std::min(low, *limit_);
    high = std::max(high, *limit_);
  }
  if (log_) {
    const double room = std::pow(std::max(1.2, high / low), 0.06);
    plot_->yAxis->setRange(low / room, high * room);
    return;
  }
  const bool from_zero = from_zero_ || kind_ == Kind::Bars;
  if (from_zero) low = std::min(low, 0.0);
  // One value, or one that stays: its axis must not be made of its last digits.
  const double least = std::max(1e-9, std::abs(high) * kLeastSpread);
  if (high - low < least && from_zero) {
    high = low + 1;  // nothing but zeros
  } else if (high - low < least) {
    const double middle = (low + high) / 2;
    low = middle - least / 2;
    high = middle + least / 2;
  }
  const double room = (high - low) * 0.08;
  plot_->yAxis->setRange(low < 0 || !from_zero ? low - room : 0, high + room);
}

void CurvePlot::userRange(double from, double to) {
  double width = std::clamp(to - from, kLeastShown, span_);
  from = std::clamp(from, 0.0, span_ - width);
  if (width >= span_ * 0.999) {
    setZoom(std::nullopt);
  } else {
    setZoom(std::pair(from, from + width));
  }
  Q_EMIT zoomed(zoom_);
}

QColor CurvePlot::colorOf(const CurveLine& line) const {
  const Theme& theme = Theme::current();
  if (line.role) return theme.color(*line.role, line.alpha);
  QColor color = line.color < 0 ? theme.color(Role::Text)
                                : theme.curves()[std::size_t(line.color) % theme.curves().size()];
  color.setAlphaF(float(line.alpha));
  return color;
}

void CurvePlot::wearTheme() {
  const Theme& theme = Theme::current();
  plot_->setBackground(theme.color(Role::Panel));
  for (std::size_t i = 0; i < drawn_.size(); ++i) {
    const QColor color = colorOf(lines_[i]);
    if (drawn_[i].bars) {
      drawn_[i].bars->setPen(Qt::NoPen);
      drawn_[i].bars->setBrush(color);
      continue;
    }
    drawn_[i].line->setPen(QPen(color, lines_[i].strong ? 2 : 1.75));
    if (!drawn_[i].end) continue;
    drawn_[i].end->setPen(QPen(color));
    drawn_[i].end->setLineStyle(QCPGraph::lsNone);
    drawn_[i].end->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, color, color, 5));
  }
  for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
    axis->setBasePen(axis == plot_->xAxis ? QPen(theme.color(Role::BorderStrong)) : Qt::NoPen);
    axis->setTickPen(Qt::NoPen);
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLabelFont(theme.mono(TextSize::Tiny));
    axis->setTickLabelColor(theme.color(Role::Text2));
    axis->setTickLabelPadding(6);
    axis->grid()->setPen(QPen(theme.color(Role::Border)));
    axis->grid()->setZeroLinePen(Qt::NoPen);
  }
  limit_line_->setVisible(limit_.has_value());
  limit_line_->setPen(QPen(theme.color(limit_role_), 1.25, Qt::DashLine));
  limit_line_->point1->setCoords(0, limit_.value_or(0));
  limit_line_->point2->setCoords(1, limit_.value_or(0));
  cursor_line_->setPen(QPen(theme.color(Role::Text2), 1, Qt::DotLine));
  fill();
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::setCursor(std::optional<double> step) {
  if (cursor_ == step) return;
  cursor_ = step;
  cursor_line_->setVisible(step.has_value());
  if (step) {
    // Two points above each other, which exist on a logarithmic axis too.
    cursor_line_->point1->setCoords(*step, 1);
    cursor_line_->point2->setCoords(*step, 2);
  }
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

std::vector<CurvePlot::Reading> CurvePlot::readingsAt(double step) const {
  std::vector<Reading> readings;
  for (const CurveLine& line : lines_) {
    const auto at = line.series->nearest(step);
    if (!at) continue;
    const bool smooth = line.smoothed && line.series->usedSmoothing() > 0;
    const QString raw = format_(line.series->value(*at));
    readings.push_back({line.name, smooth ? format_(line.series->smoothed(*at)) : raw,
                        smooth ? raw : QString(), colorOf(line)});
  }
  return readings;
}

void CurvePlot::point(const QPointF& at) {
  const QRect inside = plot_->axisRect()->rect();
  if (!inside.contains(at.toPoint())) return leave();
  const double step = std::round(plot_->xAxis->pixelToCoord(at.x()));
  // At a step that exists, where there is one near.
  std::optional<double> nearest;
  for (const CurveLine& line : lines_) {
    const auto found = line.series->nearest(step);
    if (!found) continue;
    const double each = double(line.series->step(*found));
    if (!nearest || std::abs(each - step) < std::abs(*nearest - step)) nearest = each;
  }
  if (!nearest) return leave();
  setCursor(nearest);
  Q_EMIT pointed(nearest);
  const std::vector<Reading> readings = readingsAt(*nearest);
  popup_->show(tr("Step %1").arg(groupedNumber(qint64(*nearest))), readings,
               QPoint(int(plot_->xAxis->coordToPixel(*nearest)), inside.top() + 6));
}

void CurvePlot::leave() {
  popup_->hide();
  setCursor(std::nullopt);
  Q_EMIT pointed(std::nullopt);
}

bool CurvePlot::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Leave) leave();
  return QWidget::eventFilter(watched, event);
}

QPixmap CurvePlot::picture(const QSize& size, double scale) const {
  return plot_->toPixmap(size.width(), size.height(), scale);
}

QString CurvePlot::csv() const {
  QString text = QStringLiteral("step");
  for (const CurveLine& line : lines_) {
    QString name = line.name;
    text += QStringLiteral(",\"%1\"").arg(name.replace(QLatin1Char('"'), QStringLiteral("\"\"")));
  }
  text += QLatin1Char('\n');
  // Every series ascends: all of them are walked at once, from one step that some of them have to the next.
  constexpr std::int64_t kNoMore = std::numeric_limits<std::int64_t>::max();
  std::vector<std::size_t> at(lines_.size(), 0);
  const auto stepAt = [&](std::size_t i) {
    return at[i] < lines_[i].series->size() ? lines_[i].series->step(at[i]) : kNoMore;
  };
  while (true) {
    std::int64_t step = kNoMore;
    for (std::size_t i = 0; i < lines_.size(); ++i)
      step = std::min(step, stepAt(i));
    if (step == kNoMore) return text;
    text += QString::number(step);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      text += QLatin1Char(',');
      if (stepAt(i) != step) continue;
      const double value = lines_[i].series->value(at[i]++);
      if (std::isfinite(value)) text += QString::number(value, 'g', 17);
    }
    text += QLatin1Char('\n');
  }
}

}  // namespace hbev::ui
