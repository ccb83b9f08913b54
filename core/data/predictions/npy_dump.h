// .npy files as predictions: opened with a bound, headers first.
#pragma once

#include <filesystem>
#include <vector>

#include "core/data/predictions/format.h"
#include "core/io/npy.h"

namespace hbev {

/// The header alone. Throws Error.
NpyHeader readNpyHeader(const std::filesystem::path& file);
/// The whole array. Throws Error, also when it is larger than a grid can be.
NpyArray readNpy(const std::filesystem::path& file);

/// Rows [N, 4] of voxel numbers or metres and a class, in a grid of their own.
struct PointLayout {
  GridSpec grid;           ///< in the lidar's frame or in ego
  bool reversed = false;   ///< z, y, x before the class instead of x, y, z
  bool in_metres = false;  ///< coordinates of voxel centres; else voxel numbers
};
/// The grid filled with the points' classes, kAnyFree elsewhere. Throws Error when a point is outside, not
/// finite or its class no class.
std::vector<std::uint8_t> filledGrid(const NpyArray& array, const PointLayout& layout,
                                     const std::filesystem::path& file);
/// Throws Error unless `header` are rows of four numbers.
void checkPoints(const NpyHeader& header, const std::filesystem::path& file);

}  // namespace hbev
