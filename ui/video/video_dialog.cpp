#include "ui/video/video_dialog.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QSettings>
#include <QtCore/QSignalBlocker>
#include <QtCore/QStandardPaths>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/label.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/segmented_control.h"
#include "ui/video/video_recorder.h"
#include "ui/video/video_stage.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

constexpr int kVideoDialogWidth_px = 560, kVideoControl_px = 340, kVideoSpin_px = 72;
enum Part { WholeScene, LoopRange, FromTo };

QString videoKey(const char* name) {
  return QStringLiteral("video/") + QLatin1String(name);
}

QString lastVideoFolder() {
  return QSettings().value(videoKey("folder")).toString();
}

/// `last` where it is there still. Asks the disk.
QString videoFolder(const QString& last) {
  if (!last.isEmpty() && QFileInfo(last).isDir()) return last;
  const QString movies = QStandardPaths::writableLocation(QStandardPaths::MoviesLocation);
  return QFileInfo(movies).isDir() ? movies : QDir::homePath();
}

QString fileIn(const QString& folder, const std::string& name) {
  return QDir(folder.isEmpty() ? QDir::homePath() : folder).filePath(QString::fromStdString(name));
}

}  // namespace

VideoDialog::VideoDialog(MainWindow& window) : QDialog(&window), window_(window) {
  setObjectName(QStringLiteral("video"));
  setWindowTitle(tr("Save video"));
  setFixedWidth(kVideoDialogWidth_px);
  pages_ = new QStackedWidget(this);
  pages_->addWidget(makeForm());
  pages_->addWidget(makeProgress());
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 12, 16, 12);
  layout->addWidget(pages_);
  VideoRecorder& recorder = window.video();
  connect(&recorder, &VideoRecorder::progressed, progress_, &ProgressLine::setState);
  connect(&recorder, &VideoRecorder::finished, this, &QDialog::accept);
  connect(&recorder, &VideoRecorder::stopped, this, [this] { showEnd(tr("The video was stopped.")); });
  connect(&recorder, &VideoRecorder::failed, this,
          [this](const Problem& problem) { showEnd(QString::fromStdString(toString(problem))); });
  connect(&asking_, &BackgroundJob::finished, this,
          [this] { *is_file_ ? askToReplace(begun_.path) : start(); });
  connect(&window.studio(), &Studio::datasetChanged, this, [this] {
    if (asking_.isRunning()) stop();  // the scene that it was begun for has gone
  });
  showRange();
  showKind();
  look();
}

void VideoDialog::look() {
  seen_ = std::make_shared<Seen>();
  const QString last = lastVideoFolder();
  connect(&looking_, &BackgroundJob::finished, this, [this, suggested = path_->text(), last] {
    sweeps_absent_->setText(seen_->no_sweeps);
    const bool is_begun = pages_->currentIndex() != 0;
    if (!is_begun && path_->text() == suggested && seen_->folder != last)
      path_->setText(QDir(seen_->folder).filePath(QFileInfo(suggested).fileName()));
    showEstimate();
  });
  looking_.startLoose([last, moments = window_.studio().sweeps().moments(), out = seen_](Progress&) {
    *out = {whyNoSweeps(moments), videoFolder(last)};
  });
}

void VideoDialog::addRow(QVBoxLayout& rows, const QString& name, QWidget* control) {
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 0, 0);
  QLabel* label = makeLabel(name, Role::Text, TextSize::Body, Weight::Normal, control->parentWidget());
  label->setBuddy(control);
  if (control->accessibleName().isEmpty()) control->setAccessibleName(name);
  row->addWidget(label, 1);
  control->setFixedWidth(kVideoControl_px);
  row->addWidget(control);
  rows.addLayout(row);
}

QWidget* VideoDialog::makeForm() {
  auto* form = new QWidget(pages_);
  auto* rows = new QVBoxLayout(form);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(10);
  QWidget* file = makeFile(form);  // the sizes that can be chosen depend on the whole plan
  part_ = new SegmentedControl(form);
  part_->setObjectName(QStringLiteral("part"));
  part_->addSegment(tr("Scene"));
  part_->addSegment(tr("Loop"), {}, tr("Between the ends that are set in the timeline"));
  part_->addSegment(tr("From, to"));
  part_->setSegmentEnabled(LoopRange, window_.studio().playback().loop().has_value());
  if (window_.studio().playback().loop()) part_->setCurrentIndex(LoopRange);
  addRow(*rows, tr("Part of the scene"), part_);
  addRow(*rows, tr("Keyframes"), makeRange(form));
  makeChoices(form, *rows);
  addRow(*rows, tr("File"), file);
  rows->addWidget(makeLine(false, form));
  estimate_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, form);
  estimate_->setObjectName(QStringLiteral("estimate"));
  rows->addWidget(estimate_);
  sweeps_absent_ = makeLabel({}, Role::Warn, TextSize::Small, Weight::Normal, form);
  sweeps_absent_->setObjectName(QStringLiteral("sweepsAbsent"));
  sweeps_absent_->setWordWrap(true);
  rows->addWidget(sweeps_absent_);
  problem_ = makeLabel({}, Role::Error, TextSize::Small, Weight::Normal, form);
  problem_->setWordWrap(true);
  problem_->hide();
  rows->addWidget(problem_);
  rows->addWidget(makeFooter(form));
  connect(part_, &SegmentedControl::currentChanged, this, &VideoDialog::showRange);
  return form;
}

QWidget* VideoDialog::makeRange(QWidget* parent) {
  auto* range = new QWidget(parent);
  auto* row = new QHBoxLayout(range);
  row->setContentsMargins(0, 0, 0, 0);
  const int count = int(window_.studio().keyframesInScene());
  const auto spin = [&](const QString& name, int value) {
    auto* box = new QSpinBox(range);
    box->setRange(1, count);
    box->setValue(value);
    box->setAccessibleName(name);
    box->setFixedWidth(kVideoSpin_px);
    row->addWidget(box);
    connect(box, &QSpinBox::valueChanged, this, &VideoDialog::showEstimate);
    return box;
  };
  first_ = spin(tr("First keyframe"), 1);
  row->addWidget(makeLabel(tr("to"), Role::Text3, TextSize::Body, Weight::Normal, range));
  last_ = spin(tr("Last keyframe"), count);
  row->addWidget(makeLabel(tr("of %1").arg(count), Role::Text3, TextSize::Body, Weight::Normal, range));
  row->addStretch(1);
  return range;
}

void VideoDialog::makeChoices(QWidget* parent, QVBoxLayout& rows) {
  const QSettings settings;
  pictures_ = new SegmentedControl(parent);
  pictures_->setObjectName(QStringLiteral("pictures"));
  pictures_->addSegment(tr("Keyframes"));
  const bool has_sweeps = window_.studio().sweeps().hasSweeps();
  pictures_->addSegment(tr("With those between"), {},
                        has_sweeps ? tr("The cameras' own rate, 12 a second")
                                   : tr("This scene has none between its keyframes"));
  pictures_->setSegmentEnabled(1, has_sweeps);
  if (window_.studio().playsSweeps()) pictures_->setCurrentIndex(1);
  addRow(rows, tr("Pictures"), pictures_);
  content_ = new ComboBox(parent);
  content_->setObjectName(QStringLiteral("content"));
  content_->addItems({tr("Viewports"), tr("Viewports with the cameras above"), tr("The whole window")});
  content_->setCurrentIndex(settings.value(videoKey("content"), 1).toInt());
  addRow(rows, tr("Shows"), content_);
  size_ = new ComboBox(parent);
  size_->setObjectName(QStringLiteral("size"));
  addRow(rows, tr("Size"), size_);
  speed_ = new ComboBox(parent);
  speed_->setObjectName(QStringLiteral("speed"));
  for (const double rate : {0.5, 1.0, 2.0, 4.0, 8.0}) {
    speed_->addItem(
        rate == 2.0 ? tr("2 keyframes a second, as driven") : tr("%1 keyframes a second").arg(rate), rate);
  }
  speed_->setCurrentIndex(2);
  addRow(rows, tr("Speed"), speed_);
  caption_ = new QCheckBox(tr("Scene, keyframe, time and sources below the picture"), parent);
  caption_->setObjectName(QStringLiteral("caption"));
  caption_->setChecked(settings.value(videoKey("caption"), true).toBool());
  addRow(rows, tr("Caption"), caption_);
  kind_ = new SegmentedControl(parent);
  kind_->setObjectName(QStringLiteral("kind"));
  kind_->addSegment(tr("MP4 video"));
  kind_->addSegment(tr("PNG pictures"), {}, tr("A folder of numbered files"));
  addRow(rows, tr("Kind"), kind_);
  fillSizes();
  connect(kind_, &SegmentedControl::currentChanged, this, &VideoDialog::showKind);
  connect(pictures_, &SegmentedControl::currentChanged, this, &VideoDialog::showEstimate);
  connect(content_, &QComboBox::activated, this, [this] {
    fillSizes();
    showEstimate();
  });
  for (ComboBox* box : {size_, speed_})
    connect(box, &QComboBox::activated, this, &VideoDialog::showEstimate);
  connect(caption_, &QCheckBox::toggled, this, [this] {
    fillSizes();
    showEstimate();
  });
}

QWidget* VideoDialog::makeFile(QWidget* parent) {
  auto* file = new QWidget(parent);
  auto* row = new QHBoxLayout(file);
  row->setContentsMargins(0, 0, 0, 0);
  path_ = new QLineEdit(file);
  path_->setObjectName(QStringLiteral("path"));
  path_->setAccessibleName(tr("File"));
  const Studio& studio = window_.studio();
  path_->setText(fileIn(lastVideoFolder(), studio.dataset()->scenes()[studio.current().scene].name));
  row->addWidget(path_, 1);
  auto* browse = makeButton(tr("Choose"), ButtonKind::Normal, {}, file, true);
  row->addWidget(browse);
  connect(browse, &QPushButton::clicked, this, &VideoDialog::chooseFile);
  connect(path_, &QLineEdit::textChanged, this, &VideoDialog::showEstimate);
  connect(path_, &QLineEdit::textChanged, this, &VideoDialog::forgetFile);
  return file;
}

QWidget* VideoDialog::makeFooter(QWidget* parent) {
  auto* footer = new QWidget(parent);
  auto* row = new QHBoxLayout(footer);
  row->setContentsMargins(0, 4, 0, 0);
  row->addStretch(1);
  auto* cancel = makeButton(tr("Cancel"), ButtonKind::Normal, {}, footer);
  save_ = makeButton(tr("Save video"), ButtonKind::Primary, {}, footer);
  save_->setObjectName(QStringLiteral("save"));
  save_->setDefault(true);
  row->addWidget(cancel);
  row->addWidget(save_);
  connect(cancel, &QPushButton::clicked, this, &VideoDialog::reject);
  connect(save_, &QPushButton::clicked, this, &VideoDialog::begin);
  return footer;
}

QWidget* VideoDialog::makeProgress() {
  auto* page = new QWidget(pages_);
  auto* rows = new QVBoxLayout(page);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(12);
  rows->addStretch(1);
  rows->addWidget(makeLabel(tr("Every keyframe is loaded and drawn completely before its picture is taken."),
                            Role::Text2, TextSize::Body, Weight::Normal, page));
  progress_ = new ProgressLine(page);
  progress_->setShowsWhat(true);
  progress_->setCancellable(false);
  rows->addWidget(progress_);
  auto* row = new QHBoxLayout;
  row->addWidget(
      makeLabel(tr("Stop leaves no file behind."), Role::Text3, TextSize::Small, Weight::Normal, page));
  row->addStretch(1);
  auto* stop = makeButton(tr("Stop"), ButtonKind::Danger, "stop", page);
  stop->setObjectName(QStringLiteral("stop"));
  row->addWidget(stop);
  rows->addLayout(row);
  rows->addStretch(1);
  connect(stop, &QPushButton::clicked, this, &VideoDialog::stop);
  return page;
}

/// The first says how large it is now.
void VideoDialog::fillSizes() {
  const int chosen =
      size_->count() > 0 ? size_->currentIndex() : QSettings().value(videoKey("size"), 2).toInt();
  size_->clear();
  VideoPlan shown = plan();
  shown.size = {};
  const QSize now = VideoStage::sizeFor(window_, shown);
  size_->addItem(tr("As shown, %1 \u00D7 %2").arg(now.width()).arg(now.height()), QSize());
  for (const QSize size : {QSize(1280, 720), QSize(1920, 1080), QSize(3840, 2160)})
    size_->addItem(QStringLiteral("%1 \u00D7 %2").arg(size.width()).arg(size.height()), size);
  size_->setCurrentIndex(std::clamp(chosen, 0, size_->count() - 1));
}

VideoPlan VideoDialog::plan() const {
  VideoPlan plan;
  plan.scene = window_.studio().current().scene;
  plan.first = std::min(first_->value(), last_->value()) - 1;
  plan.last = std::max(first_->value(), last_->value()) - 1;
  plan.sweeps = pictures_->currentIndex() == 1;
  plan.content = VideoContent(content_->currentIndex());
  plan.size = size_->currentData().toSize();
  plan.keyframes_per_second = speed_->currentData().toDouble();
  plan.caption = caption_->isChecked();
  plan.path = path_->text().trimmed();
  return plan;
}

void VideoDialog::showRange() {
  const auto loop = window_.studio().playback().loop();
  const int part = part_->currentIndex(), count = int(window_.studio().keyframesInScene());
  for (QSpinBox* box : {first_, last_})
    box->setEnabled(part == FromTo);
  if (part == WholeScene) {
    first_->setValue(1);
    last_->setValue(count);
  } else if (part == LoopRange && loop) {
    first_->setValue(loop->first + 1);
    last_->setValue(loop->second + 1);
  }
  showEstimate();
}

/// The ending of the file says what it is.
void VideoDialog::showKind() {
  QString path = path_->text().trimmed();
  if (path.endsWith(QStringLiteral(".mp4"), Qt::CaseInsensitive)) path.chop(4);
  path_->setText(kind_->currentIndex() == 0 ? path + QStringLiteral(".mp4") : path);
  showEstimate();
}

void VideoDialog::showEstimate() {
  const VideoPlan now = plan();
  sweeps_absent_->setVisible(now.sweeps && !sweeps_absent_->text().isEmpty());
  const QSize size = VideoStage::sizeFor(window_, now);
  const VideoEstimate estimate = estimateVideo(window_.studio(), now, size);
  const QString megabytes = estimate.megabytes < 10 ? QString::number(estimate.megabytes, 'f', 1)
                                                    : QString::number(std::lround(estimate.megabytes));
  estimate_->setText(tr("%1 pictures of %2 \u00D7 %3, %4 s long, about %5 MB.")
                         .arg(estimate.pictures)
                         .arg(size.width())
                         .arg(size.height())
                         .arg(estimate.seconds, 0, 'f', estimate.seconds < 10 ? 1 : 0)
                         .arg(megabytes));
}

void VideoDialog::chooseFile() {
  const bool video = kind_->currentIndex() == 0;
  const QString path =
      video ? QFileDialog::getSaveFileName(this, tr("Save video"), path_->text(), tr("MP4 video (*.mp4)"))
            : QFileDialog::getSaveFileName(this, tr("New folder of pictures"), path_->text());
  if (path.isEmpty()) return;
  path_->setText(path);
  showKind();
  if (video && path_->text() == path) replaced_ = path;  // that dialog has asked
}

void VideoDialog::askToReplace(const QString& file) {
  showEnd(tr("%1 is there already.").arg(QFileInfo(file).fileName()));
  save_->setText(tr("Replace it"));
  replaced_ = file;
}

void VideoDialog::forgetFile() {
  if (plan().path == replaced_ || replaced_.isEmpty()) return;
  replaced_.clear();
  save_->setText(tr("Save video"));
  problem_->hide();
}

void VideoDialog::begin() {
  showKind();
  problem_->hide();
  pages_->setCurrentIndex(1);
  begun_ = plan();
  const QString file = begun_.path;
  if (kind_->currentIndex() != 0 || file == replaced_) return start();
  progress_->setState({tr("Looking at %1").arg(QFileInfo(file).fileName()).toStdString(), 0, 0, {}, {}});
  is_file_ = std::make_shared<bool>(false);
  asking_.startLoose([file, out = is_file_](Progress&) { *out = QFileInfo(file).isFile(); });
}

void VideoDialog::start() {
  QSettings settings;
  settings.setValue(videoKey("content"), content_->currentIndex());
  settings.setValue(videoKey("size"), size_->currentIndex());
  settings.setValue(videoKey("caption"), caption_->isChecked());
  settings.setValue(videoKey("folder"), QFileInfo(begun_.path).absolutePath());
  window_.video().start(begun_);
}

void VideoDialog::stop() {
  if (!asking_.isRunning()) return window_.video().stop();
  asking_.abandon();
  showEnd(tr("The video was stopped."));
}

void VideoDialog::showEnd(const QString& sentence) {
  pages_->setCurrentIndex(0);
  problem_->setText(sentence);
  problem_->show();
  adjustSize();
}

void VideoDialog::reject() {
  if (asking_.isRunning() || window_.video().isRunning()) return stop();
  QDialog::reject();
}

}  // namespace hbev::ui
