// The halo that a lens puts around what is brighter than the film can hold.
#pragma once

#include <vector>

#include "core/synth/shape.h"

namespace hbev::synth {

/// Adds halos to a picture of display colours (0 to 1, row-major). `strength` 0 changes nothing.
void addGlare(std::vector<Color>& colors, int width, int height, float strength);

}  // namespace hbev::synth
