// Rays, lidar origins, thresholds, filters of errors and the arrows of velocities as actions; for menus,
// palette and keys.
#pragma once

class QMenu;
class QWidget;

namespace hbev::ui {

class ActionRegistry;
class Studio;

/// Registers "layer.rays", "ray.origin_next", "ray.origin_previous", "ray.origin_all", "ray.threshold",
/// "ray.lines", "ray.end_points", "ray.error_bars", "errors.only_near" and its like
/// for the other outcomes, "flow.own", "flow.truth" and "flow.difference".
void registerRayActions(ActionRegistry& actions, Studio& studio);
/// "Rays", with all that belongs to them.
QMenu* makeRayMenu(ActionRegistry& actions, QWidget* parent);
/// "Flow arrows show", with the three choices.
QMenu* makeFlowMenu(ActionRegistry& actions, QWidget* parent);

}  // namespace hbev::ui
