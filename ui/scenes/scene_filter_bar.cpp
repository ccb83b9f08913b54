#include "ui/scenes/scene_filter_bar.h"

#include <QtGui/QPainter>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/flow_layout.h"
#include "ui/kit/painting.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/theme.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

QString conditionText(SceneCondition condition) {
  switch (condition) {
    case SceneCondition::Day:
      return SceneFilterBar::tr("day");
    case SceneCondition::Dusk:
      return SceneFilterBar::tr("dusk");
    case SceneCondition::Night:
      return SceneFilterBar::tr("night");
    case SceneCondition::Rain:
      break;
  }
  return SceneFilterBar::tr("rain");
}

QString className(const QString& id) {
  const auto& classes = SceneClassIndex::filterClasses();
  const auto found =
      std::ranges::find_if(classes, [&](const ClassInfo& info) { return toQString(info.id) == id; });
  return found == classes.end() ? id : toQString(found->shortName());
}

QIcon swatchIcon(const QColor& color, qreal ratio) {
  QPixmap pixmap(QSize(14, 14) * ratio);
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  paintSwatch(painter, QRectF(2, 2, 10, 10), color);
  return QIcon(pixmap);
}

}  // namespace

SceneFilterBar::SceneFilterBar(Studio& studio, SceneClassIndex& classes, QWidget* parent)
    : QWidget(parent), studio_(studio), index_(classes) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  chips_ = new QWidget(this);
  flow_ = new FlowLayout(chips_, 6);
  column->addWidget(chips_);
  progress_ = new ProgressLine(this);
  progress_->setToolTip(tr("Counts the classes in the labels of every scene, once."));
  progress_->hide();
  column->addWidget(progress_);
  connect(&studio, &Studio::datasetChanged, this, &SceneFilterBar::showDataset);
  connect(progress_, &ProgressLine::cancelled, &classes, &SceneClassIndex::cancel);
  connect(&classes, &SceneClassIndex::progressed, this, [this](const Progress::State& state) {
    progress_->setState(state);
    progress_->show();
  });
  connect(&classes, &SceneClassIndex::countingEnded, progress_, &QWidget::hide);
}

void SceneFilterBar::showDataset() {
  const auto& scenes = studio_.dataset()->scenes();
  std::map<SceneCondition, std::size_t> counts;
  for (const Scene& scene : scenes) {
    for (const SceneCondition condition : conditionsOf(scene.description))
      ++counts[condition];
  }
  offered_.clear();
  for (const auto& [condition, count] : counts) {
    if (count < scenes.size()) offered_.insert(condition);
  }
  progress_->hide();
  conditions_.clear();
  chosen_.clear();
  showChips();
}

void SceneFilterBar::clear() {
  if (conditions_.empty() && chosen_.isEmpty()) return;
  conditions_.clear();
  chosen_.clear();
  showChips();
  Q_EMIT changed();
}

void SceneFilterBar::setCondition(SceneCondition condition, bool on) {
  on ? void(conditions_.insert(condition)) : void(conditions_.erase(condition));
  showChips();
  Q_EMIT changed();
}

void SceneFilterBar::setClass(const QString& id, bool on) {
  chosen_.removeAll(id);
  if (on) chosen_.append(id);
  showChips();
  Q_EMIT changed();
}

Chip* SceneFilterBar::addChip(const QString& text, bool checked, const QString& help) {
  auto* chip = new Chip(text, chips_);
  chip->setChecked(checked);
  chip->setToolTip(help);
  flow_->addWidget(chip);
  chip->show();
  return chip;
}

/// What is on stands first.
void SceneFilterBar::showChips() {
  while (QLayoutItem* item = flow_->takeAt(0)) {
    item->widget()->hide();
    item->widget()->deleteLater();  // this may be the click of one of them
    delete item;
  }
  for (const QString& id : chosen_) {
    Chip* chip = addChip(tr("has %1").arg(className(id)), true, tr("Only scenes that hold this class."));
    connect(chip, &Chip::toggled, this, [this, id] { setClass(id, false); });
  }
  for (const bool on : {true, false}) {
    for (const SceneCondition condition : kSceneConditions) {
      if (conditions_.contains(condition) != on || (!on && !offered_.contains(condition))) continue;
      Chip* chip = addChip(conditionText(condition), on, tr("By the words of the scene's description."));
      connect(chip, &Chip::toggled, this,
              [this, condition](bool checked) { setCondition(condition, checked); });
    }
  }
  Chip* add = addChip(tr("has …"), false, tr("Only scenes that hold a class. Choose one."));
  add->setCheckable(false);
  add->setAccessibleName(tr("Filter by class"));
  connect(add, &Chip::clicked, this, &SceneFilterBar::openClassMenu);
}

void SceneFilterBar::openClassMenu() {
  index_.countLabels();
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (const ClassInfo& info : SceneClassIndex::filterClasses()) {
    const QString id = toQString(info.id);
    const int label = *ClassSet::openocc().findLabel(info.id);
    const Rgb color = ClassSet::openocc().color(label, studio_.view().palette);
    QAction* action = menu->addAction(
        QStringLiteral("%1\t%2").arg(toQString(info.name), groupedNumber(index_.sceneCount(id))));
    action->setIcon(swatchIcon(QColor(color.r, color.g, color.b), devicePixelRatioF()));
    action->setData(id);
    if (chosen_.contains(id)) action->setEnabled(false);
    connect(action, &QAction::triggered, this, [this, id] { setClass(id, true); });
  }
  // The counts grow while the menu is open.
  connect(&index_, &SceneClassIndex::changed, menu, [this, menu] {
    for (QAction* action : menu->actions()) {
      action->setText(
          QStringLiteral("%1\t%2").arg(action->text().section(QLatin1Char('\t'), 0, 0),
                                       groupedNumber(index_.sceneCount(action->data().toString()))));
    }
  });
  menu->popup(chips_->mapToGlobal(chips_->rect().bottomLeft()));
}

}  // namespace hbev::ui
