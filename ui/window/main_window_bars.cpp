// Menus, tool bar and status bar of the window.
#include <fstream>

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QToolBar>
#include <QtWidgets/QToolButton>

#include "core/base/size_text.h"
#include "ui/kit/badge.h"
#include "ui/kit/buttons.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/label.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/theme.h"
#include "ui/state/text.h"
#include "ui/viewport/coloring_actions.h"
#include "ui/viewport/ray_actions.h"
#include "ui/viewport/tool_actions.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

/// Resident memory of this process, bytes.
double residentBytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * 4096.0;
}

}  // namespace

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
    return made;
  };
  menu(tr("&File"), {"data.open", "predictions.open", "files.open", "demo.open", "window.new", "",
                     "picture.save", "video.save", "table.export", "", "link.copy", "link.open", "", "quit"});
  menu(tr("&Edit"),
       {"view.undo", "view.redo", "", "copy", "cancel", "", "palette.open", "panel.search", "", "settings"});
  QMenu* view = menu(tr("&View"), {"view.orbit",
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
                                   "compare.swipe",
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
                                   "tool.measure",
                                   "",
                                   "class.hide",
                                   "class.solo",
                                   "class.show_all",
                                   "class.list"});
  view->insertMenu(actions_["tool.measure"], makeRegionMenu(actions_, view));
  view->insertMenu(actions_["colour.next"], makeColoringMenu(actions_, view));
  view->insertMenu(actions_["layer.lidar"], makeFlowMenu(actions_, view));
  view->insertMenu(actions_["layer.lidar"], makeRayMenu(actions_, view));
  menu(tr("&Scene"), {"play",
                      "keyframe.previous",
                      "keyframe.next",
                      "keyframe.first",
                      "keyframe.last",
                      "",
                      "sweeps.play",
                      "sweep.previous",
                      "sweep.next",
                      "",
                      "scene.previous",
                      "scene.next",
                      "",
                      "loop.toggle",
                      "loop.start",
                      "loop.end",
                      "loop.clear",
                      "",
                      "worst.next",
                      "worst.previous",
                      "",
                      "bookmark.toggle",
                      "bookmark.note",
                      "bookmark.next",
                      "bookmarks.show"});
  menu(tr("&Predict"), {"predict.keyframe", "predict.scene", "predict.listed", "predict.as_i_go", "",
                        "predict.panel", "predict.save", "predict.times", "", "stage.ground",
                        "stage.map_next", "stage.looks", "stage.probe_clear", "", "predict.stop"});
  menu(tr("Eval&uate"), {"evaluate", "evaluate.stop", "", "errors.clear", "", "copy", "table.export"});
  menu(tr("&Train"), {"train.new", "train.like", "train.attach", "", "train.checkpoint", "train.pause",
                      "train.resume", "train.stop", "", "train.folder", "train.open_folder", "train.detach"});
  menu(tr("&Window"),
       {"workspace.browse", "workspace.errors", "workspace.training", "", "panel.scenes", "panel.cameras",
        "panel.timeline", "panel.inspector", "panel.scores", "panel.confusion", "panel.worst",
        "panel.panorama", "panel.activities", "", "layout.reset", "theme.toggle", "window.fullscreen"});
  menu(tr("He&lp"), {"help.panel", "doctor.show", "import.show", "", "shortcuts.show", "help.about"});
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
  const auto place = [&](QToolButton* made) {
    made->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    made->setFixedHeight(theme_.sizes().button);
    made->setFocusPolicy(Qt::TabFocus);
    bar->addWidget(made);
  };
  const auto button = [&](const char* id, const QString& text) {
    auto* made = new QToolButton(bar);
    actions_[QString::fromLatin1(id)]->setIconText(text);
    made->setDefaultAction(actions_[QString::fromLatin1(id)]);
    place(made);
  };
  button("data.open", tr("Open"));
  button("predictions.open", tr("Predictions"));
  place(makePredictButton(bar));
  place(makeEvaluateButton(bar));
  button("train.new", tr("Train"));
  bar->addSeparator();
  button("workspace.browse", tr("Browse"));
  button("workspace.errors", tr("Errors"));
  button("workspace.training", tr("Training"));
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
  for (const char* id : {"theme.toggle", "settings"}) {
    QToolButton* icon_button = makeIconButton(actions_[QString::fromLatin1(id)], bar);
    icon_button->setProperty("iconOnly", true);
    bar->addWidget(icon_button);
  }
}

void MainWindow::makeStatusBar() {
  statusBar()->setFixedHeight(theme_.sizes().status_bar);
  statusBar()->setSizeGripEnabled(false);
  status_label_ = new ElidedLabel({}, Qt::ElideRight, statusBar());
  setStatus(tr("Ready"));
  status_label_->setRole(Role::Text2);
  progress_ = new ProgressLine(statusBar());
  progress_->setShowsWhat(true);
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
  makeActivities();
}

void MainWindow::showMemory() {
  memory_label_->setText(tr("RAM %1").arg(toQString(sizeText(std::uint64_t(residentBytes())))));
  gl_label_->setText(viewports_->viewport(Side::A).glName());
}

void MainWindow::enableActions() {
  const bool open = studio_.dataset() != nullptr;
  static const QStringList kAlways{
      "data.open",   "predictions.open", "files.open",     "demo.open",    "window.fullscreen", "window.new",
      "quit",        "palette.open",     "shortcuts.show", "theme.toggle", "layout.reset",      "help.about",
      "doctor.show", "settings",         "link.open",      "help.panel",   "panel.activities"};
  for (const ActionRegistry::Entry& entry : actions_.entries()) {
    if (!kAlways.contains(entry.spec.id)) entry.action->setEnabled(open);
  }
  actions_["cancel"]->setEnabled(open || studio_.isOpening() || isLooking());
  enableColoringActions(actions_, studio_);
  enablePredicting();
  enableErrors();
  enableTraining();
  enableHistory();
}

}  // namespace hbev::ui
