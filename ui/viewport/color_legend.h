// What the colours of a viewport mean in numbers: the ramp of heights, probabilities, entropies and margins.
#pragma once

#include <optional>

#include <QtCore/QString>

#include "render/certainty.h"
#include "ui/viewport/hud.h"

namespace hbev::ui {

/// Why a viewport cannot be coloured by probabilities, and what to do: one sentence.
QString noProbabilitiesReason();
/// The same of any colouring.
QString absenceReason(Coloring coloring);

/// Heights of the grid in m.
HudRamp heightRamp(const GridSpec& grid);
/// Values 0 to 1 with their spread and mean. `class_name` is the class whose probability is shown; empty:
/// each voxel's own.
HudRamp certaintyRamp(Coloring coloring, const CertaintyPaint& paint, const QString& class_name);
/// In place of the ramp where there are no probabilities or no truth: what to do to have some.
HudRamp absentRamp(Coloring coloring);

}  // namespace hbev::ui
