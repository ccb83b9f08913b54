// The network's logits and flow as voxels of the metric's grid.
#pragma once

#include "core/data/occupancy.h"
#include "core/model/config.h"
#include "core/model/head.h"
#include "core/model/probabilities.h"

namespace hbev {

/// The most likely class of every voxel, and flow where it is one that moves. On occ3dGrid(): a network with
/// cells of another size or range gives each voxel what the cell at its centre has, and free outside. Throws
/// Error when the logits are not finite.
Occupancy occupancyOf(const VoxelOutput& output, const ModelConfig& config);
/// On the same grid; certainly free outside.
ClassProbabilities probabilitiesOf(const VoxelOutput& output, const ModelConfig& config);

}  // namespace hbev
