#include "ui/scores/confusion_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QtGui/QHelpEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QToolTip>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr double kCell = 21, kGap = 1, kSmallestCell = 7, kLargestCell = 32, kFreeGap = 4;
/// How much wider than high a cell may be, and the other way round, where there is room.
constexpr double kWidestCell = 2.2, kTallestCell = 1.6;
constexpr double kConfusionNameWidth = 118, kMatrixMargin = 6, kFooter = 42, kSwatch = 9;
constexpr double kFigureHeight = 11, kFigureMargin = 1, kFigureFrom = 0.10, kStrongFrom = 0.2, kFull = 0.5;

/// How much of the colour a share of the row gets: two ramps, so that figures stay readable on both.
double strengthOf(double share) {
  if (share <= 0) return 0;
  if (share < kStrongFrom) return 0.05 + 0.31 * share / kStrongFrom;
  return 0.58 + 0.34 * std::min(1.0, (share - kStrongFrom) / (kFull - kStrongFrom));
}

QColor figureColor(const QColor& ground) {
  const Theme& theme = Theme::current();
  const QColor text = theme.color(Role::Text), other = theme.color(Role::Input);
  return contrastRatio(text, ground) >= contrastRatio(other, ground) ? text : other;
}

}  // namespace

ConfusionView::ConfusionView(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAccessibleName(tr("Confusion table"));
}

void ConfusionView::setConfusion(const Confusion& confusion, const ClassSet& classes, Palette palette) {
  confusion_ = confusion;
  classes_ = &classes;
  palette_ = palette;
  totals_.assign(std::size_t(confusion.classes()), 0);
  for (int truth = 0; truth < confusion.classes(); ++truth) {
    for (int predicted = 0; predicted < confusion.classes(); ++predicted)
      totals_[std::size_t(truth)] += confusion.at(truth, predicted);
  }
  updateGeometry();
  update();
}

void ConfusionView::setChosen(const std::optional<ClassPair>& cell) {
  if (cell == chosen_) return;
  chosen_ = cell;
  setAccessibleDescription(cell ? wordsOf(*cell) : QString());
  update();
}

double ConfusionView::share(const ClassPair& cell) const {
  if (cell.truth >= confusion_.classes() || cell.predicted >= confusion_.classes())
    return std::numeric_limits<double>::quiet_NaN();
  const std::int64_t total = totals_[std::size_t(cell.truth)];
  return total > 0 ? double(confusion_.at(cell.truth, cell.predicted)) / double(total)
                   : std::numeric_limits<double>::quiet_NaN();
}

QSize ConfusionView::sizeHint() const {
  const double cells = (rows() + 1) * (kCell + kGap) + kFreeGap;
  return {int(kConfusionNameWidth + cells + 2 * kMatrixMargin),
          int(rows() * (kCell + kGap) + 2 * kMatrixMargin + kFooter)};
}

QSize ConfusionView::minimumSizeHint() const {
  return {220, 160};
}

ConfusionView::Place ConfusionView::place() const {
  const int count = std::max(1, rows());
  const double across = (width() - kConfusionNameWidth - 2 * kMatrixMargin - kFreeGap) / (count + 1);
  const double down = (height() - 2 * kMatrixMargin - kFooter) / count;
  const auto sideOf = [](double room, double most) {
    return std::floor(std::clamp(std::min(room, most), kSmallestCell + kGap, kLargestCell * kWidestCell)) -
           kGap;
  };
  const double height = sideOf(down, std::min(kLargestCell, kTallestCell * across));
  const double width = sideOf(across, kWidestCell * (height + kGap));
  const double left = kConfusionNameWidth + kMatrixMargin;
  return {left, kMatrixMargin, width, height, left + count * (width + kGap) + kFreeGap};
}

QRectF ConfusionView::rectOf(const ClassPair& cell) const {
  const Place at = place();
  const bool free = cell.predicted == rows();
  const double x = free ? at.free_left : at.left + cell.predicted * (at.width + kGap);
  return {x, at.top + cell.truth * (at.height + kGap), at.width, at.height};
}

QRectF ConfusionView::gridRect() const {
  return rectOf({0, 0}).united(rectOf({rows() - 1, rows()}));
}

QPointF ConfusionView::middleOf(const ClassPair& cell) const {
  return rectOf(cell).center();
}

std::optional<ClassPair> ConfusionView::cellAt(QPointF at) const {
  for (int truth = 0; truth < rows(); ++truth) {
    for (int predicted = 0; predicted <= rows(); ++predicted) {
      const ClassPair cell{truth, predicted};
      if (rectOf(cell).adjusted(0, 0, kGap, kGap).contains(at)) return cell;
    }
  }
  return std::nullopt;
}

QColor ConfusionView::colorOf(const ClassPair& cell, double share) const {
  const Theme& theme = Theme::current();
  const QColor ground = theme.color(Role::Input);
  if (std::isnan(share)) return ground;
  if (cell.truth == cell.predicted) return mix(theme.color(Role::Right), ground, 0.2 + 0.6 * share);
  const Role role = cell.predicted == rows() ? Role::Missed : Role::WrongClass;
  return mix(theme.color(role), ground, strengthOf(share));
}

void ConfusionView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), Theme::current().color(Role::Panel));
  if (rows() == 0) return;
  painter.setRenderHint(QPainter::Antialiasing);
  paintNames(painter);
  paintCells(painter);
  paintScale(painter);
  if (hasFocus() && !chosen_) paintFocusRing(painter, gridRect(), 2);
}

void ConfusionView::paintCells(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const bool figures = place().height >= kFigureHeight;
  painter.setFont(theme.mono(TextSize::Tiny));
  for (int truth = 0; truth < rows(); ++truth) {
    for (int predicted = 0; predicted <= rows(); ++predicted) {
      const ClassPair cell{truth, predicted};
      const double part = share(cell);
      const QRectF box = rectOf(cell);
      const QColor color = colorOf(cell, part);
      painter.fillRect(box, color);
      if (!figures || !(part >= kFigureFrom)) continue;
      painter.setPen(figureColor(color));
      paintFigure(painter, box, QString::number(std::lround(100 * part)));
    }
  }
  if (!chosen_ || chosen_->truth >= rows() || chosen_->predicted > rows()) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme.color(Role::Text), 1.5));
  painter.drawRect(rectOf(*chosen_).adjusted(-1, -1, 1, 1));
}

/// Smaller where the cell is narrow; none where it could not be read.
void ConfusionView::paintFigure(QPainter& painter, const QRectF& box, const QString& text) const {
  constexpr int kSmallestFont = 8;
  QFont font = Theme::current().mono(TextSize::Tiny);
  while (QFontMetricsF(font).horizontalAdvance(text) > box.width() - kFigureMargin) {
    if (font.pixelSize() <= kSmallestFont) return;
    font.setPixelSize(font.pixelSize() - 1);
  }
  painter.setFont(font);
  painter.drawText(box, Qt::AlignCenter, text);
}

void ConfusionView::paintNames(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const Place at = place();
  const double step = at.height + kGap, step_across = at.width + kGap;
  const double swatch = std::min({kSwatch, at.height - 2, at.width - 2});
  const double bottom = at.top + rows() * step + 4;
  // Where rows are lower than a line of text, every second or third class is named.
  const int each = std::max(1, int(std::ceil(12 / step)));
  for (int label = 0; label < rows(); ++label) {
    const Rgb rgb = classes_->color(label, palette_);
    const QColor color(rgb.r, rgb.g, rgb.b);
    const double middle = at.top + label * step + at.height / 2;
    paintSwatch(painter, QRectF(at.left - 8 - swatch, middle - swatch / 2, swatch, swatch), color);
    const double across = at.left + label * step_across + (at.width - swatch) / 2;
    paintSwatch(painter, QRectF(across, bottom, swatch, swatch), color);
    const bool chosen = chosen_ && chosen_->truth == label;
    if (label % each != 0 && !chosen) continue;
    painter.setFont(theme.font(TextSize::Small, chosen ? Weight::Semibold : Weight::Normal));
    painter.setPen(theme.color(chosen ? Role::Text : Role::Text2));
    const QRectF line(0, middle - 8, at.left - 14 - swatch, 16);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(toQString((*classes_)[label].shortName()),
                                                      Qt::ElideRight, int(line.width())));
  }
  painter.setFont(theme.font(TextSize::Tiny));
  painter.setPen(theme.color(Role::Text2));
  painter.drawText(QRectF(at.free_left + at.width / 2 - 20, bottom - 3, 40, 16),
                   Qt::AlignHCenter | Qt::AlignTop, tr("free"));
}

void ConfusionView::paintScale(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const Place at = place();
  const double top = at.top + rows() * (at.height + kGap) + 26;
  painter.setFont(theme.font(TextSize::Tiny));
  painter.setPen(theme.color(Role::Text3));
  painter.drawText(QRectF(at.left - 14, top - 3, 12, 14), Qt::AlignLeft | Qt::AlignVCenter,
                   QStringLiteral("0"));
  constexpr int kSteps = 11;
  double x = at.left;
  for (int i = 0; i < kSteps; ++i, x += 10)
    painter.fillRect(QRectF(x, top, 9, 8), mix(theme.color(Role::WrongClass), theme.color(Role::Input),
                                               strengthOf(kFull * i / (kSteps - 1))));
  // Half a hint says nothing.
  const QString whole = tr("50 % and more     click a cell for its keyframes");
  const bool fits = painter.fontMetrics().horizontalAdvance(whole) <= width() - x - 6;
  painter.drawText(QRectF(x + 6, top - 3, width() - x - 6, 14), Qt::AlignLeft | Qt::AlignVCenter,
                   fits ? whole : tr("50 % and more"));
}

QString ConfusionView::wordsOf(const ClassPair& cell) const {
  const double part = share(cell);
  if (cell.truth >= confusion_.classes() || cell.predicted >= confusion_.classes()) return {};
  const QString truth = toQString((*classes_)[cell.truth].name);
  const QString predicted = toQString((*classes_)[cell.predicted].name);
  if (std::isnan(part)) return tr("%1 does not occur.").arg(truth);
  return tr("%1 taken for %2: %3 %, %4 of %5")
      .arg(truth, predicted, decimal(100 * part, 1), groupedNumber(confusion_.at(cell.truth, cell.predicted)),
           groupedNumber(totals_[std::size_t(cell.truth)]));
}

void ConfusionView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const auto cell = cellAt(event->position());
  if (!cell) return;
  Q_EMIT cellChosen(chosen_ == cell ? std::nullopt : cell);
}

void ConfusionView::keyPressEvent(QKeyEvent* event) {
  if (rows() == 0) return QWidget::keyPressEvent(event);
  ClassPair cell = chosen_.value_or(ClassPair{0, 0});
  switch (event->key()) {
    case Qt::Key_Left:
      --cell.predicted;
      break;
    case Qt::Key_Right:
      ++cell.predicted;
      break;
    case Qt::Key_Up:
      --cell.truth;
      break;
    case Qt::Key_Down:
      ++cell.truth;
      break;
    case Qt::Key_Escape:
      return Q_EMIT cellChosen(std::nullopt);
    default:
      return QWidget::keyPressEvent(event);
  }
  cell.truth = std::clamp(cell.truth, 0, rows() - 1);
  cell.predicted = std::clamp(cell.predicted, 0, rows());
  Q_EMIT cellChosen(cell);
}

bool ConfusionView::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride) {
    // Else arrows would move along the scene.
    const int key = static_cast<QKeyEvent*>(event)->key();
    const bool moves =
        key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
    if (moves || (key == Qt::Key_Escape && chosen_)) event->accept();
    return moves || QWidget::event(event);
  }
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto cell = cellAt(help->pos());
  cell ? QToolTip::showText(help->globalPos(), wordsOf(*cell), this) : QToolTip::hideText();
  return true;
}

}  // namespace hbev::ui
