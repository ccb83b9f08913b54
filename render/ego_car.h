// The car that drives: a white body with a dark cabin.
#pragma once

#include <vector>

#include "render/solid_layer.h"

namespace hbev {

/// Triangles in ego (the origin is on the ground below the rear axle): 4.1 x 1.8 x 1.6 m, centred 1 m ahead.
std::vector<SolidVertex> egoCarTriangles();

}  // namespace hbev
