// The colour map for quantities: dark blue over green to yellow, even steps to the eye, safe for colour
// blindness.
#pragma once

#include "core/data/classes.h"

namespace hbev {

/// `t` from 0 to 1; outside it is clamped.
Rgb viridis(double t);

/// Fully saturated colour of a hue: 0 red, 1/3 green, 2/3 blue, 1 red again; `saturation` 0 is white.
Rgb hueColor(double hue, double saturation);

}  // namespace hbev
