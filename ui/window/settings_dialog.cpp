#include "ui/window/settings_dialog.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QTimer>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include "core/base/processors.h"
#include "core/base/size_text.h"
#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/label.h"
#include "ui/kit/scroll_column.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/kit/timeline.h"
#include "ui/predict/predicting.h"
#include "ui/state/prediction_store.h"
#include "ui/state/studio.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr int kSettingsMargin_px = 40;
constexpr int kWidth = 520, kControlWidth = 220, kUseEach_ms = 500;

QString sizeWords(std::uint64_t bytes) {
  return toQString(sizeText(bytes));
}

/// Selects the entry with this data; one that is not in the list yet is added.
void choose(ComboBox& box, const QVariant& value, const QString& name) {
  if (box.findData(value) < 0) box.addItem(name, value);
  box.setCurrentIndex(box.findData(value));
}

}  // namespace

SettingsDialog::SettingsDialog(Studio& studio, Predicting& predicting, QWidget* parent)
    : QDialog(parent), studio_(studio), predicting_(predicting) {
  setWindowTitle(tr("Settings"));
  setFixedWidth(kWidth);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* scroll = new ScrollColumn(this);
  auto* content = new QWidget(scroll);
  rows_ = new QVBoxLayout(content);
  rows_->setContentsMargins(16, 8, 16, 12);
  rows_->setSpacing(0);
  scroll->add(content);
  outer->addWidget(scroll, 1);
  addLook();
  addLoading();
  addPlay();
  if (predicting.backend().unavailable.isEmpty()) addNetwork();
  auto* footer = new QHBoxLayout;
  footer->setContentsMargins(16, 8, 16, 12);
  footer->addWidget(
      makeLabel(tr("Changes apply at once."), Role::Text3, TextSize::Small, Weight::Normal, this));
  footer->addStretch(1);
  auto* close = makeButton(tr("Close"), ButtonKind::Primary, {}, this);
  close->setDefault(true);
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  footer->addWidget(close);
  outer->addWidget(makeLine(false, this));
  outer->addLayout(footer);
  auto* timer = new QTimer(this);
  timer->setInterval(kUseEach_ms);
  connect(timer, &QTimer::timeout, this, &SettingsDialog::showUse);
  timer->start();
  showUse();
  // In a low window it scrolls.
  const int wanted =
      rows_->totalHeightForWidth(kWidth) + outer->sizeHint().height() - scroll->sizeHint().height();
  resize(kWidth, parent ? std::min(wanted, parent->window()->height() - kSettingsMargin_px) : wanted);
}

void SettingsDialog::addGroup(const QString& title) {
  if (rows_->count() > 0) rows_->addSpacing(12);
  QLabel* label = makeLabel(title, Role::Text, TextSize::Body, Weight::Semibold, this);
  label->setFixedHeight(28);
  rows_->addWidget(label);
  rows_->addWidget(makeLine(false, this));
}

void SettingsDialog::addRow(const QString& name, QWidget* control, const QString& hint) {
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 10, 0, 0);
  QLabel* label = makeLabel(name, Role::Text, TextSize::Body, Weight::Normal, this);
  label->setBuddy(control);
  control->setAccessibleName(name);
  control->setFixedWidth(kControlWidth);
  row->addWidget(label, 1);
  row->addWidget(control);
  rows_->addLayout(row);
  QLabel* line = makeLabel(hint, Role::Text3, TextSize::Small, Weight::Normal, this);
  line->setWordWrap(true);
  line->setContentsMargins(0, 2, 0, 0);
  rows_->addWidget(line);
}

void SettingsDialog::addLook() {
  addGroup(tr("Look"));
  auto* theme = new SegmentedControl(this);
  theme->setObjectName(QStringLiteral("theme"));
  for (const QString& name : {tr("System"), tr("Dark"), tr("Light")})
    theme->addSegment(name);
  theme->setCurrentIndex(int(Theme::current().mode()));
  connect(theme, &SegmentedControl::currentChanged, this,
          [](int index) { Theme::current().setMode(Theme::Mode(index)); });
  connect(&Theme::current(), &Theme::changed, theme,
          [theme] { theme->setCurrentIndex(int(Theme::current().mode())); });
  addRow(tr("Theme"), theme, tr("System is as the desktop says."));
}

void SettingsDialog::addLoading() {
  const StreamSettings& now = studio_.settings();
  addGroup(tr("Loading"));
  auto* memory = new ComboBox(this);
  memory->setObjectName(QStringLiteral("memory"));
  const std::uint64_t all = machineMemory();
  memory->addItem(tr("A quarter of the memory, %1").arg(sizeWords(all / 4)), 0);
  for (int megabytes = 500; std::uint64_t(megabytes) * kMegabyte <= all; megabytes *= 2)
    memory->addItem(sizeWords(std::uint64_t(megabytes) * kMegabyte), megabytes);
  choose(*memory, now.memory_mb, sizeWords(std::uint64_t(now.memory_mb) * kMegabyte));
  connect(memory, &QComboBox::activated, this, [this, memory] {
    change([&](StreamSettings& settings) { settings.memory_mb = memory->currentData().toInt(); });
  });
  addRow(tr("Memory for what is loaded"), memory, tr("Scenes are kept whole as long as they fit."));
  use_ = makeMonoLabel({}, Role::Text3, TextSize::Small, this);
  rows_->addWidget(use_);

  auto* threads = new ComboBox(this);
  threads->setObjectName(QStringLiteral("threads"));
  const auto processors = unsigned(usableProcessors());
  threads->addItem(tr("One for each processor (%1)").arg(processors), 0U);
  for (unsigned count = 1; count < processors; count *= 2)
    threads->addItem(QString::number(count), count);
  choose(*threads, now.threads, QString::number(now.threads));
  connect(threads, &QComboBox::activated, this, [this, threads] {
    change([&](StreamSettings& settings) { settings.threads = threads->currentData().toUInt(); });
  });
  addRow(tr("Threads that decode pictures"), threads, tr("Fewer leave room for training beside the window."));

  auto* size = new SegmentedControl(this);
  size->setObjectName(QStringLiteral("size"));
  size->addSegment(tr("As shown"));
  size->addSegment(tr("Full"));
  size->setCurrentIndex(now.full_size ? 1 : 0);
  connect(size, &SegmentedControl::currentChanged, this,
          [this](int index) { change([&](StreamSettings& settings) { settings.full_size = index == 1; }); });
  addRow(tr("Size of pictures"), size, tr("Full size takes four to sixty times the memory, and longer."));

  auto* quality = new SegmentedControl(this);
  quality->setObjectName(QStringLiteral("quality"));
  quality->addSegment(tr("Fine"));
  quality->addSegment(tr("Fast"));
  quality->setCurrentIndex(now.image_quality == ImageQuality::Fast ? 1 : 0);
  connect(quality, &SegmentedControl::currentChanged, this, [this](int index) {
    change([&](StreamSettings& settings) {
      settings.image_quality = index == 1 ? ImageQuality::Fast : ImageQuality::Fine;
    });
  });
  addRow(tr("Quality of pictures"), quality, tr("Fast is a shade off at sharp edges."));
}

void SettingsDialog::addPlay() {
  const StreamSettings& now = studio_.settings();
  addGroup(tr("Play"));
  auto* speed = new ComboBox(this);
  speed->setObjectName(QStringLiteral("speed"));
  const auto name = [](double factor) {
    return tr("%1 \u00D7, %2 keyframes a second").arg(factor).arg(2 * factor);
  };
  for (const double factor : Timeline::speeds())
    speed->addItem(name(factor), factor);
  choose(*speed, now.speed, name(now.speed));
  connect(speed, &QComboBox::activated, this, [this, speed] {
    change([&](StreamSettings& settings) { settings.speed = speed->currentData().toDouble(); });
  });
  addRow(tr("Speed at the start"), speed, tr("The timeline changes it for the time being."));
  auto* sweeps = new QCheckBox(tr("12 pictures a second"), this);
  sweeps->setObjectName(QStringLiteral("sweeps"));
  sweeps->setChecked(now.sweeps);
  connect(sweeps, &QCheckBox::toggled, this,
          [this](bool on) { change([&](StreamSettings& settings) { settings.sweeps = on; }); });
  addRow(tr("Pictures between keyframes"), sweeps,
         tr("The voxels stay those of the nearest keyframe, and the car drives on among them."));
}

/// Where the network runs.
void SettingsDialog::addNetwork() {
  const NetworkSettings& now = predicting_.settings();
  addGroup(tr("Network"));
  auto* device = new ComboBox(this);
  device->setObjectName(QStringLiteral("device"));
  device->addItem(tr("The fastest there is"), QStringLiteral("auto"));
  for (const DeviceInfo& each : predicting_.backend().devices())
    device->addItem(QString::fromStdString(each.title), QString::fromStdString(each.id));
  choose(*device, now.device, tr("%1, absent now").arg(now.device));
  connect(device, &QComboBox::activated, this, [this, device] {
    changeNetwork([&](NetworkSettings& settings) { settings.device = device->currentData().toString(); });
  });
  addRow(tr("Device"), device, tr("What the network runs on, from the next keyframe on."));

  auto* threads = new ComboBox(this);
  threads->setObjectName(QStringLiteral("networkThreads"));
  const int processors = usableProcessors();
  threads->addItem(tr("One for each processor (%1)").arg(processors), 0);
  for (int count = 1; count < processors; count *= 2)
    threads->addItem(QString::number(count), count);
  choose(*threads, now.threads, QString::number(now.threads));
  connect(threads, &QComboBox::activated, this, [this, threads] {
    changeNetwork([&](NetworkSettings& settings) { settings.threads = threads->currentData().toInt(); });
  });
  addRow(tr("Threads of the network"), threads, tr("Fewer leave room for play beside it."));

  auto* exact = new QCheckBox(tr("As the reference does"), this);
  exact->setObjectName(QStringLiteral("exactPictures"));
  exact->setChecked(now.exact_images);
  connect(exact, &QCheckBox::toggled, this,
          [this](bool on) { changeNetwork([&](NetworkSettings& settings) { settings.exact_images = on; }); });
  addRow(tr("Prepare pictures"), exact,
         tr("Without it they are decoded smaller: faster, slightly different."));
  addKept();
}

/// How much of what it predicted is kept on disk.
void SettingsDialog::addKept() {
  auto* kept = new ComboBox(this);
  kept->setObjectName(QStringLiteral("keptPredictions"));
  const int now_mb = int(keptPredictionsLimit() / kMegabyte);
  for (const int megabytes : {250, 1000, 4000, 16000, 64000})
    kept->addItem(sizeWords(std::uint64_t(megabytes) * kMegabyte), megabytes);
  choose(*kept, now_mb, sizeWords(std::uint64_t(now_mb) * kMegabyte));
  connect(kept, &QComboBox::activated, this,
          [kept] { setKeptPredictionsLimit(std::uint64_t(kept->currentData().toInt()) * kMegabyte); });
  addRow(tr("Predictions kept on disk"), kept,
         tr("%1 now. Those go first that nobody has looked at for longest.")
             .arg(sizeWords(keptPredictions(predictionFolder()))));
}

void SettingsDialog::changeNetwork(const std::function<void(NetworkSettings&)>& change) {
  NetworkSettings settings = predicting_.settings();
  change(settings);
  predicting_.applySettings(settings);
  settings.save();
}

void SettingsDialog::change(const std::function<void(StreamSettings&)>& change) {
  StreamSettings settings = studio_.settings();
  change(settings);
  studio_.applySettings(settings);
  settings.save();
  showUse();
}

void SettingsDialog::showUse() {
  const CacheStatus status = studio_.cacheStatus();
  use_->setText(tr("%1 of %2 in use").arg(sizeWords(status.bytes), sizeWords(status.budget_bytes)));
}

}  // namespace hbev::ui
