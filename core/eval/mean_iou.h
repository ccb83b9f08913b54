// mIoU of voxels, from a confusion table.
#pragma once

#include <vector>

#include "core/eval/confusion.h"

namespace hbev {

/// NaN where nothing could be scored: a class that neither truth nor prediction shows.
struct VoxelScores {
  std::vector<double> iou;  ///< [class], free included
  double mean_iou = 0;      ///< over the classes but free (the last one) that have a score
};

VoxelScores scoreVoxels(const Confusion& confusion);

}  // namespace hbev
