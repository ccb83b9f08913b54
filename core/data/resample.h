// Voxels of another frame, range or voxel size brought into a grid of ours.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/geometry/grid.h"
#include "core/geometry/pose.h"

namespace hbev {

/// Labels on `target` out of labels [x, y, z] on `source`. Eight points in each target voxel (at a quarter
/// and three quarters of each edge) are looked up in the source and vote: the voxel is free when more than
/// half of them are, else it gets the class that most of the others have (the smaller number on a tie).
/// Points outside the source are free. So volume is kept on average, there are no holes, and a wall one
/// source voxel thick stays. Class numbers must be below 256; the result has `free_label` for free. Throws
/// Error when `labels` does not fill the source.
std::vector<std::uint8_t> resampleLabels(const GridSpec& source, std::span<const std::uint8_t> labels,
                                         std::uint8_t free_label, const Pose& source_from_target,
                                         const GridSpec& target);

}  // namespace hbev
