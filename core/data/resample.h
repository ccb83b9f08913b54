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
/// Points outside the source are free. So there are no holes, a wall one source voxel thick stays, and things
/// keep their size but for half-filled voxels at their border, which count as occupied. Throws Error when
/// `labels` does not fill the source.
std::vector<std::uint8_t> resampleLabels(const GridSpec& source, std::span<const std::uint8_t> labels,
                                         std::uint8_t free_label, const Pose& source_from_target,
                                         const GridSpec& target);

}  // namespace hbev
