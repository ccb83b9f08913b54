// The class of every voxel: which voxels count, and the cross-entropy over them.
#pragma once

#include "core/model/peers.h"

namespace hbev {

/// No class: what labels are where nothing is known.
inline constexpr int kIgnoredLabel = 255;

/// The voxels of this process's batch that count, in a row.
struct CountedVoxels {
  torch::Tensor log_probabilities;  ///< [P, C], single or double precision
  torch::Tensor labels;             ///< [P], int64
  torch::Tensor denominator;        ///< of the mean, see crossEntropy(); a scalar, of all processes
};

/// logits [B, X, Y, Z, C], labels [B, X, Y, Z] of any integer type, camera_mask [B, X, Y, Z] (1 = counts) or
/// undefined. Labels of kIgnoredLabel do not count, nor does what the mask leaves out.
CountedVoxels countedVoxels(const torch::Tensor& logits, const torch::Tensor& labels,
                            const torch::Tensor& camera_mask, Peers* peers = nullptr);

/// -log of the labelled class's probability, summed over the voxels that count. Divided by the number of ALL
/// voxels, also the ignored; with a mask by the number of those in it, also the ignored. No class weights.
/// Source: HBEVOcc's OccHead with mmdet's CrossEntropyLoss.
torch::Tensor crossEntropy(const CountedVoxels& voxels, Peers* peers = nullptr);

}  // namespace hbev
