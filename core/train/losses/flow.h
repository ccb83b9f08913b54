// The motion of voxels: L1 over those of classes that move.
#pragma once

#include "core/data/classes.h"
#include "core/model/peers.h"

namespace hbev {

/// flow and true_flow [B, X, Y, Z, 2], m/s; labels [B, X, Y, Z]. Per sample the mean over both components of
/// its voxels of moving classes, zero without such; summed over the batch of all processes, as in the
/// reference. Nothing else is left out: a true flow of 255 counts.
torch::Tensor flowLoss(const torch::Tensor& flow, const torch::Tensor& true_flow, const torch::Tensor& labels,
                       const ClassSet& classes, Peers* peers = nullptr);

}  // namespace hbev
