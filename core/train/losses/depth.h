// The depth distribution of every feature pixel, against lidar.
#pragma once

#include "core/model/config.h"
#include "core/model/peers.h"

namespace hbev {

/// true_depth [B, N, H, W], m, 0 where unknown -> the bin of each cell of stride x stride pixels, by the
/// nearest point in it; -1 without one in the range. [B*N, H/stride, W/stride], int64.
torch::Tensor depthLabels(const torch::Tensor& true_depth, const AxisRange& bins);

/// probabilities [B*N, D, h, w]: the binary cross-entropy of all bins, summed, per labelled cell of
/// all processes; zero when there is none, NaN when a probability is. Source: BEVDepth, as in HBEVOcc.
torch::Tensor depthLoss(const torch::Tensor& probabilities, const torch::Tensor& true_depth,
                        const AxisRange& bins, Peers* peers = nullptr);

}  // namespace hbev
