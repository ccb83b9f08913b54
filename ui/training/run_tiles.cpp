#include "ui/training/run_tiles.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QDateTime>
#include <QtCore/QSysInfo>
#include <QtGui/QHelpEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QToolTip>

#include "core/base/size_text.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/stream_settings.h"
#include "ui/state/text.h"
#include "ui/training/curve_ticks.h"
#include "ui/training/run_data.h"

namespace hbev::ui {
namespace {

constexpr int kTilesHeight = 46, kProgress = 2, kTilePadding = 12;

/// Keyframes, over all processes.
int samplesOfStep(const RunData& run) {
  return run.facts.batch_size * std::max(1, run.facts.accumulate) * std::max(1, run.facts.processes);
}

/// Steps as passes over the keyframes.
double epochsOf(const RunData& run, std::int64_t steps) {
  return double(steps) * samplesOfStep(run) / double(run.facts.keyframes);
}

RunTiles::Tile scoreTile(const RunData& run) {
  RunTiles::Tile tile{RunTiles::tr("RayIoU"), {}, {}};
  const auto last = run.lastOf("ray_iou");
  const auto best = run.best();
  if (!last || !best) return tile;
  tile.value = decimal(*last, 1);
  // Against the evaluation before it.
  const auto series = run.curve("ray_iou");
  QString change;
  if (series->size() >= 2) {
    const double before = series->value(series->size() - 2);
    change = QStringLiteral(", %1%2").arg(*last >= before ? QStringLiteral("+") : QString(),
                                          decimal(*last - before, 1));
  }
  tile.more = *last >= best->ray_iou ? RunTiles::tr("best%1").arg(change)
                                     : RunTiles::tr("best %1").arg(decimal(best->ray_iou, 1));
  return tile;
}

RunTiles::Tile lossTile(const RunData& run) {
  RunTiles::Tile tile{RunTiles::tr("Loss"), {}, {}};
  const auto series = run.curve("loss");
  if (!series || series->empty()) {
    if (run.process.loss) tile.value = valueText(*run.process.loss);
    return tile;
  }
  tile.value = valueText(series->smoothed(series->size() - 1));
  if (series->usedSmoothing() > 0) tile.more = RunTiles::tr("smoothed");
  return tile;
}

RunTiles::Tile memoryTile(const RunData& run) {
  RunTiles::Tile tile{RunTiles::tr("Memory"), {}, {}};
  if (const auto card = run.lastOf("card_memory_bytes"); card && *card > 0) {
    tile.value = toQString(sizeText(std::uint64_t(*card)));
    tile.more = RunTiles::tr("of the card");
    return tile;
  }
  const auto bytes = run.lastOf("memory_bytes");
  if (!bytes || *bytes <= 0) return tile;
  tile.value = toQString(sizeText(std::uint64_t(*bytes)));
  const bool is_here = run.process.host == QSysInfo::machineHostName().toStdString();
  if (is_here && !run.isOnCard()) tile.more = RunTiles::tr("of %1").arg(toQString(sizeText(machineMemory())));
  return tile;
}

}  // namespace

std::vector<RunTiles::Tile> tilesOf(const RunData& run) {
  std::vector<RunTiles::Tile> tiles;
  const std::int64_t total = run.totalSteps();
  tiles.push_back({RunTiles::tr("Step"), groupedNumber(run.last_step),
                   total > 0 ? RunTiles::tr("of %1").arg(groupedNumber(total)) : QString()});
  RunTiles::Tile epoch{RunTiles::tr("Epoch"), {}, {}};
  if (run.facts.keyframes > 0) {
    const double all = epochsOf(run, total);
    const auto text = [all](double epochs) {
      return all < 20 ? decimal(epochs, 1) : groupedNumber(std::llround(epochs));
    };
    epoch.value = text(epochsOf(run, run.last_step));
    epoch.more = RunTiles::tr("of %1").arg(text(all));
  }
  tiles.push_back(epoch);
  RunTiles::Tile left{RunTiles::tr("Time left"), {}, {}};
  if (const auto seconds = run.secondsLeft(); seconds && run.state == RunState::Running) {
    left.value = durationText(*seconds);
    const QDateTime end = QDateTime::currentDateTime().addSecs(qint64(*seconds));
    left.more = end.toString(end.date() == QDate::currentDate() ? QStringLiteral("HH:mm")
                                                                : QStringLiteral("ddd HH:mm"));
  } else {
    const double took_s = run.isGoing() ? std::nan("") : workedSeconds(run.process);
    if (std::isfinite(took_s) && took_s > 0) left = {RunTiles::tr("Took"), durationText(took_s), {}};
    if (run.state == RunState::Paused) left.value = stateText(run);
  }
  tiles.push_back(left);
  RunTiles::Tile speed{RunTiles::tr("Speed"), {}, {}};
  if (const auto each_s = run.secondsPerStep()) {
    speed.value = *each_s < 1 ? RunTiles::tr("%1 it/s").arg(decimal(1 / *each_s, 2))
                              : RunTiles::tr("%1 s/it").arg(decimal(*each_s, 2));
    speed.more = RunTiles::tr("batch %1").arg(samplesOfStep(run));
  }
  tiles.push_back(speed);
  tiles.push_back(scoreTile(run));
  tiles.push_back(lossTile(run));
  tiles.push_back(memoryTile(run));
  return tiles;
}

RunTiles::RunTiles(QWidget* parent) : QWidget(parent) {
  setFixedHeight(kTilesHeight);
}

void RunTiles::setTiles(std::vector<Tile> tiles, double share) {
  tiles_ = std::move(tiles);
  share_ = std::clamp(share, 0.0, 1.0);
  QStringList words;
  for (const Tile& each : tiles_)
    words << QStringLiteral("%1 %2 %3").arg(each.caption, each.value, each.more).simplified();
  setAccessibleName(words.join(QStringLiteral(", ")));
  update();
}

void RunTiles::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.fillRect(rect(), theme.color(Role::Panel));
  const int count = std::max(1, int(tiles_.size()));
  for (int i = 0; i < int(tiles_.size()); ++i) {
    const int left = width() * i / count, right = width() * (i + 1) / count;
    const Tile& tile = tiles_[std::size_t(i)];
    if (i > 0) painter.fillRect(QRect(left, 8, 1, kTilesHeight - 18), theme.color(Role::Border));
    const QRect place(left + kTilePadding, 4, right - left - kTilePadding - 4, kTilesHeight - 8);
    painter.setFont(theme.font(TextSize::Tiny));
    painter.setPen(theme.color(Role::Text3));
    painter.drawText(QRect(place.left(), place.top() + 2, place.width(), 14), Qt::AlignVCenter, tile.caption);
    const QRect line(place.left(), place.top() + 16, place.width(), 20);
    const QString value = tile.value.isEmpty() ? QStringLiteral("\u00B7") : tile.value;
    painter.setFont(theme.mono(TextSize::Heading, Weight::Medium));
    painter.setPen(theme.color(Role::Text));
    const int used = painter.fontMetrics().horizontalAdvance(value);
    painter.drawText(line, Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(value, Qt::ElideRight, line.width()));
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(Role::Text2));
    // Half a word says nothing: it is in the tooltip then.
    if (used + 6 + painter.fontMetrics().horizontalAdvance(tile.more) <= line.width())
      painter.drawText(line.adjusted(used + 6, 1, 0, 1), Qt::AlignVCenter, tile.more);
  }
  painter.fillRect(QRect(0, height() - kProgress, width(), kProgress), theme.color(Role::Border));
  painter.fillRect(QRect(0, height() - kProgress, int(width() * share_), kProgress),
                   theme.color(Role::Accent));
}

bool RunTiles::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip || tiles_.empty()) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto i =
      std::min(tiles_.size() - 1, std::size_t(help->pos().x()) * tiles_.size() / std::size_t(width()));
  const Tile& tile = tiles_[i];
  QToolTip::showText(help->globalPos(),
                     QStringLiteral("%1: %2 %3").arg(tile.caption, tile.value, tile.more).simplified(), this);
  return true;
}

}  // namespace hbev::ui
