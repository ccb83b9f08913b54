// The stage inspector by keyboard and menu, and what the viewports' overlay says of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/viewport/hud.h"

namespace hbev::ui {

class ActionRegistry;
class StageView;
class Studio;

void registerStageActions(ActionRegistry& actions, Studio& studio);

/// What the colours on the ground mean; nothing when there are none.
std::optional<HudRamp> groundRamp(const StageView& stages);
/// "looks of layer 1: 64 samples": what else of the network's thinking is drawn.
std::vector<std::string> stageLimits(const StageView& stages);

}  // namespace hbev::ui
