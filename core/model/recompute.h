// Activation checkpointing: a part of the network whose inside is not kept for the backward pass but computed
// again there.
#pragma once

#include <functional>
#include <vector>

#include "core/model/torch_headers.h"

namespace hbev {

/// run(x), with gradients for x and for `parameters` (those that `run` uses). Between the passes only x is
/// kept. `run` is called a second time in the backward pass: batch norms update their statistics twice, as in
/// the reference, and it must not draw random numbers. Without gradients it is run(x).
torch::Tensor recomputed(const std::function<torch::Tensor(const torch::Tensor&)>& run,
                         const std::vector<torch::Tensor>& parameters, const torch::Tensor& x);

}  // namespace hbev
