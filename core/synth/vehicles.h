// Shapes of vehicles: x forward, standing on z = 0, centred on their annotated box.
#pragma once

#include "core/synth/shape.h"

namespace hbev::synth {

Shape sedanShape();
Shape hatchbackShape();
Shape vanShape();
Shape boxTruckShape();
Shape tractorShape();
Shape trailerShape();
Shape busShape();
Shape excavatorShape();
Shape bicycleShape(bool rider);
Shape motorcycleShape(bool rider);

}  // namespace hbev::synth
