// Occupancy files of any grid: labels.h's reader without its assumption that all are Occ3D's.
#pragma once

#include <filesystem>

#include "core/data/occupancy.h"

namespace hbev {

/// Reads semantics [X, Y, Z], flow or flows [X, Y, Z, 2] and masks as readOccupancyNpz() does, for voxels of
/// `grid` (not empty). Throws Error: no semantics, another shape, a class number above the class set's.
Occupancy readOccupancyOf(const GridSpec& grid, const std::filesystem::path& file, const ClassSet& classes);

}  // namespace hbev
