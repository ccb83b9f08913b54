// A procedural street as occupancy, for tests and benchmarks of the evaluator: ground, pavements, walls with
// gaps, cars, trees, poles; and the places that a lidar passes while driving through it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/data/occupancy.h"

namespace hbev::test {

/// About 40,000 occupied voxels of OpenOcc classes with flow on the cars that drive. Deterministic in `seed`.
Occupancy makeStreet(std::uint32_t seed);

/// The street as a network might see it: cars shifted by a voxel, walls with holes, some classes confused.
Occupancy makeFlawedPrediction(const Occupancy& street, std::uint32_t seed);

/// Eight lidar places, 7 m apart along the street.
std::vector<Eigen::Vector3d> streetOrigins();

}  // namespace hbev::test
