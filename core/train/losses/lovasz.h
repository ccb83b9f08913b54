// Lovasz-Softmax: a smooth stand-in for the mean IoU of the classes.
#pragma once

#include "core/model/peers.h"

namespace hbev {

/// probabilities [P, C], labels [P] int64 -> a scalar: the mean over the classes that occur among the labels,
/// free included; zero when there are no voxels. With peers it is the loss of all processes' voxels together:
/// each takes a share of the classes. Only voxels that can matter are sorted, and the gradient
/// (once) comes out of the same pass. Source: Berman et al. 2018, "The Lovasz-Softmax loss", algorithm 1.
torch::Tensor lovaszSoftmax(const torch::Tensor& probabilities, const torch::Tensor& labels,
                            Peers* peers = nullptr);

}  // namespace hbev
