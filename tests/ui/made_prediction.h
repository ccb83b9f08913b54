// A prediction as a network would have made it, out of voxels that are there: probabilities, depths, maps,
// samples.
#pragma once

#include "core/data/frame.h"
#include "core/model/predictor.h"

namespace hbev::ui::test {

/// The class of every voxel has 0.7, the next class in number 0.2, the free class what is left.
std::shared_ptr<const ClassProbabilities> madeProbabilities(const Occupancy& occupancy);

/// Depths are those of the voxels that the cells' rays hit, give or take 1.5 m; two maps of 50 x 50 cells
/// count voxels; queries of a 20 x 20 grid look at the heights of their own columns, in two layers.
std::shared_ptr<const StageInspection> madeInspection(const Occupancy& occupancy, const Keyframe& keyframe);

}  // namespace hbev::ui::test
