// What training will take of memory, guessed by the sizes in the configuration before it begins. Knows no
// Torch.
#pragma once

#include <cstdint>

#include "core/model/config.h"

namespace hbev {

/// Numbers that a network's weights are, by the sizes of what has most of them: the image encoder, and the
/// layers on the coarsest map. Within a fifth.
double roughParameters(const ModelConfig& config);

/// Bytes for tensors during a step on a processor, in the configuration's precision: weights, gradients, two
/// moments and the running average of `parameters` numbers, and a batch's pictures, activations and their
/// gradients, with what is kept to be used again. Small tensors take half of it: each large one is rounded up
/// to whole pages.
std::uint64_t trainingTensorBytes(const ModelConfig& config, std::uint64_t parameters);

/// What a process takes that trains on a processor, bytes: the tensors and the program with LibTorch. Within
/// 10 % of what was measured (docs/performance.md).
std::uint64_t trainingMemoryNeeded(const ModelConfig& config, std::uint64_t parameters);

}  // namespace hbev
