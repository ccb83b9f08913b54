#include "ui/training/train_dialog.h"

#include <algorithm>

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtGui/QKeyEvent>
#include <QtGui/QScreen>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/scroll_column.h"
#include "ui/kit/search_field.h"
#include "ui/kit/section.h"
#include "ui/kit/theme.h"
#include "ui/kit/wrapping_label.h"
#include "ui/predict/predict_choice.h"
#include "ui/training/grouped_number.h"
#include "ui/training/train_settings.h"
#include "ui/window/finding_list.h"

namespace hbev::ui {
namespace {

constexpr int kWidth = 920, kHeight = 690, kNameWidth = 108, kFieldGap = 8, kSoon_ms = 500;
/// Of the screen's height: for the window manager's frame.
constexpr int kFrame = 60;

ComboBox* makeChooser(const char* name, QWidget* parent) {
  auto* box = new ComboBox(parent);
  box->setObjectName(QString::fromLatin1(name));
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(10);
  return box;
}

QLabel* makeWrapped(QWidget* parent) {
  QLabel* label = makeLabel({}, Role::Text3, TextSize::Small, Weight::Normal, parent);
  label->setWordWrap(true);
  label->setTextFormat(Qt::PlainText);
  return label;
}

}  // namespace

TrainDialog::TrainDialog(Studio& studio, Predicting& predicting, RunStore& store, TrainBackend backend,
                         QWidget* parent)
    : QDialog(parent), studio_(studio), predicting_(predicting), store_(store), backend_(std::move(backend)) {
  setWindowTitle(tr("New run"));
  const int room = parent ? parent->screen()->availableGeometry().height() - kFrame : kHeight;
  resize(kWidth, std::min(kHeight, room));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* row = new QHBoxLayout;
  row->setSpacing(0);
  row->addWidget(makeForm(), 3);
  row->addWidget(makeLine(true, this));
  row->addWidget(makeFindings(), 2);
  column->addLayout(row, 1);
  column->addWidget(makeLine(false, this));
  column->addWidget(makeFooter());
  soon_.setSingleShot(true);
  soon_.setInterval(kSoon_ms);
  connect(&soon_, &QTimer::timeout, this, &TrainDialog::inspect);
  connect(&reading_config_, &BackgroundJob::finished, this, [this] {
    enableFields();
    showConfig();
    changed();
  });
  connect(&reading_config_, &BackgroundJob::failed, this, [this](const Problem& problem) {
    enableFields();
    showConfigProblem(problem);
    changed();
  });
  connect(&job_, &BackgroundJob::finished, this, [this] {
    is_inspected_ = true;
    showFindings();
  });
  connect(&job_, &BackgroundJob::failed, this, [this](const Problem& problem) {
    result_ = std::make_shared<Preflight>();
    result_->findings.push_back({Finding::State::Failure, "Check", problem.summary, {}, problem.advice});
    is_inspected_ = true;
    showFindings();
  });
  fillConfigs();
  fillWeights();
  fillSplits();
  takeConfig();
  changed();
  name_->setFocus();
}

void TrainDialog::addGroup(const QString& title) {
  if (rows_->count() > 0) rows_->addSpacing(10);
  rows_->addWidget(makeLabel(title, Role::Text, TextSize::Body, Weight::Semibold, this));
}

void TrainDialog::addRow(const QString& name, QWidget* control, const QString& help, QWidget* more) {
  auto* row = new QHBoxLayout;
  row->setSpacing(kFieldGap);
  QLabel* label = makeLabel(name, Role::Text2, TextSize::Body, Weight::Normal, this);
  label->setFixedWidth(kNameWidth);
  label->setBuddy(control);
  control->setAccessibleName(name);
  for (QWidget* each : std::initializer_list<QWidget*>{label, control})
    each->setToolTip(QStringLiteral("<b>%1</b><br>%2").arg(name, help));
  if (auto* field = qobject_cast<QLineEdit*>(control)) {
    // A long path does not fit.
    const auto tell = [field, about = field->toolTip()](const QString& text) {
      field->setToolTip(text.isEmpty() ? about
                                       : about + QStringLiteral("<br>") + breakable(text).toHtmlEscaped());
    };
    connect(field, &QLineEdit::textChanged, field, tell);
    tell(field->text());
  }
  row->addWidget(label);
  row->addWidget(control, 1);
  if (more) row->addWidget(more);
  rows_->addLayout(row);
}

QPushButton* TrainDialog::makeBrowse(const QString& help, const std::function<QString()>& choose,
                                     QLineEdit* field) {
  auto* button = makeButton(tr("Choose"), ButtonKind::Normal, {}, this, true);
  button->setToolTip(help);
  button->setAutoDefault(false);
  connect(button, &QPushButton::clicked, this, [choose, field] {
    if (const QString chosen = choose(); !chosen.isEmpty()) field->setText(chosen);
  });
  return button;
}

QWidget* TrainDialog::makeForm() {
  auto* scroll = new ScrollColumn(this);
  auto* content = new QWidget(scroll);
  rows_ = new QVBoxLayout(content);
  rows_->setContentsMargins(16, 14, 16, 14);
  rows_->setSpacing(8);
  rows_->addWidget(makeLabel(tr("New run"), Role::Text, TextSize::Title, Weight::Semibold, content));
  rows_->addSpacing(4);
  name_ = new QLineEdit(freeName(), content);
  name_->setObjectName(QStringLiteral("runName"));
  addRow(tr("Name"), name_,
         tr("The run's folder of this name is made in %1.").arg(store_.folder().toHtmlEscaped()));
  addGroup(tr("Data"));
  data_ = new QLineEdit(content);
  data_->setObjectName(QStringLiteral("runData"));
  if (studio_.dataset()) data_->setText(QString::fromStdString(studio_.dataset()->root().string()));
  addRow(tr("Data set"), data_, tr("A nuScenes folder with labels of Occ3D or OpenOcc."),
         makeBrowse(
             tr("Choose a folder"),
             [this] { return QFileDialog::getExistingDirectory(this, tr("Data set")); }, data_));
  split_ = makeChooser("split", content);
  evaluate_split_ = makeChooser("evaluateSplit", content);
  for (ComboBox* each : {split_, evaluate_split_})
    each->setEditable(true);
  addRow(tr("Train on"), split_, tr("Scenes to learn from: a split, a scene's name, or all."));
  addRow(tr("Evaluate on"), evaluate_split_,
         tr("Scenes that it does not learn from, for RayIoU on the way."));
  addGroup(tr("Network"));
  config_ = makeChooser("runConfig", content);
  addRow(tr("Configuration"), config_, tr("What the network is made of, and how it is trained."));
  about_ = makeWrapped(content);
  auto* about_row = new QHBoxLayout;
  about_row->addSpacing(kNameWidth + kFieldGap);
  about_row->addWidget(about_, 1);
  rows_->addLayout(about_row);
  weights_ = makeChooser("runWeights", content);
  auto* open_weights = makeButton(tr("Choose"), ButtonKind::Normal, {}, this, true);
  open_weights->setAutoDefault(false);
  connect(open_weights, &QPushButton::clicked, this, [this] {
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Weights"), {}, tr("Checkpoints (*.pth *.pt *.ckpt)"));
    if (file.isEmpty()) return;
    rememberWeights(file);
    fillWeights();
    weights_->setCurrentIndex(weights_->findData(file));
    changed();
  });
  addRow(tr("Begin with"), weights_, tr("Weights to go on from. What fits is taken."), open_weights);
  addGroup(tr("Training"));
  steps_ = makeNumber(1, 100'000'000, 2000, content);
  steps_->setObjectName(QStringLiteral("steps"));
  addRow(tr("Steps"), steps_, tr("How many batches it learns from. It can be stopped at any of them."));
  batch_ = makeNumber(1, 256, 1, content);
  batch_->setObjectName(QStringLiteral("batch"));
  addRow(tr("Batch"), batch_, tr("Keyframes a step. More are smoother and take more memory."));
  rate_ = new QLineEdit(content);
  rate_->setObjectName(QStringLiteral("rate"));
  addRow(tr("Learning rate"), rate_,
         tr("How far a step goes, after the warm-up: 0.0002. A tenth of the configuration's where the "
            "program's own weights go on."));
  seed_ = makeNumber(0, 2'000'000'000, 0, content);
  addRow(tr("Seed"), seed_, tr("The same seed gives the same run on the same machine."));
  checkpoint_every_ = makeNumber(1, 10'000'000, 200, content);
  addRow(tr("Checkpoint each"), checkpoint_every_, tr("Steps between checkpoints: what a crash can cost."));
  evaluate_every_ = makeNumber(0, 10'000'000, 200, content);
  addRow(tr("Evaluate each"), evaluate_every_, tr("Steps between evaluations by RayIoU; 0 for none."));
  boost_ = new QLineEdit(content);
  boost_->setObjectName(QStringLiteral("boost"));
  boost_->setPlaceholderText(tr("none"));
  addRow(tr("See more often"), boost_,
         tr("A list of keyframes that \"See more often\" in Worst frames has written."),
         makeBrowse(
             tr("Choose a list"),
             [this] {
               return QFileDialog::getOpenFileName(this, tr("List of keyframes"), {}, tr("JSON (*.json)"));
             },
             boost_));
  rows_->addSpacing(4);
  rows_->addWidget(makeAdvanced());
  rows_->addStretch(1);
  scroll->add(content);
  for (QLineEdit* each : {name_, data_, rate_, boost_})
    connect(each, &QLineEdit::textChanged, this, &TrainDialog::changed);
  connect(data_, &QLineEdit::editingFinished, this, &TrainDialog::fillSplits);
  for (QSpinBox* each : {steps_, batch_, seed_, checkpoint_every_, evaluate_every_})
    connect(each, &QSpinBox::valueChanged, this, &TrainDialog::changed);
  connect(weights_, &QComboBox::currentTextChanged, this, &TrainDialog::suggestRate);
  for (ComboBox* each : {split_, evaluate_split_, weights_})
    connect(each, &QComboBox::currentTextChanged, this, &TrainDialog::changed);
  connect(config_, &QComboBox::currentIndexChanged, this, [this] {
    takeConfig();
    changed();
  });
  return scroll;
}

QWidget* TrainDialog::makeAdvanced() {
  auto* section = new Section(tr("More settings"), this);
  section->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  settings_ = new TrainSettings(section);
  connect(settings_, &TrainSettings::changed, this, &TrainDialog::changed);
  section->setContent(settings_);
  section->setExpanded(false);
  return section;
}

QWidget* TrainDialog::makeFindings() {
  auto* box = new QWidget(this);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  QLabel* title = makeLabel(tr("Before the start"), Role::Text, TextSize::Body, Weight::Semibold, box);
  title->setContentsMargins(16, 14, 16, 6);
  column->addWidget(title);
  progress_ = new ProgressLine(box);
  progress_->setContentsMargins(16, 0, 16, 4);
  progress_->setCancellable(false);
  progress_->hide();
  column->addWidget(progress_);
  auto* scroll = new ScrollColumn(box);
  findings_ = new FindingList(FindingList::Style::Full, scroll);
  findings_->setObjectName(QStringLiteral("preflight"));
  scroll->add(findings_);
  column->addWidget(scroll, 1);
  return box;
}

QWidget* TrainDialog::makeFooter() {
  auto* footer = new QWidget(this);
  auto* row = new QHBoxLayout(footer);
  row->setContentsMargins(16, 10, 16, 10);
  row->setSpacing(8);
  summary_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, footer);
  summary_->setObjectName(QStringLiteral("startSummary"));
  row->addWidget(summary_, 1);
  auto* cancel = makeButton(tr("Cancel"), ButtonKind::Normal, {}, footer);
  cancel->setAutoDefault(false);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  start_ = makeButton(tr("Start"), ButtonKind::Primary, QStringLiteral("play"), footer);
  start_->setObjectName(QStringLiteral("startRun"));
  start_->setDefault(true);
  connect(start_, &QPushButton::clicked, this, &TrainDialog::start);
  row->addWidget(cancel);
  row->addWidget(start_);
  return footer;
}

/// Return presses the button that has the focus, and starts from every field. A number's field tells of a
/// change first, so that it is looked at anew.
void TrainDialog::keyPressEvent(QKeyEvent* event) {
  const bool is_return = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
  if (!is_return) return QDialog::keyPressEvent(event);
  if (auto* button = qobject_cast<QAbstractButton*>(focusWidget())) return button->click();
  start();
}

void TrainDialog::start() {
  starts_when_inspected_ = !is_inspected_;
  if (!is_inspected_) return summary_->setText(tr("Starts when it has been looked at"));
  if (!result_->canStart()) return;
  Q_EMIT startRequested(request());
  accept();
}

QString TrainDialog::freeName() const {
  // The check before the start looks at the disk; the window does not wait for it.
  const std::filesystem::path folder = store_.folder().toStdString();
  for (int number = 1;; ++number) {
    QString name = QStringLiteral("run-%1").arg(number, 2, 10, QLatin1Char('0'));
    const bool is_taken = store_.isExpected(folder / name.toStdString()) ||
                          std::ranges::any_of(store_.runs(), [&](const auto& each) {
                            return !each->is_attached && each->folder.filename() == name.toStdString();
                          });
    if (!is_taken) return name;
  }
}

TrainRequest TrainDialog::request() const {
  TrainRequest request;
  request.data = data_->text().trimmed();
  request.config = config_->currentData().toString();
  request.weights = weights_->currentData().toString();
  const QString name = name_->text().trimmed();
  if (!name.isEmpty()) request.folder = QDir(store_.folder()).absoluteFilePath(name);
  request.split = split_->currentText().trimmed();
  request.evaluate_split = evaluate_split_->currentText().trimmed();
  request.boost = boost_->text().trimmed();
  request.steps = steps_->value();
  request.batch = batch_->value();
  bool is_number = false;
  request.learning_rate = rate_->text().toDouble(&is_number);
  if (!is_number) request.learning_rate = 0;  // refused
  request.seed = quint64(seed_->value());
  request.checkpoint_every = checkpoint_every_->value();
  request.evaluate_every = evaluate_every_->value();
  request.device = predicting_.settings().device;
  request.settings = settings_->settings();
  request.evaluate_keyframes = without_field_.evaluate_keyframes;
  request.accumulate = without_field_.accumulate;
  request.exact_images = without_field_.exact_images;
  return request;
}

void TrainDialog::setRequest(const TrainRequest& request) {
  without_field_ = request;
  data_->setText(request.data);
  fillSplits();
  choose(*config_, request.config);
  takes_values_ = false;
  enableFields();
  choose(*weights_, request.weights);
  split_->setCurrentText(request.split);
  evaluate_split_->setCurrentText(request.evaluate_split);
  steps_->setValue(int(std::min<qint64>(request.steps, steps_->maximum())));
  batch_->setValue(request.batch);
  rate_->setText(settingNumber(request.learning_rate));
  seed_->setValue(int(std::min<quint64>(request.seed, quint64(seed_->maximum()))));
  checkpoint_every_->setValue(int(request.checkpoint_every));
  evaluate_every_->setValue(int(request.evaluate_every));
  boost_->setText(request.boost);
  settings_->setOthers(request.settings);
  if (!request.folder.isEmpty()) name_->setText(QFileInfo(request.folder).fileName());
}

void TrainDialog::setBoost(const QString& file) {
  boost_->setText(file);
}

const Preflight* TrainDialog::preflight() const {
  return is_inspected_ ? result_.get() : nullptr;
}

/// What was found is not of this any more.
void TrainDialog::changed() {
  is_inspected_ = starts_when_inspected_ = false;
  job_.abandon();
  markFields();
  start_->setEnabled(false);
  summary_->setText(tr("Looking at it"));
  setRole(summary_, Role::Text2);
  // The request has the values of another configuration until this one has been read.
  if (reading_config_.isRunning()) return soon_.stop();
  soon_.start();
}

void TrainDialog::inspect() {
  result_ = std::make_shared<Preflight>();
  progress_->setState({tr("Looking").toStdString(), 0, 0, {}, {}});
  progress_->show();
  const TrainRequest wanted = request();
  job_.startLoose([wanted, dataset = studio_.dataset(), network = predicting_.backend(), training = backend_,
                   experience = experienceOf(store_, wanted), out = result_](Progress& progress) {
    *out = inspectTraining(wanted, dataset, network, training, experience, progress);
  });
}

void TrainDialog::showFindings() {
  progress_->hide();
  findings_->setFindings(result_->findings);
  const bool can = result_->canStart();
  start_->setEnabled(can);
  setRole(summary_, can ? Role::Text2 : Role::Error);
  markFields();
  if (can) {
    summary_->setText(tr("It goes on without the window, and can be stopped and resumed."));
    if (starts_when_inspected_) start();
    return;
  }
  starts_when_inspected_ = false;
  const auto worst = std::ranges::find(result_->findings, Finding::State::Failure, &Finding::state);
  const auto more = std::ranges::count(result_->findings, Finding::State::Failure, &Finding::state) - 1;
  const QString why = tr("It cannot start. %1").arg(QString::fromStdString(worst->title));
  summary_->setText(more > 0 ? tr("%1, and %2 more.").arg(why).arg(more) : why + QLatin1Char('.'));
}

void TrainDialog::markFields() {
  bool is_number = false;
  const bool is_rate = rate_->text().toDouble(&is_number) > 0 && is_number;
  const auto isWrong = [this](const char* area) {
    return is_inspected_ && std::ranges::any_of(result_->findings, [&](const Finding& each) {
             return each.area == area && each.state == Finding::State::Failure;
           });
  };
  setWrong(name_, name_->text().trimmed().isEmpty() || isWrong("Folder"));
  setWrong(data_, isWrong("Data"));
  setWrong(rate_, !is_rate);
  setWrong(boost_, isWrong("See more often"));
}

}  // namespace hbev::ui
