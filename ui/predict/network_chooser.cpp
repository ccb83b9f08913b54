#include "ui/predict/network_chooser.h"

#include <QtCore/QFileInfo>
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "core/base/size_text.h"
#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/wrapping_label.h"
#include "ui/predict/named_row.h"

namespace hbev::ui {
namespace {

QString textOf(const ModelConfig& config) {
  const QString past = config.past_keyframes == 1
                           ? NetworkChooser::tr("1 past keyframe")
                           : NetworkChooser::tr("%1 past keyframes").arg(config.past_keyframes);
  const ClassSet* classes = ClassSet::find(config.classes);
  return NetworkChooser::tr("ResNet-%1, pictures %2 \u00D7 %3, %4; %5 classes%6.")
      .arg(config.backbone.depth)
      .arg(config.image.width)
      .arg(config.image.height)
      .arg(past)
      .arg(classes ? classes->size() : 0)
      .arg(config.flow ? NetworkChooser::tr(", flow") : QString());
}

}  // namespace

NetworkChooser::NetworkChooser(Predicting& predicting, QWidget* parent)
    : QWidget(parent), predicting_(predicting) {
  connect(&reading_config_, &BackgroundJob::finished, this, &NetworkChooser::showConfigRead);
  connect(&reading_config_, &BackgroundJob::failed, this, &NetworkChooser::showConfigProblem);
  makeControls();
  placeControls();
}

void NetworkChooser::makeControls() {
  const auto makeChooser = [&](const char* name) {
    auto* box = new ComboBox(this);
    box->setObjectName(QString::fromLatin1(name));
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(8);
    return box;
  };
  const auto makeHint = [this] {
    return new WrappingLabel({}, Role::Text3, TextSize::Small, Weight::Normal, this);
  };
  config_ = makeChooser("config");
  connect(config_, &QComboBox::activated, this, [this] {
    change([this](NetworkChoice& choice) {
      const QString before = shippedWeights(predicting_.backend(), choice.config);
      choice.config = config_->currentData().toString();
      // Shipped weights fit their own configuration only.
      if (choice.weights == before) choice.weights = shippedWeights(predicting_.backend(), choice.config);
    });
  });
  about_ = makeHint();
  weights_ = makeChooser("weights");
  connect(weights_, &QComboBox::activated, this, [this] {
    change([this](NetworkChoice& choice) { choice.weights = weights_->currentData().toString(); });
  });
  fit_ = makeHint();
  untrained_ =
      new NoticeLine(NoticeLine::Kind::Warn, tr("Untrained: its voxels mean nothing."), tr("Open"), this);
  connect(untrained_, &NoticeLine::actionTriggered, this, &NetworkChooser::browseWeights);
  mode_ = new SegmentedControl(this);
  mode_->setObjectName(QStringLiteral("mode"));
  mode_->addSegment(tr("Exact"), {}, tr("Everything anew for every keyframe, as the reference does."));
  mode_->addSegment(tr("Streaming"), {},
                    tr("Keeps what it computed of past keyframes: faster in a row, slightly different."));
  connect(mode_, &SegmentedControl::currentChanged, this,
          [this](int index) { change([index](NetworkChoice& choice) { choice.streaming = index == 1; }); });
  half_ = new QCheckBox(tr("Half precision"), this);
  half_->setObjectName(QStringLiteral("half"));
  connect(half_, &QCheckBox::toggled, this,
          [this](bool on) { change([on](NetworkChoice& choice) { choice.half = on; }); });
  half_hint_ = makeHint();
}

void NetworkChooser::placeControls() {
  auto* open_config = makeIconButton(QStringLiteral("open-folder"), tr("Open a configuration (.toml)"), this);
  connect(open_config, &QToolButton::clicked, this, &NetworkChooser::browseConfig);
  auto* open_weights = makeIconButton(QStringLiteral("open-folder"), tr("Open weights (.pth)"), this);
  connect(open_weights, &QToolButton::clicked, this, &NetworkChooser::browseWeights);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  column->addLayout(makeNamedRow(tr("Config"), config_, this, open_config));
  column->addLayout(makeUnnamedRow(about_));
  column->addLayout(makeNamedRow(tr("Weights"), weights_, this, open_weights));
  column->addWidget(untrained_);
  column->addLayout(makeUnnamedRow(fit_));
  column->addLayout(makeNamedRow(tr("Mode"), mode_, this));
  column->addLayout(makeUnnamedRow(half_));
  column->addLayout(makeUnnamedRow(half_hint_));
}

void NetworkChooser::setChoosable(bool choosable) {
  for (QWidget* chooser : std::initializer_list<QWidget*>{config_, weights_, mode_, half_})
    chooser->setEnabled(choosable);
}

void NetworkChooser::refresh() {
  if (listed_ != predicting_.choice()) {
    fillConfigs();
    fillWeights();
    listed_ = predicting_.choice();
  }
  showConfig();
  showFit();
  showHalf();
  const QSignalBlocker quiet(mode_);
  mode_->setCurrentIndex(predicting_.choice().streaming ? 1 : 0);
}

void NetworkChooser::fillConfigs() {
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

void NetworkChooser::fillWeights() {
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

void NetworkChooser::change(const std::function<void(NetworkChoice&)>& change) {
  NetworkChoice choice = predicting_.choice();
  choice.despite_mismatch = false;
  change(choice);
  predicting_.choose(choice);
  refresh();  // a choice that was refused is not shown
}

void NetworkChooser::chooseFile(const QString& path) {
  const QString file = QFileInfo(path).absoluteFilePath();
  if (file.endsWith(QStringLiteral(".toml"), Qt::CaseInsensitive)) {
    rememberConfig(file);
    change([&](NetworkChoice& choice) { choice.config = file; });
  } else {
    change([&](NetworkChoice& choice) { choice.weights = file; });
  }
}

void NetworkChooser::browseWeights() {
  const QString start = QFileInfo(recentWeights().value(0)).path();
  const QString file =
      QFileDialog::getOpenFileName(this, tr("Open weights"), start, tr("Checkpoints (*.pth *.pt);;All (*)"));
  if (!file.isEmpty()) chooseFile(file);
}

void NetworkChooser::browseConfig() {
  const QString start = QFileInfo(recentConfigs().value(0)).path();
  const QString file =
      QFileDialog::getOpenFileName(this, tr("Open a configuration"), start, tr("Configurations (*.toml)"));
  if (!file.isEmpty()) chooseFile(file);
}

void NetworkChooser::showConfig() {
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

void NetworkChooser::showConfigRead() {
  const QString about = config_->currentData(Qt::ToolTipRole).toString(), facts = textOf(*config_read_);
  const bool is_shipped = !isConfigFile(shown_config_);
  about_->setWords(is_shipped && !about.isEmpty() ? about + QStringLiteral(". ") + facts : facts);
  setRole(about_, Role::Text3);
}

void NetworkChooser::showConfigProblem(const Problem& problem) {
  about_->setWords(QString::fromStdString(toString(problem)));
  setRole(about_, Role::Error);
}

void NetworkChooser::showFit() {
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
void NetworkChooser::showHalf() {
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

}  // namespace hbev::ui
