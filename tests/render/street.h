// A little procedural street for the tests of render: road, pavements, houses, trees, cars that drive.
#pragma once

#include <vector>

#include "core/data/lidar.h"
#include "core/data/occupancy.h"
#include "render/frame_scene.h"

namespace hbev::test {

/// About 50 000 voxels of OpenOcc classes in Occ3D's grid, with flow on what drives or walks.
Occupancy makeStreet();

/// The street as a poor network would see it: a car is a truck, a house is missing, a phantom stands on the
/// road.
Occupancy spoil(const Occupancy& street);

/// The cars' boxes, in ego.
std::vector<ColoredBox> streetBoxes();

/// One point in the middle of each shown voxel's top, in ego.
std::vector<LidarPoint> streetPoints(const Occupancy& street);

}  // namespace hbev::test
