#include "ui/predict/predict_panel.h"

#include <cmath>

#include <QtCore/QSignalBlocker>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/actions.h"
#include "ui/kit/buttons.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/scroll_column.h"
#include "ui/kit/section.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/wrapping_label.h"
#include "ui/predict/named_row.h"
#include "ui/predict/network_chooser.h"
#include "ui/state/text.h"

namespace hbev::ui {

PredictPanel::PredictPanel(Studio& studio, Predicting& predicting, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent), studio_(studio), predicting_(predicting) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  header_ = new PanelHeader({}, this);
  header_->addButton(actions["settings"]);
  connect(header_->addButton(QStringLiteral("close"), tr("Close this panel")), &QToolButton::clicked, this,
          &PredictPanel::closeRequested);
  layout->addWidget(header_);
  progress_ = new ProgressLine(this);
  progress_->setContentsMargins(12, 4, 12, 4);
  progress_->hide();
  connect(progress_, &ProgressLine::cancelled, &predicting, &Predicting::stop);
  layout->addWidget(progress_);
  stack_ = new PanelStack(this);
  column_ = new ScrollColumn(stack_);
  error_ = new ErrorNotice(column_);
  error_->setObjectName(QStringLiteral("problem"));
  use_anyway_ = error_->addButton(tr("Use anyway"));
  connect(use_anyway_, &QPushButton::clicked, &predicting, &Predicting::useAnyway);
  error_->hide();
  column_->add(error_);
  auto* network = new Section(tr("Network"));
  network->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  chooser_ = new NetworkChooser(predicting, network);
  network->setContent(chooser_);
  column_->add(network);
  column_->add(makeWork(actions));
  column_->add(makeLast());
  stack_->setContent(column_);
  stack_->setEmptyState(new EmptyState("predict", {}, {}));
  layout->addWidget(stack_, 1);
  connect(&predicting, &Predicting::changed, this, &PredictPanel::refresh);
  connect(&predicting, &Predicting::statusChanged, this, &PredictPanel::showStatus);
  connect(&predicting, &Predicting::predicted, this, &PredictPanel::refresh);
  for (const auto signal : {&Studio::currentChanged, &Studio::sourcesChanged})
    connect(&studio, signal, this, &PredictPanel::showLast);
  refresh();
}

QWidget* PredictPanel::makeWork(ActionRegistry& actions) {
  auto* section = new Section(tr("Predict"));
  section->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  auto* content = new QWidget(section);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  const auto addButton = [&](const char* id, const QString& text, ButtonKind kind) {
    QAction* action = actions[QString::fromLatin1(id)];
    auto* button = makeButton(text, kind, {}, content);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setToolTip(action->toolTip());
    button->setEnabled(action->isEnabled());
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::enabledChanged, button, &QWidget::setEnabled);
    return button;
  };
  column->addWidget(addButton("predict.keyframe", tr("Predict keyframe"), ButtonKind::Primary));
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  row->addWidget(addButton("predict.scene", tr("This scene"), ButtonKind::Normal));
  row->addWidget(addButton("predict.listed", tr("Listed scenes"), ButtonKind::Normal));
  column->addLayout(row);
  as_i_go_ = new QCheckBox(tr("Predict as I go"), content);
  as_i_go_->setObjectName(QStringLiteral("asIGo"));
  as_i_go_->setToolTip(actions["predict.as_i_go"]->toolTip());
  connect(as_i_go_, &QCheckBox::toggled, &predicting_, &Predicting::setAsIGo);
  column->addWidget(as_i_go_);
  target_ = new SegmentedControl(content);
  target_->setObjectName(QStringLiteral("target"));
  for (const char* side : {"A", "B"})
    target_->addSegment(QString::fromLatin1(side));
  connect(target_, &SegmentedControl::currentChanged, this,
          [this](int index) { predicting_.setTarget(Side(index)); });
  column->addLayout(makeNamedRow(tr("Show in"), target_, content));
  count_ = new WrappingLabel({}, Role::Text3, TextSize::Small, Weight::Normal, content);
  save_ = makeButton(tr("Save as"), ButtonKind::Link, {}, content, true);
  save_->setToolTip(actions["predict.save"]->toolTip());
  connect(save_, &QPushButton::clicked, actions["predict.save"], &QAction::trigger);
  auto* footer = new QHBoxLayout;
  footer->addWidget(count_, 1);
  footer->addWidget(save_);
  column->addLayout(footer);
  section->setContent(content);
  return section;
}

QWidget* PredictPanel::makeLast() {
  last_ = new Section(tr("Times of this keyframe"));
  last_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  auto* content = new QWidget(last_);
  times_ = new QVBoxLayout(content);
  times_->setContentsMargins(0, 0, 0, 0);
  times_->setSpacing(2);
  last_->setContent(content);
  return last_;
}

void PredictPanel::refresh() {
  const QString& unavailable = predicting_.backend().unavailable;
  stack_->emptyState()->setText(tr("No network"), unavailable);
  if (!unavailable.isEmpty()) return stack_->showEmpty();
  stack_->showContent();
  chooser_->refresh();
  const QSignalBlocker quiet_target(target_), quiet_go(as_i_go_);
  target_->setCurrentIndex(int(predicting_.target()));
  as_i_go_->setChecked(predicting_.asIGo());
  as_i_go_->setEnabled(predicting_.whyNot().isEmpty());
  showProblem();
  showStatus();
  showLast();
}

void PredictPanel::showProblem() {
  const auto& problem = predicting_.problem();
  if (problem) error_->setProblem(*problem);
  use_anyway_->setVisible(predicting_.canUseAnyway());
  error_->setVisible(problem.has_value());
}

void PredictPanel::showStatus() {
  const Predicting::Status& status = predicting_.status();
  progress_->setVisible(status.isBusy());
  chooser_->setChoosable(status.total == 0);
  Progress::State state;
  state.done = std::int64_t(status.total > 0 ? status.done : std::size_t(std::lround(status.fraction * 100)));
  state.total = std::int64_t(status.total > 0                         ? status.total
                             : status.loading && status.fraction == 0 ? 0
                                                                      : 100);
  state.seconds_left = status.seconds_left;
  progress_->setState(state);
  progress_->setShowsPercent(status.total == 0);
  header_->setCount(status.loading ? tr("loading the network") : status.keyframe ? status.stage : QString());
}

/// How long the parts of the network took for the keyframe that is shown.
void PredictPanel::showLast() {
  const auto mine = predicting_.source();
  const std::size_t count = mine ? mine->count() : 0;
  count_->setWords(count == 0   ? QString()
                   : count == 1 ? tr("1 keyframe predicted")
                                : tr("%1 keyframes predicted").arg(groupedNumber(qint64(count))));
  save_->setVisible(count > 0);
  const auto frame = mine ? predicting_.find({std::nullopt, mine}, studio_.current()) : nullptr;
  last_->setVisible(frame != nullptr);
  if (!frame) return;
  last_->setSummary(durationText(frame->seconds));
  while (QLayoutItem* item = times_->takeAt(0)) {
    item->widget()->hide();
    item->widget()->deleteLater();
    delete item;
  }
  for (const StageTime& time : frame->times) {
    auto* line = new QWidget(last_->content());
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(
        makeLabel(QString::fromStdString(time.stage), Role::Text2, TextSize::Body, Weight::Normal, line), 1);
    row->addWidget(makeMonoLabel(durationText(time.seconds), Role::Text, TextSize::Small, line));
    times_->addWidget(line);
  }
  for (const std::string& note : frame->notes) {
    times_->addWidget(
        new WrappingLabel(toQString(note), Role::Text3, TextSize::Small, Weight::Normal, last_->content()));
  }
}

}  // namespace hbev::ui
