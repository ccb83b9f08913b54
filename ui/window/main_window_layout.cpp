// Where the panels of the window are, what gives way when room is short, and what grows when there is plenty.
#include <algorithm>
#include <utility>

#include <QtWidgets/QDockWidget>
#include <QtWidgets/QTabBar>

#include "ui/inspector/inspector.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/theme.h"
#include "ui/kit/timeline.h"
#include "ui/kit/timeline_strip.h"
#include "ui/scenes/scene_panel.h"
#include "ui/scores/confusion_panel.h"
#include "ui/scores/evaluating.h"
#include "ui/scores/panorama_view.h"
#include "ui/scores/ray_panorama.h"
#include "ui/scores/score_panel.h"
#include "ui/scores/worst_frames.h"
#include "ui/state/error_view.h"
#include "ui/training/runs_panel.h"
#include "ui/training/train_page.h"
#include "ui/viewport/camera_strip.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/doctor_panel.h"
#include "ui/window/import_panel.h"
#include "ui/window/main_window.h"
#include "ui/window/tab_order.h"

namespace hbev::ui {
namespace {

// Where panels give way (design guide, section 11).
constexpr int kCompactWidth_px = 1400, kCompactHeight_px = 800, kNarrowWidth_px = 1100, kWideWidth_px = 2560;
// A whole score table with its tools, a notice and the 17 rows of Occ3D, where there is room for it; else the
// matrix keeps its figures.
constexpr int kWholeTableHeight_px = 614, kMatrixHeight_px = 436, kAmpleHeight_px = 1000;
constexpr int kScoreTableHeight_px = 510;
constexpr int kWholeTableWidth_px = 760;

}  // namespace

std::vector<QDockWidget*> MainWindow::workDocks() const {
  return {scenes_dock_, cameras_dock_, timeline_dock_, inspector_dock_, scores_dock_};
}

/// Those of the Errors workspace alone.
std::vector<QDockWidget*> MainWindow::errorDocks() const {
  return {worst_dock_, panorama_dock_, confusion_dock_};
}

std::vector<QDockWidget*> MainWindow::extraDocks() const {
  return {predict_dock_, doctor_dock_, import_dock_};
}

void MainWindow::setWorkspace(const QString& name) {
  const bool errors = name == QStringLiteral("errors"), training = name == QStringLiteral("training");
  QAction& errors_action = *actions_["workspace.errors"];
  const bool were_errors = errors_action.data().toBool();  // it is ticked before it is heard of
  errors_action.setData(errors);
  const bool leaves_errors = !errors && were_errors;
  if (training) viewports_->setAlone(false);
  showTraining(training);
  actions_["workspace.browse"]->setChecked(!errors && !training);
  errors_action.setChecked(errors);
  // What Errors turns on goes with it: where a run is watched, too.
  if (!training || leaves_errors) {
    const Side side = studio_.scoredSide().value_or(Side::A);
    studio_.changeView([&](ViewSettings& view) {
      view.coloring[std::size_t(side)] = errors ? Coloring::Outcome : Coloring::Class;
      // Where rays are drawn arrows are too much, until somebody wants them there.
      if (errors != were_errors) std::swap(view.layer(Layer::Flow).shown, other_flow_);
    });
    studio_.errors().setShowsRays(errors);
  }
  if (training) return training_->runs().focusList();
  arrangeErrors(errors);
  (errors ? scores_dock_ : inspector_dock_)->raise();
  adaptToSize();
  // Else Qt gives the focus to whatever control comes next, and keys do what nobody wants.
  if (studio_.dataset()) viewports_->viewport(viewports_->active()).setFocus(Qt::OtherFocusReason);
}

/// The pictures make room for what is wrong: worst frames at left, one viewport above the panorama.
void MainWindow::arrangeErrors(bool errors) {
  const bool working = studio_.dataset() != nullptr;
  for (QDockWidget* dock : errorDocks())
    dock->setVisible(errors && working);
  cameras_dock_->setVisible(!errors && working && !studio_.dataset()->version().empty());
  viewports_->setAlone(errors && studio_.canScore());
  studio_.errors().setShowsRays(errors);
  confusion_place_ = Place::Nowhere;
  (errors ? worst_dock_ : scenes_dock_)->raise();
}

void MainWindow::resetLayout() {
  if (actions_["workspace.errors"]->isChecked()) setWorkspace(QStringLiteral("browse"));
  showTraining(false);
  viewports_->setSwiping(false);
  const std::vector<QDockWidget*> docks = workDocks();
  for (QDockWidget* dock : docks)
    removeDockWidget(dock);
  for (QDockWidget* dock : errorDocks())
    removeDockWidget(dock);
  for (QDockWidget* dock : extraDocks())
    removeDockWidget(dock);
  addDockWidget(Qt::LeftDockWidgetArea, scenes_dock_);
  addDockWidget(Qt::TopDockWidgetArea, cameras_dock_);
  tabifyDockWidget(scenes_dock_, worst_dock_);
  addDockWidget(Qt::BottomDockWidgetArea, panorama_dock_);
  addDockWidget(Qt::BottomDockWidgetArea, timeline_dock_);
  splitDockWidget(panorama_dock_, timeline_dock_, Qt::Vertical);
  addDockWidget(Qt::RightDockWidgetArea, inspector_dock_);
  for (QDockWidget* dock : {scores_dock_, predict_dock_, doctor_dock_, import_dock_})
    tabifyDockWidget(inspector_dock_, dock);
  is_wide_ = false;
  const bool working = studio_.dataset() != nullptr;
  for (QDockWidget* dock : docks)
    dock->setVisible(working);
  for (QDockWidget* dock : extraDocks())
    dock->hide();
  actions_["workspace.browse"]->setChecked(true);
  actions_["workspace.errors"]->setChecked(false);
  arrangeErrors(false);
  inspector_dock_->raise();
  adaptToSize();
}

/// Beside the inspector where there is room for both, else a tab with it.
void MainWindow::placeScores(bool wide) {
  if (wide == is_wide_) return;
  is_wide_ = wide;
  const bool shown = !scores_dock_->isHidden();
  QDockWidget* asked_for = nullptr;  // the tab that somebody reads
  for (QDockWidget* dock : extraDocks()) {
    if (!dock->isFloating() && !dock->visibleRegion().isEmpty()) asked_for = dock;
  }
  if (wide) {
    // splitDockWidget() would make one more tab of it.
    removeDockWidget(scores_dock_);
    addDockWidget(Qt::RightDockWidgetArea, scores_dock_, Qt::Horizontal);
  } else {
    for (QDockWidget* dock : {scores_dock_, predict_dock_, doctor_dock_, import_dock_})
      tabifyDockWidget(inspector_dock_, dock);
  }
  scores_dock_->setVisible(shown);
  confusion_place_ = Place::Nowhere;
  if (!asked_for) asked_for = actions_["workspace.errors"]->isChecked() ? scores_dock_ : inspector_dock_;
  asked_for->raise();
}

/// Confusion below the scores, the panorama above the timeline; where the window is low both are tabs with
/// the scores.
void MainWindow::placeConfusion() {
  const bool errors = actions_["workspace.errors"]->isChecked();
  const Place place = !errors ? Place::Nowhere : height() < kCompactHeight_px ? Place::Tab : Place::Below;
  if (place == confusion_place_ || place == Place::Nowhere) return;
  confusion_place_ = place;
  const bool shown = !confusion_dock_->isHidden(), panorama_shown = !panorama_dock_->isHidden();
  removeDockWidget(confusion_dock_);
  removeDockWidget(panorama_dock_);
  if (place == Place::Below) {
    addDockWidget(Qt::BottomDockWidgetArea, panorama_dock_);
    splitDockWidget(panorama_dock_, timeline_dock_, Qt::Vertical);
  }
  if (place == Place::Tab) {
    tabifyDockWidget(scores_dock_, confusion_dock_);
    tabifyDockWidget(confusion_dock_, panorama_dock_);
  } else if (is_wide_) {
    splitDockWidget(scores_dock_, confusion_dock_, Qt::Vertical);
  } else {
    // splitDockWidget() would make one more tab of it.
    addDockWidget(Qt::RightDockWidgetArea, confusion_dock_, Qt::Vertical);
  }
  confusion_dock_->setVisible(shown);
  panorama_dock_->setVisible(panorama_shown);
  scores_dock_->raise();
}

/// Where tabs stand above a panel they are its title; a panel that stands alone gets the usual header.
void MainWindow::showTitles() {
  for (QDockWidget* dock :
       {inspector_dock_, scores_dock_, worst_dock_, predict_dock_, doctor_dock_, import_dock_}) {
    const QList<QDockWidget*> others = tabifiedDockWidgets(dock);
    const bool alone =
        std::none_of(others.begin(), others.end(), [](const QDockWidget* each) { return !each->isHidden(); });
    const bool has_header = qobject_cast<PanelHeader*>(dock->titleBarWidget()) != nullptr;
    if (alone == has_header) continue;
    QWidget* old = dock->titleBarWidget();
    dock->setTitleBarWidget(alone ? new PanelHeader(dock->windowTitle(), dock) : new QWidget(dock));
    old->deleteLater();
  }
  for (QTabBar* tabs : findChildren<QTabBar*>()) {
    tabs->setDrawBase(false);
    tabs->setExpanding(false);
    tabs->setFocusPolicy(Qt::NoFocus);  // panels have keys, and some of these bars are empty
  }
}

/// What gives way when room is short, and grows when there is plenty.
void MainWindow::adaptToSize() {
  if (is_training_shown_) return;  // its page does it
  const Sizes& sizes = theme_.sizes();
  compact_ = width() < kCompactWidth_px;
  const bool low = height() < kCompactHeight_px;
  scenes_->setCompact(compact_);
  adaptTimeline(low);
  cameras_->setHeaderVisible(!low);
  placeScores(width() >= kWideWidth_px);
  placeConfusion();
  const int left = compact_ ? sizes.dock.scenes_compact : sizes.dock.scenes;
  // The score table needs more room than the inspector; a third of the window at most.
  const bool errors = actions_["workspace.errors"]->isChecked();
  int right = compact_ ? sizes.dock.inspector_compact : sizes.dock.inspector;
  if (errors && !is_wide_) right = std::clamp(width() * 37 / 100, 400, sizes.dock.scores);
  const bool narrow = width() < kNarrowWidth_px;
  if (narrow && dockWidgetArea(scenes_dock_) == Qt::LeftDockWidgetArea)
    for (QDockWidget* dock : {scenes_dock_, worst_dock_})
      tabifyDockWidget(inspector_dock_, dock);
  if (!narrow && dockWidgetArea(scenes_dock_) != Qt::LeftDockWidgetArea) {
    addDockWidget(Qt::LeftDockWidgetArea, scenes_dock_);
    tabifyDockWidget(scenes_dock_, worst_dock_);
    (errors ? worst_dock_ : scenes_dock_)->raise();
    (errors ? scores_dock_ : inspector_dock_)->raise();  // else whichever tab stood beside is shown
  }
  resizeDocks({scenes_dock_, inspector_dock_}, {left, right}, Qt::Horizontal);
  int beside = inspector_dock_->isVisible() || scores_dock_->isVisible() ? right : 0;
  if (is_wide_ && scores_dock_->isVisible()) {
    const int scores = std::clamp(width() * 22 / 100, sizes.dock.scores, kWholeTableWidth_px);
    resizeDocks({inspector_dock_, scores_dock_}, {right, scores}, Qt::Horizontal);
    beside += scores;
  }
  if (errors && confusion_place_ == Place::Below) {
    // The table's rows first; what is left is the matrix's.
    const int all = std::max(1, scores_dock_->height() + confusion_dock_->height());
    const int table = all >= kAmpleHeight_px ? std::min(kWholeTableHeight_px, all - kMatrixHeight_px)
                                             : std::min(kScoreTableHeight_px, all * 24 / 40);
    resizeDocks({is_wide_ ? scores_dock_ : inspector_dock_, confusion_dock_}, {table, all - table},
                Qt::Vertical);
  }
  if (errors && confusion_place_ == Place::Below && !panorama_dock_->isHidden())
    resizeDocks({panorama_dock_}, {height() / 5}, Qt::Vertical);
  const int strip = width() - (narrow || !scenes_dock_->isVisible() ? 0 : left) - beside;
  cameras_->setFixedHeight(cameras_->heightForWidth(std::max(320, strip)));
  showTitles();
}

/// One keyframe needs no strip to move along.
void MainWindow::adaptTimeline(bool low) {
  const Sizes& sizes = theme_.sizes();
  const bool single = studio_.keyframesInScene() == 1;
  timeline_->setCompact(low);
  timeline_->strip()->setVisible(!single);
  timeline_->setFixedHeight(single ? sizes.timeline.transport
                            : low  ? sizes.timeline.height_compact
                                   : sizes.timeline.height);
}

bool MainWindow::focusNextPrevChild(bool next) {
  const std::vector<QWidget*> order = tabOrder(*this);
  if (order.empty()) return false;
  const auto found = std::ranges::find(order, focusWidget());
  std::size_t at = next ? 0 : order.size() - 1;
  if (found != order.end())
    at = (std::size_t(found - order.begin()) + (next ? 1 : order.size() - 1)) % order.size();
  order[at]->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
  return true;
}

void MainWindow::showPanel(QWidget* panel) {
  const std::vector<QDockWidget*> extra = extraDocks();
  std::vector<QDockWidget*> all = workDocks();
  all.insert(all.end(), extra.begin(), extra.end());
  const std::vector<QDockWidget*> errors = errorDocks();
  all.insert(all.end(), errors.begin(), errors.end());
  for (QDockWidget* dock : all) {
    if (dock->widget() != panel) continue;
    const bool is_extra = std::ranges::find(extra, dock) != extra.end();
    if (!studio_.dataset() && !is_extra) continue;
    // More tabs would be cut off.
    std::size_t beside = 0;
    for (QDockWidget* each : extra) {
      if (is_extra && each != dock && !each->isHidden() && ++beside >= (compact_ ? 1 : 2)) each->hide();
    }
    dock->show();
    dock->raise();
    // No focus proxy, which would take the panel's other controls out of Tab's way.
    QWidget* keys = panel == panorama_ ? static_cast<QWidget*>(&panorama_->view()) : panel;
    keys->setFocus(Qt::ShortcutFocusReason);
  }
  showTitles();
}

}  // namespace hbev::ui
