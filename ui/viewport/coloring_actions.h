// The colourings of voxels as actions: one each, the next and the previous one; for menus, palette and keys.
#pragma once

#include "ui/state/studio.h"

class QMenu;

namespace hbev::ui {

class ActionRegistry;
class ViewportArea;

/// Whether `side` can be coloured so now: some colourings need the network's probabilities.
bool canColor(const Studio& studio, Side side, Coloring coloring);

/// Registers "colour.class", ..., "colour.margin", "colour.next" and "colour.previous". `area` is asked for
/// the active viewport when an action runs.
void registerColoringActions(ActionRegistry& actions, Studio& studio, std::function<ViewportArea&()> area);
/// Colourings that no side can have now are off and say why; without a data set all are.
void enableColoringActions(ActionRegistry& actions, const Studio& studio);
/// "Colour by", with all of them.
QMenu* makeColoringMenu(ActionRegistry& actions, QWidget* parent);

}  // namespace hbev::ui
