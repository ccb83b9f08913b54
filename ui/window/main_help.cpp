// What F1 says of each panel.
#include <algorithm>
#include <initializer_list>
#include <iterator>

#include <QtWidgets/QApplication>
#include <QtWidgets/QDockWidget>

#include "ui/inspector/inspector.h"
#include "ui/kit/timeline.h"
#include "ui/predict/predict_panel.h"
#include "ui/scenes/scene_panel.h"
#include "ui/scores/confusion_panel.h"
#include "ui/scores/ray_panorama.h"
#include "ui/scores/score_panel.h"
#include "ui/scores/worst_frames.h"
#include "ui/training/train_page.h"
#include "ui/viewport/camera_strip.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/doctor_panel.h"
#include "ui/window/import_panel.h"
#include "ui/window/main_window.h"
#include "ui/window/panel_help.h"
#include "ui/window/start_page.h"

namespace hbev::ui {
namespace {

struct PanelWords {
  const QWidget* panel;
  const char* title;
  const char* text;
  std::initializer_list<const char*> actions;
};

}  // namespace

void MainWindow::showPanelHelp() {
  // The first that holds the focus is meant; where nothing has it, the first that is seen.
  const PanelWords words[] = {
      {start_,
       QT_TR_NOOP("Start"),
       QT_TR_NOOP("Try the demo, or open a nuScenes folder or somebody's predictions: from here, or dropped "
                  "anywhere on the window. What was open before is in the list."),
       {"demo.open", "data.open", "predictions.open", "files.open", "doctor.show"}},
      {viewports_,
       QT_TR_NOOP("Viewports"),
       QT_TR_NOOP("Two views into the keyframe. Drag to orbit, drag with the right button to pan, turn the "
                  "wheel to zoom, double click to frame; with the right button held W A S D Q E fly. Click a "
                  "voxel to pick it."),
       {"view.orbit", "view.top", "view.follow_ego", "view.frame_all", "view.link", "view.maximise",
        "compare.flip_hold", "compare.swap", "compare.difference", "colour.next", "view.undo", "view.redo",
        "picture.save"}},
      {scenes_,
       QT_TR_NOOP("Scenes"),
       QT_TR_NOOP("The scenes of the data set: search, filter, sort by score; click to go there. Its second "
                  "page holds the bookmarks."),
       {"panel.search", "filter.clear", "scene.previous", "scene.next", "bookmarks.show"}},
      {cameras_,
       QT_TR_NOOP("Cameras"),
       QT_TR_NOOP(
           "The six pictures of the keyframe with voxels, lidar, boxes or depth drawn over them. Click "
           "a picture to look from its eye."),
       {"overlay.next", "overlay.depth", "eye.camera1", "eye.camera6", "probe.clear"}},
      {timeline_,
       QT_TR_NOOP("Timeline"),
       QT_TR_NOOP("One bar a keyframe, as high as its score. Click to go there, drag to scrub, drag with the "
                  "right button to set the loop, turn the wheel to zoom."),
       {"play", "keyframe.previous", "keyframe.next", "sweep.next", "worst.next", "loop.start", "loop.end",
        "bookmark.toggle", "speed.faster", "video.save"}},
      {inspector_,
       QT_TR_NOOP("Inspector"),
       QT_TR_NOOP(
           "Layers, classes and limits of what is drawn, and everything known of the voxel or ray that "
           "was picked."),
       {"layer.voxels", "layer.lidar", "layer.boxes", "class.show_all", "palette.next", "view.undo"}},
      {scores_,
       QT_TR_NOOP("Scores"),
       QT_TR_NOOP("RayIoU, mIoU and velocity errors of the keyframe, the scene or all that is evaluated, by "
                  "class. Click a class to see its errors."),
       {"evaluate", "copy", "table.export", "errors.clear"}},
      {confusion_,
       QT_TR_NOOP("Confusion"),
       QT_TR_NOOP("Rows are the truth, columns what was predicted. Click a cell to see those voxels and rays "
                  "everywhere."),
       {"errors.clear", "panel.worst", "evaluate"}},
      {worst_,
       QT_TR_NOOP("Worst frames"),
       QT_TR_NOOP("Keyframes ranked by what is wrong in them. Click to go there."),
       {"worst.next", "worst.previous", "evaluate", "table.export"}},
      {panorama_,
       QT_TR_NOOP("Ray panorama"),
       QT_TR_NOOP(
           "The evaluator's rays around the car: depth and errors by direction. Point at one to see it "
           "in the viewports."),
       {"layer.rays", "ray.origin_next", "ray.origin_previous", "ray.threshold"}},
      {predict_,
       QT_TR_NOOP("Predict"),
       QT_TR_NOOP("Which network predicts: configuration, weights, exact or streaming, and how they fit."),
       {"predict.keyframe", "predict.scene", "predict.as_i_go", "predict.save", "predict.stop"}},
      {doctor_,
       QT_TR_NOOP("Doctor"),
       QT_TR_NOOP("Looks at this machine, the data set and the predictions, and says what to do."),
       {"doctor.show"}},
      {imports_,
       QT_TR_NOOP("Import"),
       QT_TR_NOOP("What became of predictions that were opened: format, classes, files that do not fit."),
       {"import.show", "predictions.open"}},
      {training_,
       QT_TR_NOOP("Training"),
       QT_TR_NOOP("Runs with their live curves, and what they have learned so far. Runs go on without the "
                  "window."),
       {"train.new", "train.checkpoint", "train.pause", "train.stop", "train.resume", "train.attach"}}};
  const QWidget* focus = QApplication::focusWidget();
  const auto isSeen = [](const PanelWords& each) { return !each.panel->visibleRegion().isEmpty(); };
  const PanelWords* meant = std::ranges::find_if(words, isSeen);
  if (meant == std::end(words)) meant = std::ranges::find(words, viewports_, &PanelWords::panel);
  for (const PanelWords& each : words) {
    if (!focus || !(each.panel == focus || each.panel->isAncestorOf(focus))) continue;
    meant = &each;
    break;
  }
  PanelHelp help{tr(meant->title), tr(meant->text), {}};
  for (const char* id : meant->actions)
    help.actions.push_back(actions_[QLatin1String(id)]);
  (new PanelHelpPopup(help, actions_["shortcuts.show"], this))
      ->openIn(meant->panel->isVisible() ? *meant->panel : *this);
}

}  // namespace hbev::ui
