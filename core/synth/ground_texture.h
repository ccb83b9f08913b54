// How the ground looks: asphalt, lane paint, crossings, kerb stones, paving, grass.
#pragma once

#include "core/synth/materials.h"

namespace hbev::synth {

SurfaceColor groundColor(const SurfacePoint& point, const Ground& ground, const Lighting& lighting);

}  // namespace hbev::synth
