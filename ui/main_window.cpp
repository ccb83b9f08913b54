#include "ui/main_window.h"

#include <algorithm>
#include <fstream>

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QMimeData>
#include <QtCore/QSettings>
#include <QtCore/QStandardPaths>
#include <QtGui/QDragEnterEvent>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QToolBar>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "core/data/tables.h"
#include "ui/camera_strip.h"
#include "ui/inspector.h"
#include "ui/kit/badge.h"
#include "ui/kit/buttons.h"
#include "ui/kit/command_palette.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/shortcuts_dialog.h"
#include "ui/kit/theme.h"
#include "ui/kit/timeline.h"
#include "ui/scene_panel.h"
#include "ui/scene_timeline.h"
#include "ui/score_panel.h"
#include "ui/start_page.h"
#include "ui/viewport_area.h"

namespace hbev::ui {
namespace {

// Where panels give way (design guide, section 11).
constexpr int kCompactWidth_px = 1400, kCompactHeight_px = 800, kNarrowWidth_px = 1100;

/// Resident memory of this process, bytes.
double residentBytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * 4096.0;
}

QString counted(std::size_t count, const QString& one, const QString& many) {
  return QStringLiteral("%1 %2").arg(groupedNumber(qint64(count)), count == 1 ? one : many);
}

/// The line stands above whatever page is shown.
void putOnTop(QStackedWidget& pages, QWidget& line) {
  if (auto* column = qobject_cast<QVBoxLayout*>(pages.currentWidget()->layout()))
    column->insertWidget(0, &line);
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
  qApp->installEventFilter(this);
  resetLayout();
  if (remember_layout_) {
    QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
  }
  enableActions();
}

MainWindow::~MainWindow() {
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
  notice_->hide();
  viewports_ = new ViewportArea(studio_, actions_, work);
  column->addWidget(notice_);
  column->addWidget(viewports_, 1);
  pages_->addWidget(start_);
  pages_->addWidget(work);
  setCentralWidget(pages_);
  scenes_ = new ScenePanel(studio_);
  cameras_ = new CameraStrip(studio_);
  timeline_ = new Timeline;
  scene_timeline_ = new SceneTimeline(studio_, *timeline_, actions_, this);
  inspector_ = new Inspector(studio_);
  scores_ = new ScorePanel(studio_);
  scenes_dock_ = addDock(QStringLiteral("scenes"), tr("Scenes"), scenes_, Qt::LeftDockWidgetArea);
  cameras_dock_ = addDock(QStringLiteral("cameras"), tr("Cameras"), cameras_, Qt::TopDockWidgetArea);
  timeline_dock_ = addDock(QStringLiteral("timeline"), tr("Timeline"), timeline_, Qt::BottomDockWidgetArea);
  inspector_dock_ =
      addDock(QStringLiteral("inspector"), tr("Inspector"), inspector_, Qt::RightDockWidgetArea);
  scores_dock_ = addDock(QStringLiteral("scores"), tr("Scores"), scores_, Qt::RightDockWidgetArea);
  palette_ = new CommandPalette(actions_, this);
  connect(notice_, &NoticeLine::actionTriggered, notice_, &QWidget::hide);
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
  connect(scores_, &ScorePanel::evaluateRequested, &studio_, &Studio::evaluateAll);
  connect(scores_, &ScorePanel::failed, this, &MainWindow::showProblem);
}

void MainWindow::makeMenus() {
  const auto menu = [this](const QString& title, std::initializer_list<const char*> ids) {
    QMenu* made = menuBar()->addMenu(title);
    for (const char* id : ids) {
      if (!*id) {
        made->addSeparator();
      } else {
        made->addAction(actions_[QString::fromLatin1(id)]);
      }
    }
  };
  menu(tr("File"),
       {"data.open", "predictions.open", "demo.open", "", "picture.save", "table.export", "", "quit"});
  menu(tr("Edit"), {"copy", "cancel", "", "palette.open", "panel.search"});
  menu(tr("View"), {"view.orbit",
                    "view.top",
                    "view.follow_ego",
                    "view.frame_all",
                    "view.frame_selection",
                    "",
                    "view.link",
                    "view.maximise",
                    "",
                    "compare.flip_hold",
                    "compare.swap",
                    "compare.difference",
                    "",
                    "colour.next",
                    "palette.next",
                    "overlay.next",
                    "",
                    "layer.voxels",
                    "layer.edges",
                    "layer.flow",
                    "layer.lidar",
                    "layer.boxes",
                    "layer.rings",
                    "layer.mask",
                    "",
                    "class.hide",
                    "class.solo",
                    "class.show_all"});
  menu(tr("Scene"), {"play", "keyframe.previous", "keyframe.next", "keyframe.first", "keyframe.last", "",
                     "scene.previous", "scene.next", "", "loop.toggle", "loop.start", "loop.end",
                     "loop.clear", "", "worst.next", "worst.previous", "bookmark.toggle", "bookmark.next"});
  menu(tr("Evaluate"), {"evaluate", "table.export"});
  menu(tr("Window"),
       {"workspace.browse", "workspace.errors", "", "panel.scenes", "panel.cameras", "panel.timeline",
        "panel.inspector", "panel.scores", "", "layout.reset", "theme.toggle", "window.fullscreen"});
  menu(tr("Help"), {"shortcuts.show"});
  data_label_ = new QLabel(tr("No data set"), menuBar());
  data_label_->setTextFormat(Qt::RichText);
  data_label_->setProperty("role", "text2");
  data_label_->setFixedHeight(theme_.sizes().menu_bar);
  data_label_->setStyleSheet(QStringLiteral("padding-right: 12px"));
  menuBar()->setCornerWidget(data_label_);
}

void MainWindow::makeToolBar() {
  QToolBar* bar = addToolBar(tr("Tools"));
  bar->setObjectName(QStringLiteral("tools"));
  bar->setMovable(false);
  bar->setFixedHeight(theme_.sizes().tool_bar);
  bar->setContextMenuPolicy(Qt::PreventContextMenu);
  const auto button = [&](const char* id, const QString& text) {
    auto* made = new QToolButton(bar);
    actions_[QString::fromLatin1(id)]->setIconText(text);
    made->setDefaultAction(actions_[QString::fromLatin1(id)]);
    made->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    made->setFixedHeight(theme_.sizes().button);
    made->setFocusPolicy(Qt::TabFocus);
    bar->addWidget(made);
    return made;
  };
  button("data.open", tr("Open"));
  button("predictions.open", tr("Predictions"));
  button("evaluate", tr("Evaluate"));
  bar->addSeparator();
  button("workspace.browse", tr("Browse"));
  button("workspace.errors", tr("Errors"));
  auto* spring = new QWidget(bar);
  spring->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(spring);
  auto* search = new QToolButton(bar);
  search->setObjectName(QStringLiteral("searchActions"));
  search->setDefaultAction(actions_["palette.open"]);
  search->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  search->setFixedSize(260, theme_.sizes().button);
  auto* row = new QHBoxLayout(search);
  row->setContentsMargins(0, 0, 8, 0);
  row->addStretch();
  auto* hint = new KeyHint(actions_["palette.open"]->shortcut(), search);
  hint->setAttribute(Qt::WA_TransparentForMouseEvents);
  row->addWidget(hint);
  bar->addWidget(search);
  QToolButton* theme_button = makeIconButton(actions_["theme.toggle"], bar);
  theme_button->setProperty("iconOnly", true);
  bar->addWidget(theme_button);
}

void MainWindow::makeStatusBar() {
  statusBar()->setFixedHeight(theme_.sizes().status_bar);
  statusBar()->setSizeGripEnabled(false);
  status_label_ = new ElidedLabel(tr("Ready"), Qt::ElideRight, statusBar());
  status_label_->setRole(Role::Text2);
  progress_ = new ProgressLine(statusBar());
  progress_->setShowsWhat(true);
  progress_->setFixedWidth(420);
  progress_->hide();
  statusBar()->setContentsMargins(8, 0, 8, 0);
  gl_label_ = makeMonoLabel({}, Role::Text2, TextSize::Small, statusBar());
  memory_label_ = makeMonoLabel({}, Role::Text2, TextSize::Small, statusBar());
  for (QLabel* label : {gl_label_, memory_label_})
    label->setIndent(12);
  statusBar()->addWidget(progress_);
  statusBar()->addWidget(status_label_, 1);
  statusBar()->addPermanentWidget(gl_label_);
  statusBar()->addPermanentWidget(memory_label_);
  memory_timer_.setInterval(1000);
  connect(&memory_timer_, &QTimer::timeout, this, &MainWindow::showMemory);
  memory_timer_.start();
  connect(progress_, &ProgressLine::cancelled, this,
          [this] { demo_.isRunning() ? demo_.cancel() : studio_.cancelEvaluation(); });
  connect(&demo_, &DemoJob::progressed, this, [this](const Progress::State& state) {
    progress_->setState(state);
    progress_->show();
    status_label_->hide();
  });
  const auto done = [this] {
    progress_->hide();
    status_label_->show();
  };
  connect(&demo_, &DemoJob::finished, this, [this, done](const QString& folder) {
    done();
    openPath(folder);
  });
  connect(&demo_, &DemoJob::cancelled, this, done);
  connect(&demo_, &DemoJob::failed, this, [this, done](const Problem& problem) {
    done();
    showProblem(problem);
  });
  connect(&studio_, &Studio::evaluationProgressed, this,
          [this, done](int count, int total, double seconds_left) {
            if (count >= total) return done();
            Progress::State state;
            state.what = tr("Evaluating").toStdString();
            state.done = count;
            state.total = total;
            if (count >= 2) state.seconds_left = seconds_left;
            progress_->setState(state);
            progress_->show();
            status_label_->hide();
          });
}

void MainWindow::connectStudio() {
  connect(&studio_, &Studio::datasetChanged, this, &MainWindow::showDataset);
  connect(&studio_, &Studio::openFailed, this, &MainWindow::showProblem);
  connect(&studio_, &Studio::openingChanged, this, [this] {
    status_label_->setText(studio_.isOpening() ? tr("Opening") : tr("Ready"));
    enableActions();
  });
  connect(&studio_, &Studio::scoringChanged, this, &MainWindow::enableActions);
  connect(&studio_, &Studio::viewChanged, this,
          [this] { actions_["view.link"]->setChecked(studio_.view().linked); });
  connect(&studio_, &Studio::playingChanged, actions_["play"], &QAction::setChecked);
  connect(&studio_, &Studio::loopChanged, this,
          [this] { actions_["loop.toggle"]->setChecked(studio_.loop().has_value()); });
}

void MainWindow::showDataset() {
  const Dataset& dataset = *studio_.dataset();
  pages_->setCurrentIndex(1);
  for (QDockWidget* dock : {scenes_dock_, cameras_dock_, timeline_dock_, inspector_dock_, scores_dock_})
    dock->show();
  cameras_dock_->setVisible(!dataset.version().empty());  // files without tables have no pictures
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
    notice_->setNotice(NoticeLine::Kind::Warn, issues.join(QLatin1Char(' ')), tr("Close"));
    notice_->setToolTip(issues.join(QLatin1Char('\n')));
    putOnTop(*pages_, *notice_);
    notice_->show();
  }
  enableActions();
  adaptToSize();
}

void MainWindow::openPath(const QString& path) {
  const QFileInfo info(path);
  // A folder that is no data set may be predictions for the one that is open.
  const bool is_dataset = info.isFile() || isVersionFolder(path.toStdString()) || !info.isDir() ||
                          !QDir(path).entryList({QStringLiteral("v1.0-*")}, QDir::Dirs).isEmpty();
  is_dataset || !studio_.dataset() ? studio_.openDataset(path) : studio_.openPredictions(path);
}

void MainWindow::openDemo() {
  const QString folder = DemoJob::defaultFolder();
  if (DemoJob::exists(folder)) return openPath(folder);
  demo_.start(folder);
}

void MainWindow::chooseDataFolder() {
  const QString path =
      QFileDialog::getExistingDirectory(this, tr("Open a nuScenes folder"), Studio::recentPaths().value(0));
  if (!path.isEmpty()) studio_.openDataset(path);
}

void MainWindow::choosePredictions() {
  const QString path =
      QFileDialog::getExistingDirectory(this, tr("Open predictions"), Studio::recentPaths().value(0));
  // Without a data set the predictions are shown by themselves.
  if (!path.isEmpty()) studio_.dataset() ? studio_.openPredictions(path) : studio_.openDataset(path);
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

void MainWindow::setWorkspace(const QString& name) {
  const bool errors = name == QStringLiteral("errors");
  actions_["workspace.browse"]->setChecked(!errors);
  actions_["workspace.errors"]->setChecked(errors);
  const Side side = studio_.scoredSide().value_or(Side::A);
  studio_.changeView([&](ViewSettings& view) {
    view.coloring[std::size_t(side)] = errors ? Coloring::Outcome : Coloring::Class;
  });
  (errors ? scores_dock_ : inspector_dock_)->raise();
  adaptToSize();
}

void MainWindow::resetLayout() {
  for (QDockWidget* dock : {scenes_dock_, cameras_dock_, timeline_dock_, inspector_dock_, scores_dock_})
    removeDockWidget(dock);
  addDockWidget(Qt::LeftDockWidgetArea, scenes_dock_);
  addDockWidget(Qt::TopDockWidgetArea, cameras_dock_);
  addDockWidget(Qt::BottomDockWidgetArea, timeline_dock_);
  addDockWidget(Qt::RightDockWidgetArea, inspector_dock_);
  tabifyDockWidget(inspector_dock_, scores_dock_);
  const bool working = studio_.dataset() != nullptr;
  for (QDockWidget* dock : {scenes_dock_, cameras_dock_, timeline_dock_, inspector_dock_, scores_dock_})
    dock->setVisible(working);
  inspector_dock_->raise();
  for (QTabBar* tabs : findChildren<QTabBar*>()) {
    tabs->setDrawBase(false);
    tabs->setExpanding(false);
  }
  actions_["workspace.browse"]->setChecked(true);
  actions_["workspace.errors"]->setChecked(false);
  adaptToSize();
}

/// What gives way when room is short, and grows when there is plenty.
void MainWindow::adaptToSize() {
  const Sizes& sizes = theme_.sizes();
  compact_ = width() < kCompactWidth_px;
  const bool low = height() < kCompactHeight_px;
  scenes_->setCompact(compact_);
  timeline_->setCompact(low);
  timeline_->setFixedHeight(low ? sizes.timeline.height_compact : sizes.timeline.height);
  cameras_->setHeaderVisible(!low);
  const int left = compact_ ? sizes.dock.scenes_compact : sizes.dock.scenes;
  // The score table needs more room than the inspector; a third of the window at most.
  const bool errors = actions_["workspace.errors"]->isChecked();
  const int right = errors     ? std::clamp(width() / 3, 400, sizes.dock.scores)
                    : compact_ ? sizes.dock.inspector_compact
                               : sizes.dock.inspector;
  const bool narrow = width() < kNarrowWidth_px;
  if (narrow && dockWidgetArea(scenes_dock_) == Qt::LeftDockWidgetArea)
    tabifyDockWidget(inspector_dock_, scenes_dock_);
  if (!narrow && dockWidgetArea(scenes_dock_) != Qt::LeftDockWidgetArea) {
    addDockWidget(Qt::LeftDockWidgetArea, scenes_dock_);
    (errors ? scores_dock_ : inspector_dock_)->raise();  // else whichever tab stood beside is shown
  }
  resizeDocks({scenes_dock_, inspector_dock_}, {left, right}, Qt::Horizontal);
  const int strip = width() - (narrow || !scenes_dock_->isVisible() ? 0 : left) -
                    (inspector_dock_->isVisible() || scores_dock_->isVisible() ? right : 0);
  cameras_->setFixedHeight(cameras_->heightForWidth(std::max(320, strip)));
}

void MainWindow::showPanel(QWidget* panel) {
  for (QDockWidget* dock : {scenes_dock_, cameras_dock_, timeline_dock_, inspector_dock_, scores_dock_}) {
    if (dock->widget() != panel || !studio_.dataset()) continue;
    dock->show();
    dock->raise();
    panel->setFocus(Qt::ShortcutFocusReason);
  }
}

void MainWindow::showProblem(const Problem& problem) {
  notice_->setNotice(NoticeLine::Kind::Error, QString::fromStdString(toString(problem)), tr("Close"));
  notice_->setToolTip(QString::fromStdString(toString(problem)));
  putOnTop(*pages_, *notice_);
  notice_->show();
  status_label_->setText(QString::fromStdString(problem.summary));
}

void MainWindow::showShortcuts() {
  auto* dialog = new ShortcutsDialog(actions_, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->open();
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

void MainWindow::showMemory() {
  memory_label_->setText(tr("RAM %1 GB").arg(residentBytes() / 1e9, 0, 'f', 1));
  gl_label_->setText(viewports_->viewport(Side::A).glName());
}

void MainWindow::enableActions() {
  const bool open = studio_.dataset() != nullptr;
  static const QStringList kAlways{"data.open",   "predictions.open", "demo.open",      "window.fullscreen",
                                   "quit",        "palette.open",     "shortcuts.show", "theme.toggle",
                                   "layout.reset"};
  for (const ActionRegistry::Entry& entry : actions_.entries()) {
    if (!kAlways.contains(entry.spec.id)) entry.action->setEnabled(open);
  }
  for (const char* id : {"evaluate", "table.export", "copy", "worst.next", "worst.previous"}) {
    actions_[QString::fromLatin1(id)]->setEnabled(open && studio_.canScore());
  }
}

bool MainWindow::isSettled() const {
  if (!studio_.dataset() || studio_.isOpening() || !studio_.isFrameCurrent()) return false;
  for (const Side side : {Side::A, Side::B}) {
    if (studio_.content(side).state == SideContent::State::Loading) return false;
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

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile())
    event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  openPath(event->mimeData()->urls().first().toLocalFile());
  event->acceptProposedAction();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  adaptToSize();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (remember_layout_) QSettings().setValue(QStringLiteral("window/geometry"), saveGeometry());
  QMainWindow::closeEvent(event);
}

}  // namespace hbev::ui
