#include "core/ops/kernel_table.h"

#include "core/ops/cpu_gradients.h"

#ifdef HBEV_OPS_CUDA
#include <c10/cuda/CUDAStream.h>

#include "core/ops/cuda_kernels.h"
#endif

namespace hbev {
namespace {

#ifdef HBEV_OPS_CUDA
template <class Arrays>
Kernel<Arrays> onCurrentStream(const char* (*launch)(const Arrays&, CUstream_st*)) {
  return [launch](const Arrays& arrays) {
    const char* problem = launch(arrays, c10::cuda::getCurrentCUDAStream().stream());
    TORCH_CHECK(!problem, "a kernel was not launched: CUDA error: ", problem);
  };
}

OpKernels cudaKernels() {
  return {onCurrentStream(launchSplat), onCurrentStream(launchSplatGradient),
          onCurrentStream(launchStereoCost), onCurrentStream(launchAttention),
          onCurrentStream(launchAttentionGradient)};
}
#else
OpKernels cudaKernels() {
  return {};
}
#endif

OpKernels cpuKernels() {
  OpKernels kernels;
  kernels.splat_gradient = splatGradientCpu;
  kernels.attention_gradient = attentionGradientCpu;
  return kernels;
}

}  // namespace

const OpKernels& kernelsOf(const c10::Device& device) {
  static const OpKernels cpu = cpuKernels(), cuda = cudaKernels(), none;
  if (device.is_cpu()) return cpu;
  return device.is_cuda() ? cuda : none;
}

}  // namespace hbev
