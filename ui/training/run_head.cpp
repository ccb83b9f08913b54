#include "ui/training/run_head.h"

#include <algorithm>

#include <QtCore/QSignalBlocker>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/actions.h"
#include "ui/kit/buttons.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/text.h"
#include "ui/training/run_row.h"
#include "ui/training/run_tiles.h"

namespace hbev::ui {
namespace {

constexpr int kHeadHeight = 44;

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
  QStringList about{QString::fromStdString(run->facts.config), stateText(*run)};
  about.removeAll(QString());
  config_->setText(about.join(QStringLiteral(" \u00B7 ")));
  const std::int64_t total = run->totalSteps();
  tiles_->setTiles(tilesOf(*run), total > 0 ? double(run->last_step) / double(total) : 0);
  const bool going = run->isGoing(), is_known = !run->trouble();
  for (QPushButton* button : {pause_, checkpoint_, stop_})
    button->setVisible(going && is_known);
  resume_->setVisible(!going && is_known);
  edit_tags_->setVisible(is_known && tags_edit_->isHidden());
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
  if (const auto trouble = run->trouble()) {
    notice_->setNotice(run->unreadable ? NoticeLine::Kind::Error : NoticeLine::Kind::Warn,
                       toQString(toString(*trouble)));
    return notice_->show();
  }
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
