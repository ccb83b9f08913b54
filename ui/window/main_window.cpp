#include "ui/window/main_window.h"

#include <algorithm>

#include <QtCore/QSettings>
#include <QtGui/QKeyEvent>
#include <QtGui/QStatusTipEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include "ui/inspector/inspector.h"
#include "ui/inspector/stage_section.h"
#include "ui/kit/command_palette.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/painting.h"
#include "ui/kit/shortcuts_dialog.h"
#include "ui/kit/theme.h"
#include "ui/kit/timeline.h"
#include "ui/kit/timeline_strip.h"
#include "ui/predict/predict_panel.h"
#include "ui/scenes/bookmark_list.h"
#include "ui/scenes/scene_panel.h"
#include "ui/scenes/scene_timeline.h"
#include "ui/scores/confusion_panel.h"
#include "ui/scores/evaluating.h"
#include "ui/scores/ray_panorama.h"
#include "ui/scores/score_panel.h"
#include "ui/scores/worst_frames.h"
#include "ui/state/error_view.h"
#include "ui/training/train_page.h"
#include "ui/video/video_recorder.h"
#include "ui/viewport/camera_strip.h"
#include "ui/viewport/swipe_view.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/doctor_panel.h"
#include "ui/window/import_panel.h"
#include "ui/window/settings_dialog.h"
#include "ui/window/start_page.h"

namespace hbev::ui {
namespace {

QString counted(std::size_t count, const QString& one, const QString& many) {
  return QStringLiteral("%1 %2").arg(groupedNumber(qint64(count)), count == 1 ? one : many);
}

}  // namespace

MainWindow::MainWindow(Theme& theme, bool remember_layout, QWidget* parent)
    : QMainWindow(parent), theme_(theme), remember_layout_(remember_layout), actions_(theme.tokens(), this) {
  setWindowTitle(QStringLiteral("HBEVOcc Studio"));
  setWindowIcon(QIcon(QStringLiteral(":/app-icon.svg")));
  setAcceptDrops(true);
  setMinimumSize(900, 560);
  resize(1600, 1000);
  registerActions(*this);
  makePanels();
  makeMenus();
  makeToolBar();
  makeStatusBar();
  connectStudio();
  connectOpening();
  connectPredicting();
  connectErrors();
  connectTraining();
  followRuns();
  makeHistory();
  makeVideo();
  qApp->installEventFilter(this);
  resetLayout();
  if (remember_layout_) {
    QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    viewports_->swipe().setShare(settings.value(QStringLiteral("window/swipeLine"), 0.5).toDouble());
    viewports_->setSwiping(settings.value(QStringLiteral("window/swipe")).toBool());
  }
  enableActions();
  bookmarks_.load();
}

MainWindow::~MainWindow() {
  delete video_;                        // gives the viewports back
  scenes_->bookmarkList()->keepNote();  // while there are bookmarks to keep it
  hide();                               // and a studio that panels tell that they are no longer seen
  qApp->removeEventFilter(this);
}

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, QWidget* panel,
                                 Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable);
  dock->setTitleBarWidget(new QWidget(dock));  // panels carry their own header
  dock->setWidget(panel);
  addDockWidget(area, dock);
  return dock;
}

void MainWindow::makePanels() {
  setDockOptions(QMainWindow::AllowTabbedDocks);
  setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  for (const Qt::Corner corner : {Qt::TopLeftCorner, Qt::BottomLeftCorner})
    setCorner(corner, Qt::LeftDockWidgetArea);
  for (const Qt::Corner corner : {Qt::TopRightCorner, Qt::BottomRightCorner})
    setCorner(corner, Qt::RightDockWidgetArea);
  pages_ = new QStackedWidget(this);
  start_ = new StartPage(actions_, pages_);
  auto* work = new QWidget(pages_);
  auto* column = new QVBoxLayout(work);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  notice_ = new NoticeLine(NoticeLine::Kind::Error, {}, tr("Close"), work);
  notice_->setObjectName(QStringLiteral("notice"));
  notice_->hide();
  viewports_ = new ViewportArea(studio_, actions_, work);
  column->addWidget(notice_);
  body_ = new QStackedWidget(work);
  body_->addWidget(viewports_);
  column->addWidget(body_, 1);
  pages_->addWidget(start_);
  pages_->addWidget(work);
  setCentralWidget(pages_);
  makeErrorPanels();
  scenes_ = new ScenePanel(studio_, bookmarks_, *score_view_);
  cameras_ = new CameraStrip(studio_);
  timeline_ = new Timeline;
  scene_timeline_ = new SceneTimeline(studio_, bookmarks_, *score_view_, *timeline_, actions_, this);
  inspector_ = new Inspector(studio_);
  inspector_->stageSection().setPredictAction(actions_["predict.keyframe"]);
  panorama_ = new RayPanorama(studio_);
  doctor_ = new DoctorPanel(studio_);
  imports_ = new ImportPanel(studio_);
  predict_ = new PredictPanel(studio_, predicting_, actions_);
  scenes_dock_ = addDock(QStringLiteral("scenes"), tr("Scenes"), scenes_, Qt::LeftDockWidgetArea);
  cameras_dock_ = addDock(QStringLiteral("cameras"), tr("Cameras"), cameras_, Qt::TopDockWidgetArea);
  timeline_dock_ = addDock(QStringLiteral("timeline"), tr("Timeline"), timeline_, Qt::BottomDockWidgetArea);
  inspector_dock_ =
      addDock(QStringLiteral("inspector"), tr("Inspector"), inspector_, Qt::RightDockWidgetArea);
  scores_dock_ = addDock(QStringLiteral("scores"), tr("Scores"), scores_, Qt::RightDockWidgetArea);
  confusion_dock_ =
      addDock(QStringLiteral("confusion"), tr("Confusion"), confusion_, Qt::RightDockWidgetArea);
  worst_dock_ = addDock(QStringLiteral("worst"), tr("Worst frames"), worst_, Qt::LeftDockWidgetArea);
  panorama_dock_ =
      addDock(QStringLiteral("panorama"), tr("Ray panorama"), panorama_, Qt::BottomDockWidgetArea);
  doctor_dock_ = addDock(QStringLiteral("doctor"), tr("Doctor"), doctor_, Qt::RightDockWidgetArea);
  import_dock_ = addDock(QStringLiteral("import"), tr("Import"), imports_, Qt::RightDockWidgetArea);
  predict_dock_ = addDock(QStringLiteral("predict"), tr("Predict"), predict_, Qt::RightDockWidgetArea);
  for (QDockWidget* dock : {inspector_dock_, scores_dock_, doctor_dock_, import_dock_, predict_dock_})
    connect(dock, &QDockWidget::visibilityChanged, this, &MainWindow::showTitles, Qt::QueuedConnection);
  connect(doctor_, &DoctorPanel::closeRequested, doctor_dock_, &QWidget::hide);
  connect(imports_, &ImportPanel::closeRequested, import_dock_, &QWidget::hide);
  palette_ = new CommandPalette(actions_, this);
  connect(start_, &StartPage::pathChosen, this, &MainWindow::openPath);
  connect(scenes_, &ScenePanel::openRequested, this, &MainWindow::chooseDataFolder);
  connect(scenes_, &ScenePanel::demoRequested, this, &MainWindow::openDemo);
  connect(viewports_, &ViewportArea::openPredictionsRequested, this, &MainWindow::choosePredictions);
  connect(viewports_, &ViewportArea::cameraChanged, this, [this] {
    seen_from_ = -1;
    showSeenFrom();
  });
  connect(viewports_, &ViewportArea::glFailed, this, &MainWindow::showProblem);
  connect(cameras_, &CameraStrip::cameraClicked, this, &MainWindow::lookThrough);
}

void MainWindow::connectStudio() {
  connect(&studio_, &Studio::currentChanged, this, [this] {
    if (timeline_->strip()->isHidden() != (studio_.keyframesInScene() == 1)) adaptToSize();
  });
  connect(&bookmarks_, &Bookmarks::failed, this, &MainWindow::showProblem);
  connect(&studio_, &Studio::datasetChanged, &bookmarks_,
          [this] { bookmarks_.setDataset(studio_.dataset().get()); });
  connect(&studio_, &Studio::datasetChanged, this, &MainWindow::showDataset);
  connect(&studio_, &Studio::openingChanged, this, [this] {
    setStatus(studio_.isOpening() ? tr("Opening") : tr("Ready"));
    enableActions();
  });
  connect(&studio_, &Studio::scoringChanged, this, &MainWindow::enableActions);
  connect(&studio_.sweeps(), &SweepView::sweepsAbsent, this, &MainWindow::showSweepsAbsent);
  connect(&studio_, &Studio::viewChanged, this,
          [this] { actions_["view.link"]->setChecked(studio_.view().linked); });
  connect(&studio_.playback(), &Playback::playingChanged, actions_["play"], &QAction::setChecked);
  connect(&studio_.playback(), &Playback::loopChanged, this,
          [this] { actions_["loop.toggle"]->setChecked(studio_.playback().loop().has_value()); });
}

void MainWindow::showDataset() {
  const Dataset& dataset = *studio_.dataset();
  pages_->setCurrentIndex(1);
  for (QDockWidget* dock : workDocks())
    dock->show();
  arrangeErrors(actions_["workspace.errors"]->isChecked());  // files without tables have no pictures
  inspector_dock_->raise();
  QStringList kinds;
  for (const LabelKind kind : dataset.labelKinds())
    kinds << QString::fromUtf8(labelKindTitle(kind).data());
  // A long name gives way in its middle; the tool tip has it whole.
  const QString name =
      data_label_->fontMetrics().elidedText(QString::fromStdString(dataset.name()), Qt::ElideMiddle, 260);
  data_label_->setToolTip(QString::fromStdString(dataset.root().string()).toHtmlEscaped());
  data_label_->setText(
      tr("<span style='font-weight:600'>%1</span>&nbsp; %2 · %3%4")
          .arg(name.toHtmlEscaped())
          .arg(counted(dataset.scenes().size(), tr("scene"), tr("scenes")))
          .arg(counted(dataset.keyframeCount(), tr("keyframe"), tr("keyframes")))
          .arg(kinds.isEmpty() ? QString() : QStringLiteral(" · ") + kinds.join(QStringLiteral(", "))));
  menuBar()->setCornerWidget(data_label_);  // again: the bar asks for its width only here
  data_label_->show();
  setWindowTitle(QString::fromStdString(dataset.name()) + QStringLiteral(" · HBEVOcc Studio"));
  // Without voxels the lidar is what there is to see.
  if (studio_.sources().empty()) {
    studio_.changeView([](ViewSettings& view) {
      view.layer(Layer::Lidar).shown = true;
      view.overlay = OverlayKind::Lidar;
    });
  }
  QStringList issues;
  for (const DatasetIssue& issue : dataset.issues()) {
    QString line = QString::fromStdString(issue.what);
    if (issue.count > 1) line += QStringLiteral(" (%1)").arg(issue.count);
    issues << line + QStringLiteral(". ") + QString::fromStdString(issue.consequence);
  }
  notice_->hide();
  if (!issues.isEmpty()) {
    showNotice(NoticeLine::Kind::Warn, issues.join(QLatin1Char(' ')));
    notice_->setToolTip(issues.join(QLatin1Char('\n')));
  }
  enableActions();
  adaptToSize();
  openWaiting();
}

void MainWindow::savePicture() {
  const QString suggestion =
      studio_.dataset()
          ? QStringLiteral("%1-%2.png")
                .arg(QString::fromStdString(studio_.dataset()->scenes()[studio_.current().scene].name))
                .arg(studio_.current().index + 1)
          : QStringLiteral("view.png");
  QString path = QFileDialog::getSaveFileName(this, tr("Save picture"), suggestion, tr("PNG (*.png)"));
  if (path.isEmpty()) return;
  if (!path.endsWith(QStringLiteral(".png"), Qt::CaseInsensitive)) path += QStringLiteral(".png");
  if (!viewports_->picture().save(path)) {
    showProblem({"The picture cannot be saved",
                 path.toStdString(),
                 {},
                 {},
                 "Check the free space and the permissions of the folder."});
  }
}

void MainWindow::showShortcuts() {
  auto* dialog = new ShortcutsDialog(actions_, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->open();
}

void MainWindow::showSettings() {
  auto* dialog = new SettingsDialog(studio_, predicting_, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->open();
}

/// Once a data set: many copies of nuScenes leave sweeps/ out.
void MainWindow::showSweepsAbsent() {
  showNotice(NoticeLine::Kind::Warn, tr("Pictures between keyframes are not in this data set's folder. The "
                                        "keyframes' pictures are shown in their place."));
}

void MainWindow::showPalette() {
  palette_->open();
}

void MainWindow::lookThrough(int camera) {
  const auto& frame = studio_.frame();
  if (!frame || camera < 0 || camera >= int(kCameraCount) || !frame->keyframe.cameras[std::size_t(camera)])
    return;
  // Seen from the voxels' frame: the camera's own ego pose is part of its place.
  CameraReading reading = *frame->keyframe.cameras[std::size_t(camera)];
  reading.ego_from_sensor = frame->keyframe.camera_from_ego(Camera(camera)).inverse();
  viewports_->flyTo(ViewCamera::fromCarCamera(reading));
  seen_from_ = camera;
  showSeenFrom();
}

void MainWindow::showSeenFrom() {
  cameras_->setSeenFrom(seen_from_);
}

bool MainWindow::isSettled() const {
  if (is_training_shown_ && training_->watch().isBusy()) return false;
  if (!studio_.dataset() || studio_.isOpening() || isLooking() || !studio_.isFrameCurrent() ||
      predicting_.status().isBusy() || studio_.errors().isBusy() || evaluating_->isRunning())
    return false;
  for (const Side side : {Side::A, Side::B}) {
    if (studio_.content(side).state == SideContent::State::Loading) return false;
    if (!viewports_->viewport(side).isComplete()) return false;
  }
  if (!studio_.canScore()) return true;
  for (std::size_t i = 0; i < studio_.keyframesInScene(); ++i) {
    if (!studio_.isReported(studio_.current().scene, i)) return false;
  }
  return true;
}

/// The flip key is held, not pressed: its release ends it.
bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::KeyRelease) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_V && !key->isAutoRepeat()) viewports_->setFlipped(false);
  }
  return QMainWindow::eventFilter(watched, event);
}

/// What a control does is told where the status stands, but never over what is under way.
bool MainWindow::event(QEvent* event) {
  if (event->type() != QEvent::StatusTip) return QMainWindow::event(event);
  status_tip_ = static_cast<QStatusTipEvent*>(event)->tip();
  setStatus(status_);
  return true;
}

void MainWindow::setStatus(const QString& text) {
  status_ = text;
  status_label_->setText(status_tip_.isEmpty() ? status_ : status_tip_);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  adaptToSize();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!mayClose()) return event->ignore();
  if (remember_layout_) {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/swipe"), viewports_->isSwiping());
    settings.setValue(QStringLiteral("window/swipeLine"), viewports_->swipe().share());
  }
  QMainWindow::closeEvent(event);
}

}  // namespace hbev::ui
