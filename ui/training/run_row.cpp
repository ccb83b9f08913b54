#include "ui/training/run_row.h"

#include <algorithm>

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include "ui/kit/icons.h"
#include "ui/kit/list_row.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/text.h"
#include "ui/training/runs_model.h"

namespace hbev::ui {
namespace {

constexpr int kRow = 54, kLine = 18, kCheck = 14, kLeft = 12, kText = 36, kRight = 12, kCurveWidth = 60,
              kCurveHeight = 14, kDot = 6;

QRect checkRect(const QRect& row) {
  return {row.left() + kLeft, row.top() + 9, kCheck, kCheck};
}

QColor runColor(const RunData& run) {
  const Theme& theme = Theme::current();
  return run.color < 0 ? theme.color(Role::Text3)
                       : theme.curves()[std::size_t(run.color) % theme.curves().size()];
}

void paintCheck(QPainter& painter, const QRect& rect, const RunData& run) {
  const Theme& theme = Theme::current();
  const QColor color = run.color >= 0 ? runColor(run) : theme.color(Role::Input);
  paintBox(painter, rect, 3, color, run.color >= 0 ? color : theme.color(Role::BorderStrong));
  if (run.color >= 0)
    paintIcon(painter, QStringLiteral("check"), rect.adjusted(1, 1, -1, -1), theme.color(Role::Panel));
}

void paintCurve(QPainter& painter, const QRectF& rect, const RunData& run) {
  const auto series = run.curve("ray_iou");
  if (!series || series->size() < 2) return;
  const double last = double(series->step(series->size() - 1)), first = double(series->step(0));
  const auto range = series->range(first, last, false);
  if (!range || last <= first) return;
  const double height = std::max(1e-6, range->high - range->low);
  QPainterPath path;
  bool begun = false;
  for (const CurveSeries::Point& each : series->drawn(first, last, kCurveWidth, false)) {
    const QPointF at(rect.left() + rect.width() * (each.step - first) / (last - first),
                     rect.bottom() - rect.height() * (each.value - range->low) / height);
    begun ? path.lineTo(at) : path.moveTo(at);
    begun = true;
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(runColor(run), 1.5));
  painter.drawPath(path);
}

void paintText(QPainter& painter, QRect& place, const QString& text, const QFont& font, const QColor& color) {
  painter.setFont(font);
  painter.setPen(color);
  const QString shown = painter.fontMetrics().elidedText(text, Qt::ElideRight, std::max(0, place.width()));
  painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, shown);
  place.setLeft(place.left() + painter.fontMetrics().horizontalAdvance(shown) + 6);
}

QString subject(const RunData& run) {
  QStringList parts;
  if (!run.facts.config.empty()) parts << QString::fromStdString(run.facts.config);
  for (const std::string& tag : run.labels.tags)
    parts << QString::fromStdString(tag);
  return parts.join(QStringLiteral(" \u00B7 "));
}

}  // namespace

Role stateRole(const RunData& run) {
  if (!run.is_reachable) return Role::Warn;
  if (run.unreadable) return Role::Error;
  switch (run.state) {
    case RunState::Running:
      return Role::Ok;
    case RunState::Paused:
    case RunState::Stopped:
    case RunState::Lost:
      return Role::Warn;
    case RunState::Failed:
      return Role::Error;
    case RunState::Done:
      break;
  }
  return Role::Text2;
}

QSize RunRowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
  return {160, kRow};
}

void RunRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
  const auto* model = qobject_cast<const RunsModel*>(index.model());
  const auto run = model ? model->runAt(index) : nullptr;
  if (!run) return;
  const Theme& theme = Theme::current();
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const QRect row = option.rect;
  paintRowGround(*painter, option);
  paintCheck(*painter, checkRect(row), *run);
  const auto best = run->best();
  const QString score = best ? decimal(best->ray_iou, 1) : QStringLiteral("\u00B7");
  const QFont mono = theme.mono(TextSize::Body);
  const int score_width = QFontMetrics(mono).horizontalAdvance(score);
  QRect first(row.left() + kText, row.top() + 7, row.width() - kText - kRight - score_width - 8, kLine);
  painter->setFont(mono);
  painter->setPen(theme.color(Role::Text));
  painter->drawText(QRect(row.right() - kRight - score_width, first.top(), score_width + 1, kLine),
                    Qt::AlignRight | Qt::AlignVCenter, score);
  paintText(*painter, first, run->name(), theme.font(TextSize::Body, Weight::Semibold),
            theme.color(Role::Text));
  paintText(*painter, first, subject(*run), theme.font(TextSize::Body), theme.color(Role::Text2));
  QRect second(row.left() + kText, row.top() + 7 + kLine + 3, row.width() - kText - kRight - kCurveWidth - 8,
               kLine);
  const QColor state = theme.color(stateRole(*run));
  painter->setPen(Qt::NoPen);
  painter->setBrush(state);
  painter->drawEllipse(QRectF(second.left(), second.center().y() - kDot / 2.0 + 0.5, kDot, kDot));
  second.setLeft(second.left() + kDot + 6);
  paintText(*painter, second, stateText(*run), theme.font(TextSize::Small), state);
  if (const auto trouble = run->trouble()) {
    second.setRight(row.right() - kRight);
    paintText(*painter, second, toQString(trouble->summary), theme.font(TextSize::Small),
              theme.color(Role::Text2));
  } else {
    paintText(*painter, second,
              QStringLiteral("%1 / %2").arg(groupedNumber(run->last_step), groupedNumber(run->totalSteps())),
              theme.mono(TextSize::Small), theme.color(Role::Text2));
  }
  paintCurve(*painter,
             QRectF(row.right() - kRight - kCurveWidth, row.top() + 7 + kLine + 4, kCurveWidth, kCurveHeight),
             *run);
  painter->restore();
}

bool RunRowDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                 const QModelIndex& index) {
  const bool pressed = event->type() == QEvent::MouseButtonPress;
  if (!pressed && event->type() != QEvent::MouseButtonRelease) return false;
  const auto* mouse = static_cast<QMouseEvent*>(event);
  if (!checkRect(option.rect).adjusted(-6, -6, 6, 6).contains(mouse->position().toPoint())) return false;
  if (pressed) {
    const bool checked = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    model->setData(index, checked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
  }
  return true;
}

}  // namespace hbev::ui
