// Tools of the viewports as actions: what part of the grid is seen, measuring, and the voxel that keys move;
// for menus, palette and keys.
#pragma once

class QMenu;
class QWidget;

namespace hbev::ui {

class ActionRegistry;
class MainWindow;

/// Registers "tool.slice", "slice.up", "slice.down", "tool.clip", "range.next", "region.reset",
/// "tool.measure", "voxel.left" and its like for the other directions, and "class.list".
void registerToolActions(MainWindow& window);
/// "Seen part", with slice, box and range.
QMenu* makeRegionMenu(ActionRegistry& actions, QWidget* parent);

}  // namespace hbev::ui
