// The gradients of splatting and of deformable attention on the processor: the bodies of the card's kernels,
// run by one lane each and by all threads.
#pragma once

#include "core/ops/kernel_arrays.h"

namespace hbev {

/// Single or double precision. No two threads write to one place and each adds in a fixed order, so that
/// results do not depend on the number of threads.
void splatGradientCpu(const SplatGradientArrays& arrays);
void attentionGradientCpu(const AttentionGradientArrays& arrays);

}  // namespace hbev
