#include "ui/viewport/tool_actions.h"

#include <QtWidgets/QMenu>

#include "ui/inspector/inspector.h"
#include "ui/state/measure.h"
#include "ui/state/region.h"
#include "ui/state/text.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

void registerRegionTools(ActionRegistry& actions, Studio& studio) {
  const QString look = actionText("Look");
  /// On or off, by a flag of the region.
  const auto limit = [&](const char* id, const char* name, const char* help, bool ViewRegion::*flag) {
    const QString picture = QString::fromLatin1(id).section(QLatin1Char('.'), 1);
    QAction* action =
        actions.add({id, actionText(name), picture, actionText(help), look, true}, [&studio, flag](bool on) {
          studio.changeView([flag, on](ViewSettings& view) { view.region.*flag = on; });
        });
    QObject::connect(&studio, &Studio::viewChanged, action,
                     [action, &studio, flag] { action->setChecked(studio.view().region.*flag); });
  };
  const auto change = [&](const char* id, const char* name, const char* icon, const char* help,
                          void (*run)(ViewRegion&)) {
    actions.add({id, actionText(name), icon, actionText(help), look},
                [&studio, run](bool) { studio.changeView([run](ViewSettings& view) { run(view.region); }); });
  };
  limit("tool.slice", QT_TRANSLATE_NOOP("Actions", "Height slice"),
        QT_TRANSLATE_NOOP("Actions", "Only the voxel layers of the last slice, or all."), &ViewRegion::slice);
  change("slice.up", QT_TRANSLATE_NOOP("Actions", "Slice higher"), "slice",
         QT_TRANSLATE_NOOP("Actions", "Moves the height slice up by a voxel layer."),
         [](ViewRegion& region) { moveSlice(region, 1); });
  change("slice.down", QT_TRANSLATE_NOOP("Actions", "Slice lower"), "slice",
         QT_TRANSLATE_NOOP("Actions", "Moves the height slice down by a voxel layer."),
         [](ViewRegion& region) { moveSlice(region, -1); });
  limit("tool.clip", QT_TRANSLATE_NOOP("Actions", "Clip box"),
        QT_TRANSLATE_NOOP("Actions", "Only voxels in the last box around the car, or all."),
        &ViewRegion::box);
  change(
      "range.next", QT_TRANSLATE_NOOP("Actions", "Next range"), "clip",
      QT_TRANSLATE_NOOP("Actions", "Only voxels 0 to 10 m from the car, then 10 to 20 m, and at last all."),
      &nextRangeBand);
  change("region.reset", QT_TRANSLATE_NOOP("Actions", "Whole grid"), "clip",
         QT_TRANSLATE_NOOP("Actions", "Without slice, clip box and range."),
         [](ViewRegion& region) { region.slice = region.box = region.range = false; });
}

void registerMeasureTool(ActionRegistry& actions, Measure& measure) {
  QAction* action = actions.add(
      {"tool.measure", actionText("Measure"), "measure",
       actionText("The distance between two points: click both, or press Enter at the picked voxel."),
       actionText("Look"), true},
      [&measure](bool on) { measure.setOn(on); });
  QObject::connect(&measure, &Measure::changed, action,
                   [action, &measure] { action->setChecked(measure.isOn()); });
}

void registerVoxelKeys(MainWindow& window) {
  const QString group = actionText("Picked voxel");
  const auto step = [&](const char* id, const char* name, VoxelStep direction) {
    window.actions().add(
        {id, actionText(name), "voxel",
         actionText("Picks the next voxel that is seen there, first the one in the middle."), group},
        [&window, direction](bool) {
          window.viewports().viewport(window.viewports().active()).stepVoxel(direction);
        });
  };
  step("voxel.left", QT_TRANSLATE_NOOP("Actions", "Voxel to the left"), VoxelStep::Left);
  step("voxel.right", QT_TRANSLATE_NOOP("Actions", "Voxel to the right"), VoxelStep::Right);
  step("voxel.ahead", QT_TRANSLATE_NOOP("Actions", "Voxel behind it"), VoxelStep::Ahead);
  step("voxel.back", QT_TRANSLATE_NOOP("Actions", "Voxel before it"), VoxelStep::Back);
  step("voxel.higher", QT_TRANSLATE_NOOP("Actions", "Voxel above"), VoxelStep::Higher);
  step("voxel.lower", QT_TRANSLATE_NOOP("Actions", "Voxel below"), VoxelStep::Lower);
}

}  // namespace

void registerToolActions(MainWindow& window) {
  registerRegionTools(window.actions(), window.studio());
  registerMeasureTool(window.actions(), window.studio().measure());
  registerVoxelKeys(window);
  window.actions().add(
      {"class.list", actionText("Class list"), "legend",
       actionText("Moves the focus there: Space hides a class or shows it, Alt+Space shows it only."),
       actionText("Class of the picked voxel")},
      [&window](bool) {
        window.showPanel(&window.inspector());
        window.inspector().focusClasses();
      });
}

QMenu* makeRegionMenu(ActionRegistry& actions, QWidget* parent) {
  auto* menu = new QMenu(actionText("Seen part"), parent);
  for (const char* id : {"tool.slice", "slice.up", "slice.down", "tool.clip", "range.next", "region.reset"})
    menu->addAction(actions[QString::fromLatin1(id)]);
  return menu;
}

}  // namespace hbev::ui
