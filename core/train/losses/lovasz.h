// Lovasz-Softmax: a smooth stand-in for the mean IoU of the classes.
#pragma once

#include "core/model/torch_headers.h"

namespace hbev {

/// probabilities [P, C], labels [P] int64 -> a scalar: the mean over the classes that occur among the labels,
/// free included; zero when there are no voxels. Only voxels that can matter are sorted, and the gradient
/// (once) comes out of the same pass. Source: Berman et al. 2018, "The Lovasz-Softmax loss", algorithm 1.
torch::Tensor lovaszSoftmax(const torch::Tensor& probabilities, const torch::Tensor& labels);

}  // namespace hbev
