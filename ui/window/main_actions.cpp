// Everything that can be done in the window: names, keys (by the ids of tokens.json) and what they do.
#include <algorithm>
#include <array>

#include <QtCore/QFileInfo>
#include <QtWidgets/QApplication>
#include <QtWidgets/QFileDialog>

#include "ui/inspector/inspector.h"
#include "ui/inspector/stage_actions.h"
#include "ui/kit/theme.h"
#include "ui/kit/timeline.h"
#include "ui/scenes/scene_panel.h"
#include "ui/scenes/scene_timeline.h"
#include "ui/scores/ray_panorama.h"
#include "ui/scores/score_panel.h"
#include "ui/state/error_view.h"
#include "ui/state/measure.h"
#include "ui/state/stage_view.h"
#include "ui/state/text.h"
#include "ui/viewport/camera_strip.h"
#include "ui/viewport/coloring_actions.h"
#include "ui/viewport/ray_actions.h"
#include "ui/viewport/tool_actions.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/about_dialog.h"
#include "ui/window/doctor_panel.h"
#include "ui/window/import_panel.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

void registerFileActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  const QString open = actionText("Open"), find = actionText("Find");
  actions.add({"data.open", actionText("Open data"), "open-folder",
               actionText("Opens a nuScenes folder of any version, or a labels .npz."), open},
              [&window](bool) { window.chooseDataFolder(); });
  actions.add({"predictions.open", actionText("Open predictions"), "voxel",
               actionText("Adds a folder of predictions as a source."), open},
              [&window](bool) { window.choosePredictions(); });
  actions.add(
      {"files.open", actionText("Open files"), "layers",
       actionText("Files of predictions, labels, infos, evaluations or weights: each as what it is."), open},
      [&window](bool) {
        window.openPaths(QFileDialog::getOpenFileNames(&window, MainWindow::tr("Open files"),
                                                       QFileInfo(Studio::recentPaths().value(0)).path()));
      });
  actions.add({"demo.open", actionText("Try the demo"), "play",
               actionText("Makes the demo city once, and opens it."), open},
              [&window](bool) { window.openDemo(); });
  actions.add({"window.fullscreen", actionText("Full screen"), "maximise",
               actionText("The window without its frame."), open},
              [&window](bool) { window.setWindowState(window.windowState() ^ Qt::WindowFullScreen); });
  actions.add({"quit", actionText("Quit"), "close", actionText("Closes the studio."), open},
              [&window](bool) { window.close(); });
  actions.add({"palette.open", actionText("Search actions"), "search",
               actionText("Finds any action by a few letters of its name."), find},
              [&window](bool) { window.showPalette(); });
  actions.add({"settings", actionText("Settings"), "settings",
               actionText("Memory, loading and play; kept for the next time."), find},
              [&window](bool) { window.showSettings(); });
  actions.add({"shortcuts.show", actionText("Keyboard shortcuts"), "info",
               actionText("All actions with their keys, by group."), find},
              [&window](bool) { window.showShortcuts(); });
  actions.add({"help.about", actionText("About"), "info",
               actionText("Versions, licences, and where the program keeps its files."), find},
              [&window](bool) {
                auto* dialog = new AboutDialog(window.viewports().viewport(Side::A).glName(), &window);
                dialog->setAttribute(Qt::WA_DeleteOnClose);
                dialog->open();
              });
  actions.add({"help.panel", actionText("Help of this panel"), "info",
               actionText("What the panel with the focus is for, and its keys."), find},
              [&window](bool) { window.showPanelHelp(); });
  actions.add(
      {"doctor.show", actionText("Doctor"), "doctor",
       actionText("Looks at this machine, the data set and the predictions, and says what to do."), find},
      [&window](bool) { window.showPanel(&window.doctor()); });
  actions.add({"import.show", actionText("Import report"), "voxel",
               actionText("What became of predictions that were opened."), find},
              [&window](bool) { window.showPanel(&window.imports()); });
  actions.add(
      {"filter.clear", actionText("Clear filter"), "filter", actionText("Shows all scenes again."), find},
      [&window](bool) { window.scenes().clearFilters(); });
  actions.add({"panel.search", actionText("Search scenes"), "search",
               actionText("Filters the scenes by name, description, location or token."), find},
              [&window](bool) {
                window.showPanel(&window.scenes());
                window.scenes().focusSearch();
              });
}

void registerPanelActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  const QString go = actionText("Go");
  actions.add({"workspace.browse", actionText("Browse"), "scene",
               actionText("Prediction beside truth, coloured by class."), go, true},
              [&window](bool) { window.setWorkspace("browse"); });
  actions.add({"workspace.errors", actionText("Errors"), "evaluate",
               actionText("What is wrong: outcome colours and the score table."), go, true},
              [&window](bool) { window.setWorkspace("errors"); });
  struct Panel {
    const char* id;
    const char* name;
    const char* icon;
    QWidget* (*widget)(MainWindow&);  ///< asked when used: panels are made after the actions
  };
  const std::array<Panel, 5> panels{{{"panel.scenes", QT_TRANSLATE_NOOP("Actions", "Scenes"), "scene",
                                      [](MainWindow& w) -> QWidget* { return &w.scenes(); }},
                                     {"panel.cameras", QT_TRANSLATE_NOOP("Actions", "Cameras"), "camera",
                                      [](MainWindow& w) -> QWidget* { return &w.cameras(); }},
                                     {"panel.timeline", QT_TRANSLATE_NOOP("Actions", "Timeline"), "curve",
                                      [](MainWindow& w) -> QWidget* { return &w.timeline(); }},
                                     {"panel.inspector", QT_TRANSLATE_NOOP("Actions", "Inspector"), "layers",
                                      [](MainWindow& w) -> QWidget* { return &w.inspector(); }},
                                     {"panel.scores", QT_TRANSLATE_NOOP("Actions", "Scores"), "table",
                                      [](MainWindow& w) -> QWidget* { return &w.scores(); }}}};
  actions.add({"panel.panorama", actionText("Ray panorama"), "ray",
               actionText("Shows this panel and moves the focus there."), go},
              [&window](bool) { window.showPanel(&window.panorama()); });
  actions.add({"panel.activities", actionText("Activities"), "run",
               actionText("All that is under way, how far it is, and what stops it."), go},
              [&window](bool) { window.showActivities(); });
  for (const Panel& panel : panels) {
    actions.add({panel.id, actionText(panel.name), panel.icon,
                 actionText("Shows this panel and moves the focus there."), go},
                [&window, widget = panel.widget](bool) { window.showPanel(widget(window)); });
  }
  actions.add({"layout.reset", actionText("Reset layout"), "layers",
               actionText("All panels where they were at first."), go},
              [&window](bool) { window.resetLayout(); });
  actions.add({"theme.toggle", actionText("Dark or light"), "theme", actionText("Switches the theme."), go},
              [](bool) {
                Theme& theme = Theme::current();
                theme.setMode(theme.tone() == Tone::Dark ? Theme::Mode::Light : Theme::Mode::Dark);
              });
  const QString work = actionText("Work");
  actions.add(
      {"cancel", actionText("Clear selection"), "close", actionText("Lets go of the picked voxel."), work},
      [&window](bool) {
        if (window.isLooking()) return window.stopLooking();
        if (window.studio().isOpening()) return window.studio().cancelOpening();
        if (window.studio().measure().isOn()) return window.studio().measure().setOn(false);
        window.studio().select(std::nullopt);
        window.studio().errors().pick(std::nullopt);
      });
}

void registerTimeActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  Studio& studio = window.studio();
  const QString time = actionText("Time");
  actions.add({"play", actionText("Play"), "play", actionText("Plays the scene, or pauses."), time, true},
              [&studio](bool on) { studio.playback().setPlaying(on); });
  const auto step = [&](const char* id, const char* name, const char* icon, int keyframes) {
    actions.add({id, actionText(name), icon, actionText("Moves along the scene."), time},
                [&studio, keyframes](bool) { studio.step(keyframes); });
  };
  constexpr int kAll = 1 << 20;
  step("keyframe.previous", QT_TRANSLATE_NOOP("Actions", "Previous keyframe"), "step-back", -1);
  step("keyframe.next", QT_TRANSLATE_NOOP("Actions", "Next keyframe"), "step-forward", 1);
  step("keyframe.back10", QT_TRANSLATE_NOOP("Actions", "Ten keyframes back"), "step-back", -10);
  step("keyframe.forward10", QT_TRANSLATE_NOOP("Actions", "Ten keyframes on"), "step-forward", 10);
  step("keyframe.first", QT_TRANSLATE_NOOP("Actions", "First keyframe"), "step-back", -kAll);
  step("keyframe.last", QT_TRANSLATE_NOOP("Actions", "Last keyframe"), "step-forward", kAll);
  const auto scene = [&](const char* id, const char* name, int delta) {
    actions.add({id, actionText(name), "scene", actionText("Moves along the list of scenes."), time},
                [&studio, delta](bool) {
                  const std::int64_t wanted = std::int64_t(studio.current().scene) + delta;
                  if (wanted >= 0) studio.setCurrent(std::size_t(wanted), 0);
                });
  };
  scene("scene.previous", QT_TRANSLATE_NOOP("Actions", "Previous scene"), -1);
  scene("scene.next", QT_TRANSLATE_NOOP("Actions", "Next scene"), 1);
  const auto speed = [&](const char* id, const char* name, int delta) {
    actions.add(
        {id, actionText(name), "play", actionText("Changes how fast the scene plays."), time},
        [&window, delta](bool) {
          const auto& speeds = Timeline::speeds();
          const auto now =
              std::find(speeds.begin(), speeds.end(), window.studio().playback().speed()) - speeds.begin();
          const auto wanted = std::clamp<std::ptrdiff_t>(now + delta, 0, std::ptrdiff_t(speeds.size()) - 1);
          window.studio().playback().setSpeed(speeds[std::size_t(wanted)]);
        });
  };
  speed("speed.slower", QT_TRANSLATE_NOOP("Actions", "Slower"), -1);
  speed("speed.faster", QT_TRANSLATE_NOOP("Actions", "Faster"), 1);
  const auto sweep = [&](const char* id, const char* name, const char* icon, int moments) {
    actions.add({id, actionText(name), icon, actionText("Moves by one picture of the cameras."), time},
                [&studio, moments](bool) { studio.stepSweep(moments); });
  };
  sweep("sweep.previous", QT_TRANSLATE_NOOP("Actions", "Previous sweep"), "step-back", -1);
  sweep("sweep.next", QT_TRANSLATE_NOOP("Actions", "Next sweep"), "step-forward", 1);
  QAction* sweeps =
      actions.add({"sweeps.play", actionText("Play camera sweeps"), "video",
                   actionText("Plays the pictures between the keyframes too, 12 a second."), time, true},
                  [&studio](bool on) { studio.setPlaysSweeps(on); });
  QObject::connect(&studio, &Studio::sweepModeChanged, sweeps, &QAction::setChecked);
  sweeps->setChecked(studio.settings().sweeps);
  actions.add({"loop.toggle", actionText("Loop"), "loop",
               actionText("Plays the loop range, or the whole scene, again and again."), time, true},
              [&studio](bool on) {
                const int last = int(studio.keyframesInScene()) - 1;
                studio.playback().setLoop(
                    on && last > 0 ? std::optional(studio.playback().loop().value_or(std::pair(0, last)))
                                   : std::nullopt);
              });
  const auto loopEnd = [&](const char* id, const char* name, bool first) {
    actions.add({id, actionText(name), "loop",
                 actionText("The current keyframe becomes this end of the loop."), time},
                [&studio, first](bool) {
                  if (studio.keyframesInScene() < 2) return;
                  const int now = int(studio.current().index), last = int(studio.keyframesInScene()) - 1;
                  std::pair<int, int> range = studio.playback().loop().value_or(std::pair(0, last));
                  (first ? range.first : range.second) = now;
                  if (range.first > range.second) range = first ? std::pair(now, last) : std::pair(0, now);
                  studio.playback().setLoop(range);
                });
  };
  loopEnd("loop.start", QT_TRANSLATE_NOOP("Actions", "Loop from here"), true);
  loopEnd("loop.end", QT_TRANSLATE_NOOP("Actions", "Loop to here"), false);
  actions.add(
      {"loop.clear", actionText("Clear loop"), "loop", actionText("Plays to the scene's end again."), time},
      [&studio](bool) { studio.playback().setLoop(std::nullopt); });
  actions.add({"worst.next", actionText("Next valley"), "step-forward",
               actionText("The next keyframe whose score is lower than its neighbours'."), time},
              [&window](bool) { window.sceneTimeline().jumpToValley(1); });
  actions.add({"worst.previous", actionText("Previous valley"), "step-back",
               actionText("The valley before this keyframe."), time},
              [&window](bool) { window.sceneTimeline().jumpToValley(-1); });
  actions.add({"bookmark.toggle", actionText("Bookmark"), "bookmark",
               actionText("Marks this keyframe, or takes the mark off."), time},
              [&window](bool) { window.sceneTimeline().toggleBookmark(); });
  actions.add({"bookmark.note", actionText("Bookmark with note"), "bookmark",
               actionText("Marks this keyframe and writes a note."), time},
              [&window](bool) { window.bookmarkWithNote(); });
  actions.add({"bookmarks.show", actionText("All bookmarks"), "bookmark",
               actionText("Shows the bookmarks in place of the scenes."), time},
              [&window](bool) {
                window.showPanel(&window.scenes());
                window.scenes().showBookmarks(true);
              });
  actions.add({"bookmark.next", actionText("Next bookmark"), "bookmark",
               actionText("Goes to the next marked keyframe of the data set."), time},
              [&window](bool) { window.sceneTimeline().nextBookmark(); });
}

void registerEyeActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  const QString eye = actionText("Eye"), compare = actionText("Compare");
  for (int i = 0; i < int(kCameraCount); ++i) {
    const std::string_view title = cameraTitle(Camera(i));
    actions.add(
        {QStringLiteral("eye.camera%1").arg(i + 1),
         actionText("Look from: %1").arg(QString::fromUtf8(title.data(), qsizetype(title.size())).toLower()),
         "camera", actionText("Flies to this camera's eye."), eye},
        [&window, i](bool) { window.lookThrough(i); });
  }
  const auto fly = [&](const char* id, const char* name, const char* icon, ViewCamera (*camera)()) {
    actions.add({id, actionText(name), icon, actionText("Flies the active viewport there."), eye},
                [&window, camera](bool) { window.viewports().flyTo(camera()); });
  };
  fly("view.top", QT_TRANSLATE_NOOP("Actions", "From above"), "orbit", &ViewCamera::top);
  fly("view.follow_ego", QT_TRANSLATE_NOOP("Actions", "Behind the ego car"), "orbit", &ViewCamera::followEgo);
  fly("view.orbit", QT_TRANSLATE_NOOP("Actions", "Overview"), "orbit", &ViewCamera::orbit);
  actions.add({"view.frame_all", actionText("Frame all"), "maximise",
               actionText("Brings the whole grid into view."), eye},
              [&window](bool) { window.viewports().frameAll(); });
  actions.add({"view.frame_selection", actionText("Frame selection"), "pin",
               actionText("Looks closely at the picked voxel."), eye},
              [&window](bool) { window.viewports().frameSelection(); });
  actions.add(
      {"view.link", actionText("Link cameras"), "link", actionText("A and B move together."), eye, true},
      [&window](bool on) { window.viewports().setLinked(on); });
  actions["view.link"]->setChecked(true);
  actions.add({"view.maximise", actionText("Maximise viewport"), "maximise",
               actionText("The active viewport alone, or both again."), eye},
              [&window](bool) { window.viewports().toggleMaximised(); });
  actions.add({"compare.flip_hold", actionText("Flip (hold)"), "compare",
               actionText("Shows the other source while the key is held."), compare},
              [&window](bool) { window.viewports().setFlipped(true); });
  actions.add({"compare.swap", actionText("Swap A and B"), "compare",
               actionText("What A shows goes to B, and the other way round."), compare},
              [&window](bool) { window.studio().swapSources(); });
  actions.add({"compare.swipe", actionText("Swipe"), "swipe",
               actionText("Both viewports over each other: A left of a line that is dragged, B right of it."),
               compare, true},
              [&window](bool on) { window.viewports().setSwiping(on); });
  actions.add({"compare.difference", actionText("Difference"), "compare",
               actionText("Colours the active viewport by outcome, or by class again."), compare},
              [&window](bool) {
                const auto side = std::size_t(window.viewports().active());
                window.studio().changeView([side](ViewSettings& view) {
                  view.coloring[side] =
                      view.coloring[side] == Coloring::Outcome ? Coloring::Class : Coloring::Outcome;
                });
              });
}

void registerLookActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  Studio& studio = window.studio();
  const QString layers = actionText("Layers"), look = actionText("Look");
  const auto layer = [&](const char* id, const char* name, const char* icon, Layer which) {
    QAction* action =
        actions.add({id, actionText(name), icon, actionText("Shows or hides this layer."), layers, true},
                    [&studio, which](bool on) {
                      studio.changeView([which, on](ViewSettings& view) { view.layer(which).shown = on; });
                    });
    const auto show = [action, &studio, which] { action->setChecked(studio.view().layer(which).shown); };
    QObject::connect(&studio, &Studio::viewChanged, action, show);
    show();
  };
  layer("layer.voxels", QT_TRANSLATE_NOOP("Actions", "Voxels"), "voxel", Layer::Voxels);
  layer("layer.edges", QT_TRANSLATE_NOOP("Actions", "Voxel edges"), "layers", Layer::Edges);
  layer("layer.flow", QT_TRANSLATE_NOOP("Actions", "Flow arrows"), "flow", Layer::Flow);
  layer("layer.lidar", QT_TRANSLATE_NOOP("Actions", "Lidar points"), "lidar", Layer::Lidar);
  layer("layer.boxes", QT_TRANSLATE_NOOP("Actions", "Annotated boxes"), "box", Layer::Boxes);
  layer("layer.rings", QT_TRANSLATE_NOOP("Actions", "Range rings"), "orbit", Layer::Rings);
  QAction* mask = actions.add(
      {"layer.mask", actionText("Camera mask only"), "eye",
       actionText("Shows only voxels that a camera sees."), layers, true},
      [&studio](bool on) { studio.changeView([on](ViewSettings& view) { view.camera_mask_only = on; }); });
  QObject::connect(&studio, &Studio::viewChanged, mask,
                   [mask, &studio] { mask->setChecked(studio.view().camera_mask_only); });
  actions.add({"overlay.next", actionText("Next camera overlay"), "camera",
               actionText("None, voxels, lidar, boxes; depth where the network's is known."), layers},
              [&studio](bool) {
                const int count = studio.stages().inspection() ? 5 : 4;
                studio.changeView([count](ViewSettings& view) {
                  view.overlay = OverlayKind((int(view.overlay) + 1) % count);
                });
              });
  actions.add(
      {"overlay.depth", actionText("Depth over the cameras"), "ray",
       actionText("The network's expected depth; then click a pixel for its curve."), layers},
      [&studio](bool) { studio.changeView([](ViewSettings& view) { view.overlay = OverlayKind::Depth; }); });
  actions.add({"probe.clear", actionText("Let go of the probed pixel"), "close",
               actionText("Takes the depth's ray out of the viewports."), layers},
              [&studio](bool) { studio.stages().clearProbe(); });
  registerRayActions(actions, studio);
  registerStageActions(actions, studio);
  registerToolActions(window);
  registerColoringActions(actions, studio, [&window]() -> ViewportArea& { return window.viewports(); });
  actions.add(
      {"palette.next", actionText("Next palette"), "palette", actionText("Studio, Papers, nuScenes."), look},
      [&studio](bool) {
        studio.changeView([](ViewSettings& view) {
          view.palette = Palette((int(view.palette) + 1) % int(kPalettes.size()));
        });
      });
  const QString classes = actionText("Class of the picked voxel");
  const auto pickedClass = [&studio]() -> QString {
    const auto& occupancy = studio.content(Side::A).occupancy ? studio.content(Side::A).occupancy
                                                              : studio.content(Side::B).occupancy;
    if (!studio.selection() || !occupancy || !occupancy->grid.contains(*studio.selection())) return {};
    const std::string_view id =
        (*occupancy->classes)[occupancy->semantics[occupancy->grid.index(*studio.selection())]].id;
    return QString::fromUtf8(id.data(), qsizetype(id.size()));
  };
  actions.add({"class.hide", actionText("Hide class"), "eye-off",
               actionText("Hides the class of the picked voxel."), classes},
              [&studio, pickedClass](bool) {
                if (const QString id = pickedClass(); !id.isEmpty()) studio.toggleClass(id);
              });
  actions.add({"class.solo", actionText("Show this class only"), "eye",
               actionText("Shows only the class of the picked voxel, or all again."), classes},
              [&studio, pickedClass](bool) {
                if (const QString id = pickedClass(); !id.isEmpty()) studio.soloClass(id);
              });
  actions.add(
      {"class.show_all", actionText("Show all classes"), "eye", actionText("Hides no class."), classes},
      [&studio](bool) { studio.changeView([](ViewSettings& view) { view.hidden_classes.clear(); }); });
}

}  // namespace

void registerActions(MainWindow& window) {
  registerFileActions(window);
  registerKeepActions(window);
  registerPanelActions(window);
  registerPredictActions(window);
  registerErrorActions(window);
  registerTrainActions(window);
  registerTimeActions(window);
  registerEyeActions(window);
  registerLookActions(window);
}

}  // namespace hbev::ui
