#include "ui/training/run_head.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QDateTime>
#include <QtCore/QSignalBlocker>
#include <QtCore/QSysInfo>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QHelpEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QToolTip>
#include <QtWidgets/QVBoxLayout>

#include "core/base/size_text.h"
#include "ui/kit/actions.h"
#include "ui/kit/buttons.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/stream_settings.h"
#include "ui/state/text.h"
#include "ui/training/curve_plot.h"
#include "ui/training/run_row.h"

namespace hbev::ui {
namespace {

constexpr int kHeadHeight = 44, kTilesHeight = 46, kProgress = 2, kTilePadding = 12;

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
  const auto bytes = run.lastOf("memory_bytes");
  if (!bytes || *bytes <= 0) return tile;
  tile.value = toQString(sizeText(std::uint64_t(*bytes)));
  const bool is_here = run.process.host == QSysInfo::machineHostName().toStdString();
  const QString device = QString::fromStdString(run.facts.device);
  if (is_here && device.startsWith(QStringLiteral("cpu"), Qt::CaseInsensitive))
    tile.more = RunTiles::tr("of %1").arg(toQString(sizeText(machineMemory())));
  return tile;
}

/// A tag, as it stands in the head.
class TagLabel : public QWidget {
 public:
  TagLabel(QString text, QWidget* parent) : QWidget(parent), text_(std::move(text)) {
    const QFontMetrics metrics(Theme::current().font(TextSize::Small));
    setFixedSize(metrics.horizontalAdvance(text_) + 16, 20);
    setAccessibleName(text_);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintBox(painter, rect(), 10, theme.color(Role::Panel), theme.color(Role::BorderStrong));
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(Role::Text2));
    painter.drawText(rect(), Qt::AlignCenter, text_);
  }

 private:
  QString text_;
};

class StateDot : public QWidget {
 public:
  StateDot(RunStore& store, QWidget* parent) : QWidget(parent), store_(store) { setFixedSize(10, 20); }

 protected:
  void paintEvent(QPaintEvent*) override {
    if (!store_.current()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::current().color(stateRole(*store_.current())));
    painter.drawEllipse(QRectF(1, 6, 8, 8));
  }

 private:
  RunStore& store_;
};

}  // namespace

QString longTimeText(double seconds) {
  const auto whole = std::llround(seconds);
  if (whole < 60) return RunTiles::tr("%1 s").arg(whole);
  if (whole < 3600) return RunTiles::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return RunTiles::tr("%1 h %2 m").arg(whole / 3600).arg(whole % 3600 / 60);
}

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
    left.value = longTimeText(*seconds);
    const QDateTime end = QDateTime::currentDateTime().addSecs(qint64(*seconds));
    left.more = end.toString(end.date() == QDate::currentDate() ? QStringLiteral("HH:mm")
                                                                : QStringLiteral("ddd HH:mm"));
  } else {
    const double took_s = run.isGoing() ? std::nan("") : workedSeconds(run.process);
    if (std::isfinite(took_s) && took_s > 0) left = {RunTiles::tr("Took"), longTimeText(took_s), {}};
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

RunHead::RunHead(RunStore& store, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent), store_(store), actions_(actions) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeFirstRow(actions));
  notice_ = new NoticeLine(NoticeLine::Kind::Error, {}, {}, this);
  notice_->setObjectName(QStringLiteral("runNotice"));
  notice_->hide();
  connect(notice_, &NoticeLine::actionTriggered, actions["train.resume"], &QAction::trigger);
  column->addWidget(notice_);
  tiles_ = new RunTiles(this);
  column->addWidget(tiles_);
  connect(&store, &RunStore::currentChanged, this, &RunHead::refresh);
  connect(&store, &RunStore::smoothingChanged, this, &RunHead::refresh);
  connect(&store, &RunStore::runChanged, this, [this](const std::filesystem::path& folder) {
    if (store_.current() && store_.current()->folder == folder) refresh();
  });
  refresh();
}

QWidget* RunHead::makeFirstRow(ActionRegistry& actions) {
  auto* row = new QWidget(this);
  row->setFixedHeight(kHeadHeight);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(12, 0, 8, 0);
  layout->setSpacing(8);
  dot_ = new StateDot(store_, row);
  name_ = makeLabel({}, Role::Text, TextSize::Heading, Weight::Semibold, row);
  config_ = new ElidedLabel({}, Qt::ElideRight, row);
  config_->setRole(Role::Text2);
  tags_ = new QWidget(row);
  auto* chips = new QHBoxLayout(tags_);
  chips->setContentsMargins(0, 0, 0, 0);
  chips->setSpacing(6);
  edit_tags_ = makeIconButton(QStringLiteral("plus"), tr("Tags of this run"), row);
  edit_tags_->setObjectName(QStringLiteral("editTags"));
  connect(edit_tags_, &QToolButton::clicked, this, &RunHead::editTags);
  tags_edit_ = new QLineEdit(row);
  tags_edit_->setObjectName(QStringLiteral("tags"));
  tags_edit_->setPlaceholderText(tr("Tags, with commas between"));
  tags_edit_->setAccessibleName(tr("Tags"));
  tags_edit_->setFixedWidth(220);
  tags_edit_->hide();
  connect(tags_edit_, &QLineEdit::editingFinished, this, &RunHead::keepTags);
  layout->addWidget(dot_);
  layout->addWidget(name_);
  layout->addWidget(config_, 1);
  layout->addWidget(tags_);
  layout->addWidget(edit_tags_);
  layout->addWidget(tags_edit_);
  layout->addSpacing(8);
  const auto addButton = [&](const char* id, ButtonKind kind) {
    QAction* action = actions[QString::fromLatin1(id)];
    auto* button = makeButton(action->text(), kind, {}, row);
    button->setIcon(action->icon());
    button->setToolTip(action->toolTip());
    button->setEnabled(action->isEnabled());
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, button, [button, action] {
      button->setEnabled(action->isEnabled());
      button->setText(action->text());
      button->setIcon(action->icon());
    });
    layout->addWidget(button);
    return button;
  };
  pause_ = addButton("train.pause", ButtonKind::Normal);
  checkpoint_ = addButton("train.checkpoint", ButtonKind::Normal);
  resume_ = addButton("train.resume", ButtonKind::Normal);
  stop_ = addButton("train.stop", ButtonKind::Danger);
  more_ = makeIconButton(QStringLiteral("more"), tr("More to do with this run"), row);
  more_->setObjectName(QStringLiteral("moreOfRun"));
  connect(more_, &QToolButton::clicked, this, &RunHead::openMore);
  layout->addWidget(more_);
  return row;
}

void RunHead::openMore() {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (const char* id : {"train.like", "train.resume"})
    menu->addAction(actions_[QString::fromLatin1(id)]);
  menu->addSeparator();
  menu->addAction(actions_["train.open_folder"]);
  menu->addAction(icon("copy"), tr("Copy the folder's path"), this, [this] {
    if (store_.current())
      QGuiApplication::clipboard()->setText(QString::fromStdString(store_.current()->folder.string()));
  });
  menu->addAction(actions_["train.detach"]);
  menu->popup(more_->mapToGlobal(QPoint(more_->width() - menu->sizeHint().width(), more_->height())));
}

void RunHead::refresh() {
  const auto run = store_.current();
  setVisible(run != nullptr);
  if (!run) return;
  name_->setText(run->name());
  config_->setText(
      QStringLiteral("%1 \u00B7 %2").arg(QString::fromStdString(run->facts.config), stateText(*run)));
  const std::int64_t total = run->totalSteps();
  tiles_->setTiles(tilesOf(*run), total > 0 ? double(run->last_step) / double(total) : 0);
  const bool going = run->isGoing();
  for (QPushButton* button : {pause_, checkpoint_, stop_})
    button->setVisible(going);
  resume_->setVisible(!going);
  dot_->update();
  showTags();
  showNotice();
}

void RunHead::showTags() {
  const auto run = store_.current();
  if (run->folder == tags_of_ && run->labels.tags == shown_tags_) return;
  if (run->folder != tags_of_) tags_edit_->hide();
  tags_of_ = run->folder;
  shown_tags_ = run->labels.tags;
  while (QLayoutItem* item = tags_->layout()->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  for (const std::string& tag : shown_tags_)
    tags_->layout()->addWidget(new TagLabel(QString::fromStdString(tag), tags_));
}

/// Why it ended, where that needs somebody.
void RunHead::showNotice() {
  const auto run = store_.current();
  QString why = QString::fromStdString(run->process.sentence);
  if (!why.isEmpty() && !why.endsWith(QLatin1Char('.'))) why += QLatin1Char('.');
  const QString at = tr("Run stopped at step %1").arg(groupedNumber(run->last_step));
  const RunCheckpoint* kept = run->newestCheckpoint();
  const QString intact = kept ? tr(" Checkpoint %1 is intact.").arg(groupedNumber(kept->step))
                              : tr(" It had no checkpoint yet and would begin again.");
  const QString action = kept ? tr("Resume from it") : tr("Begin again");
  notice_->setVisible(run->state == RunState::Failed || run->state == RunState::Lost);
  if (run->state == RunState::Failed) {
    notice_->setNotice(NoticeLine::Kind::Error, tr("%1: %2%3").arg(at, why, intact), action);
  } else if (run->state == RunState::Lost) {
    notice_->setNotice(NoticeLine::Kind::Warn,
                       tr("%1: its process is gone and did not say why.%2").arg(at, intact), action);
  }
}

void RunHead::editTags() {
  const auto run = store_.current();
  if (!run) return;
  QStringList tags;
  for (const std::string& tag : run->labels.tags)
    tags << QString::fromStdString(tag);
  tags_edit_->setText(tags.join(QStringLiteral(", ")));
  tags_->hide();
  edit_tags_->hide();
  tags_edit_->show();
  tags_edit_->setFocus();
  tags_edit_->selectAll();
}

void RunHead::keepTags() {
  if (tags_edit_->isHidden()) return;
  tags_edit_->hide();
  tags_->show();
  edit_tags_->show();
  const auto run = store_.find(tags_of_);
  if (!run) return;
  RunLabels labels = run->labels;
  labels.tags.clear();
  for (const QString& tag : tags_edit_->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
    const std::string text = tag.simplified().toStdString();
    if (!text.empty() && std::ranges::find(labels.tags, text) == labels.tags.end())
      labels.tags.push_back(text);
  }
  store_.setLabels(run->folder, labels);
}

void RunHead::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), Theme::current().color(Role::Panel));
  paintBottomLine(painter, QRect(0, 0, width(), kHeadHeight), Theme::current().color(Role::Border));
}

}  // namespace hbev::ui
