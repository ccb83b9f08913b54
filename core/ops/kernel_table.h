// Which kernels a device has.
#pragma once

#include <c10/core/Device.h>

#include "core/ops/kernel_calls.h"

namespace hbev {

/// Empty where the device has none: then the plain composition runs. The processor's forward kernels are not
/// here, they work on tensors.
struct OpKernels {
  Kernel<SplatArrays> splat;
  Kernel<SplatGradientArrays> splat_gradient;
  Kernel<StereoCostArrays> stereo_cost;
  Kernel<AttentionArrays> attention;
  Kernel<AttentionGradientArrays> attention_gradient;
};

/// Those of a CUDA device run on its current stream. Empty when the build had no nvcc or its LibTorch no
/// CUDA.
const OpKernels& kernelsOf(const c10::Device& device);

}  // namespace hbev
