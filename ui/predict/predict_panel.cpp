#include "ui/predict/predict_panel.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QFileInfo>
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "core/base/size_text.h"
#include "ui/kit/actions.h"
#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
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
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr int kNameWidth_px = 60;

WrappingLabel* makeWrapped(Role role, TextSize size, QWidget* parent) {
  return new WrappingLabel({}, role, size, Weight::Normal, parent);
}

QHBoxLayout* makeRow(const QString& name, QWidget* control, QWidget* parent, QWidget* more = nullptr) {
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  QLabel* label = makeLabel(name, Role::Text2, TextSize::Body, Weight::Normal, parent);
  label->setFixedWidth(kNameWidth_px);
  label->setBuddy(control);
  control->setAccessibleName(name);
  row->addWidget(label);
  row->addWidget(control, 1);
  if (more) {
    row->addWidget(more);
  } else {
    row->addStretch();  // controls of a fixed width stay at the left, in line with the others
  }
  return row;
}

/// Below a control: what it means, in line with it.
QHBoxLayout* makeHint(QLabel* label) {
  auto* row = new QHBoxLayout;
  row->setContentsMargins(kNameWidth_px + 8, 0, 0, 0);
  row->addWidget(label);
  return row;
}

QVBoxLayout* makeColumn(QWidget* content) {
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  return column;
}

QString makeText(const ModelConfig& config) {
  const QString past = config.past_keyframes == 1
                           ? PredictPanel::tr("1 past keyframe")
                           : PredictPanel::tr("%1 past keyframes").arg(config.past_keyframes);
  const ClassSet* classes = ClassSet::find(config.classes);
  return PredictPanel::tr("ResNet-%1, pictures %2 \u00D7 %3, %4; %5 classes%6.")
      .arg(config.backbone.depth)
      .arg(config.image.width)
      .arg(config.image.height)
      .arg(past)
      .arg(classes ? classes->size() : 0)
      .arg(config.flow ? PredictPanel::tr(", flow") : QString());
}

}  // namespace

QString durationText(double seconds) {
  if (seconds < 0.9995) return PredictPanel::tr("%1 ms").arg(std::lround(seconds * 1000));
  if (seconds < 9.95) return PredictPanel::tr("%1 s").arg(seconds, 0, 'f', 1);
  const auto whole = std::llround(seconds);
  if (whole < 60) return PredictPanel::tr("%1 s").arg(whole);
  return PredictPanel::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
}

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
  connect(&reading_config_, &BackgroundJob::finished, this, &PredictPanel::showConfigRead);
  connect(&reading_config_, &BackgroundJob::failed, this, &PredictPanel::showConfigProblem);
  layout->addWidget(progress_);
  stack_ = new PanelStack(this);
  column_ = new ScrollColumn(stack_);
  error_ = new ErrorNotice(column_);
  error_->setObjectName(QStringLiteral("problem"));
  use_anyway_ = error_->addButton(tr("Use anyway"));
  connect(use_anyway_, &QPushButton::clicked, &predicting, &Predicting::useAnyway);
  error_->hide();
  column_->add(error_);
  column_->add(makeNetwork());
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

QWidget* PredictPanel::makeNetwork() {
  network_ = new Section(tr("Network"));
  network_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  auto* content = new QWidget(network_);
  QVBoxLayout* column = makeColumn(content);
  const auto makeChooser = [&](const char* name) {
    auto* box = new ComboBox(content);
    box->setObjectName(QString::fromLatin1(name));
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(8);
    return box;
  };
  config_ = makeChooser("config");
  auto* open_config =
      makeIconButton(QStringLiteral("open-folder"), tr("Open a configuration (.toml)"), content);
  connect(open_config, &QToolButton::clicked, this, &PredictPanel::browseConfig);
  connect(config_, &QComboBox::activated, this, [this] {
    change([this](NetworkChoice& choice) {
      const QString before = shippedWeights(predicting_.backend(), choice.config);
      choice.config = config_->currentData().toString();
      // Shipped weights fit their own configuration only.
      if (choice.weights == before) choice.weights = shippedWeights(predicting_.backend(), choice.config);
    });
  });
  about_ = makeWrapped(Role::Text3, TextSize::Small, content);
  weights_ = makeChooser("weights");
  auto* open_weights = makeIconButton(QStringLiteral("open-folder"), tr("Open weights (.pth)"), content);
  connect(open_weights, &QToolButton::clicked, this, &PredictPanel::browseWeights);
  connect(weights_, &QComboBox::activated, this, [this] {
    change([this](NetworkChoice& choice) { choice.weights = weights_->currentData().toString(); });
  });
  fit_ = makeWrapped(Role::Text3, TextSize::Small, content);
  untrained_ =
      new NoticeLine(NoticeLine::Kind::Warn, tr("Untrained: its voxels mean nothing."), tr("Open"), content);
  connect(untrained_, &NoticeLine::actionTriggered, this, &PredictPanel::browseWeights);
  mode_ = new SegmentedControl(content);
  mode_->setObjectName(QStringLiteral("mode"));
  mode_->addSegment(tr("Exact"), {}, tr("Everything anew for every keyframe, as the reference does."));
  mode_->addSegment(tr("Streaming"), {},
                    tr("Keeps what it computed of past keyframes: faster in a row, slightly different."));
  connect(mode_, &SegmentedControl::currentChanged, this,
          [this](int index) { change([index](NetworkChoice& choice) { choice.streaming = index == 1; }); });
  column->addLayout(makeRow(tr("Config"), config_, content, open_config));
  column->addLayout(makeHint(about_));
  column->addLayout(makeRow(tr("Weights"), weights_, content, open_weights));
  column->addWidget(untrained_);
  column->addLayout(makeHint(fit_));
  column->addLayout(makeRow(tr("Mode"), mode_, content));
  half_ = new QCheckBox(tr("Half precision"), content);
  half_->setObjectName(QStringLiteral("half"));
  connect(half_, &QCheckBox::toggled, this,
          [this](bool on) { change([on](NetworkChoice& choice) { choice.half = on; }); });
  auto* half_row = new QHBoxLayout;
  half_row->setContentsMargins(kNameWidth_px + 8, 0, 0, 0);
  half_row->addWidget(half_);
  half_hint_ = makeWrapped(Role::Text3, TextSize::Small, content);
  column->addLayout(half_row);
  column->addLayout(makeHint(half_hint_));
  network_->setContent(content);
  return network_;
}

QWidget* PredictPanel::makeWork(ActionRegistry& actions) {
  auto* section = new Section(tr("Predict"));
  section->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  auto* content = new QWidget(section);
  QVBoxLayout* column = makeColumn(content);
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
  column->addLayout(makeRow(tr("Show in"), target_, content));
  count_ = makeWrapped(Role::Text3, TextSize::Small, content);
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
  times_ = makeColumn(content);
  times_->setSpacing(2);
  last_->setContent(content);
  return last_;
}

void PredictPanel::fillConfigs() {
  if (!predicting_.backend().unavailable.isEmpty()) return;
  const QSignalBlocker quiet(config_);
  config_->clear();
  try {
    for (const NamedConfig& each : predicting_.backend().configs()) {
      config_->addItem(QString::fromStdString(each.name), QString::fromStdString(each.name));
      config_->setItemData(config_->count() - 1, QString::fromStdString(each.about), Qt::ToolTipRole);
    }
  } catch (const Error& error) {
    about_->setWords(QString::fromStdString(toString(error.problem())));
  }
  QStringList files = recentConfigs();
  const QString& chosen = predicting_.choice().config;
  if (config_->findData(chosen) < 0 && !files.contains(chosen)) files.prepend(chosen);
  for (const QString& file : files) {
    config_->addItem(QFileInfo(file).fileName(), file);
    config_->setItemData(config_->count() - 1, file, Qt::ToolTipRole);
  }
  config_->setCurrentIndex(config_->findData(chosen));
}

void PredictPanel::fillWeights() {
  const QSignalBlocker quiet(weights_);
  weights_->clear();
  weights_->addItem(tr("None: untrained weights"), QString());
  const QString shipped = shippedWeights(predicting_.backend(), predicting_.choice().config);
  if (!shipped.isEmpty()) {
    weights_->addItem(tr("Comes with the program"), shipped);
    weights_->setItemData(weights_->count() - 1, shipped, Qt::ToolTipRole);
  }
  QStringList files = recentWeights();
  const QString& chosen = predicting_.choice().weights;
  files.removeAll(shipped);
  if (!chosen.isEmpty() && chosen != shipped && !files.contains(chosen)) files.prepend(chosen);
  for (const QString& file : files) {
    weights_->addItem(QFileInfo(file).fileName(), file);
    weights_->setItemData(weights_->count() - 1, file, Qt::ToolTipRole);
  }
  weights_->setCurrentIndex(weights_->findData(chosen));
}

void PredictPanel::change(const std::function<void(NetworkChoice&)>& change) {
  NetworkChoice choice = predicting_.choice();
  choice.despite_mismatch = false;
  change(choice);
  predicting_.choose(choice);
  refresh();  // a choice that was refused is not shown
}

void PredictPanel::chooseFile(const QString& path) {
  const QString file = QFileInfo(path).absoluteFilePath();
  if (file.endsWith(QStringLiteral(".toml"), Qt::CaseInsensitive)) {
    rememberConfig(file);
    change([&](NetworkChoice& choice) { choice.config = file; });
  } else {
    change([&](NetworkChoice& choice) { choice.weights = file; });
  }
}

void PredictPanel::browseWeights() {
  const QString start = QFileInfo(recentWeights().value(0)).path();
  const QString file =
      QFileDialog::getOpenFileName(this, tr("Open weights"), start, tr("Checkpoints (*.pth *.pt);;All (*)"));
  if (!file.isEmpty()) chooseFile(file);
}

void PredictPanel::browseConfig() {
  const QString start = QFileInfo(recentConfigs().value(0)).path();
  const QString file =
      QFileDialog::getOpenFileName(this, tr("Open a configuration"), start, tr("Configurations (*.toml)"));
  if (!file.isEmpty()) chooseFile(file);
}

void PredictPanel::refresh() {
  const QString& unavailable = predicting_.backend().unavailable;
  stack_->emptyState()->setText(tr("No network"), unavailable);
  if (!unavailable.isEmpty()) return stack_->showEmpty();
  stack_->showContent();
  if (listed_ != predicting_.choice()) {
    fillConfigs();
    fillWeights();
    listed_ = predicting_.choice();
  }
  showConfig();
  showFit();
  showHalf();
  const QSignalBlocker quiet_mode(mode_), quiet_target(target_), quiet_go(as_i_go_);
  mode_->setCurrentIndex(predicting_.choice().streaming ? 1 : 0);
  target_->setCurrentIndex(int(predicting_.target()));
  as_i_go_->setChecked(predicting_.asIGo());
  as_i_go_->setEnabled(predicting_.whyNot().isEmpty());
  showProblem();
  showStatus();
  showLast();
}

void PredictPanel::showConfig() {
  const QString config = predicting_.choice().config;
  config_->setCurrentIndex(config_->findData(config));
  config_->setToolTip(config_->currentData(Qt::ToolTipRole).toString());
  if (config == shown_config_) return;
  shown_config_ = config;
  config_read_ = std::make_shared<ModelConfig>();
  about_->setWords({});  // of the former one
  const auto read = [name = config.toStdString(), find = predicting_.backend().config, out = config_read_] {
    *out = find(name);
  };
  if (isConfigFile(config)) return reading_config_.startLoose([read](Progress&) { read(); });
  reading_config_.abandon();
  try {
    read();
    showConfigRead();
  } catch (const Error& error) {
    showConfigProblem(error.problem());
  }
}

void PredictPanel::showConfigRead() {
  const QString about = config_->currentData(Qt::ToolTipRole).toString(), facts = makeText(*config_read_);
  const bool is_shipped = !isConfigFile(shown_config_);
  about_->setWords(is_shipped && !about.isEmpty() ? about + QStringLiteral(". ") + facts : facts);
  setRole(about_, Role::Text3);
}

void PredictPanel::showConfigProblem(const Problem& problem) {
  about_->setWords(QString::fromStdString(toString(problem)));
  setRole(about_, Role::Error);
}

void PredictPanel::showFit() {
  const NetworkChoice& choice = predicting_.choice();
  const PredictorFacts* facts = predicting_.facts();
  weights_->setCurrentIndex(weights_->findData(choice.weights));
  untrained_->setVisible(choice.isUntrained());
  weights_->setToolTip(choice.weights);
  QStringList lines;
  if (facts) {
    if (!choice.isUntrained()) lines << QString::fromStdString(facts->fit) + QLatin1Char('.');
    lines << tr("%1 parameters on %2.")
                 .arg(groupedNumber(qint64(facts->parameters)), QString::fromStdString(facts->device));
    if (facts->peak_bytes > 0)
      lines << tr("At most %1 of memory so far.").arg(QString::fromStdString(sizeText(facts->peak_bytes)));
  }
  fit_->setWords(lines.join(QLatin1Char('\n')));
  fit_->setVisible(!lines.isEmpty());
  setRole(fit_, facts && choice.despite_mismatch ? Role::Warn : Role::Text3);
}

/// What it is worth depends on what the network runs on, as far as that is known.
void PredictPanel::showHalf() {
  const QSignalBlocker quiet(half_);
  const bool on = predicting_.choice().half;
  half_->setChecked(on);
  if (const PredictorFacts* facts = predicting_.facts()) device_ = QString::fromStdString(facts->device);
  const QString& set = predicting_.settings().device;
  const QString& device = set == QStringLiteral("auto") ? device_ : set;
  const bool is_processor = device.startsWith(QStringLiteral("cpu"), Qt::CaseInsensitive);
  const QString card = tr("float16 on a card: faster, slightly different."),
                processor =
                    tr("bfloat16 on a processor: seldom faster. With the demo weights 3 % of the "
                       "occupied voxels differ.");
  half_->setToolTip(card + QLatin1Char('\n') + processor);
  half_hint_->setWords(is_processor ? processor : device.isEmpty() ? half_->toolTip() : card);
  half_hint_->setVisible(on);
  setRole(half_hint_, is_processor ? Role::Warn : Role::Text3);
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
  const bool choosable = status.total == 0;
  for (QWidget* chooser : {static_cast<QWidget*>(config_), static_cast<QWidget*>(weights_),
                           static_cast<QWidget*>(mode_), static_cast<QWidget*>(half_)})
    chooser->setEnabled(choosable);
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
    WrappingLabel* label = makeWrapped(Role::Text3, TextSize::Small, last_->content());
    label->setWords(QString::fromStdString(note));
    times_->addWidget(label);
  }
}

}  // namespace hbev::ui
