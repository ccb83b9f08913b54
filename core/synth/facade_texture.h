// How a wall looks: bricks or plaster, a row of shops, windows on every floor above.
#pragma once

#include "core/synth/materials.h"

namespace hbev::synth {

SurfaceColor facadeColor(const SurfacePoint& point, const Lighting& lighting);

}  // namespace hbev::synth
