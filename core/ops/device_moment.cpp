#include "core/ops/device_moment.h"

#ifdef HBEV_OPS_CUDA
#include <cuda_runtime_api.h>

#include <c10/core/DeviceGuard.h>
#include <c10/cuda/CUDAStream.h>
#else
#include <torch/cuda.h>
#endif

namespace hbev {

#ifdef HBEV_OPS_CUDA
namespace {

/// Null where the card takes none.
std::shared_ptr<void> recordedEvent(const c10::Device& device) {
  const c10::DeviceGuard guard(device);
  cudaEvent_t event = nullptr;
  if (cudaEventCreate(&event) != cudaSuccess) {
    cudaGetLastError();  // else the next kernel is said to have failed
    return {};
  }
  std::shared_ptr<void> owned(event, [](void* each) { cudaEventDestroy(static_cast<cudaEvent_t>(each)); });
  if (cudaEventRecord(event, c10::cuda::getCurrentCUDAStream(device.index()).stream()) == cudaSuccess)
    return owned;
  cudaGetLastError();
  return {};
}

}  // namespace
#endif

DeviceMoment::DeviceMoment(const c10::Device& device) {
#ifdef HBEV_OPS_CUDA
  if (device.is_cuda()) event_ = recordedEvent(device);
#else
  // Without the CUDA toolkit there are no events: the card's work so far is waited for.
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
#endif
  told_ = std::chrono::steady_clock::now();
}

double DeviceMoment::secondsSince(const DeviceMoment& earlier) const {
#ifdef HBEV_OPS_CUDA
  if (event_ && earlier.event_) {
    float milliseconds = 0;
    if (cudaEventSynchronize(static_cast<cudaEvent_t>(event_.get())) == cudaSuccess &&
        cudaEventElapsedTime(&milliseconds, static_cast<cudaEvent_t>(earlier.event_.get()),
                             static_cast<cudaEvent_t>(event_.get())) == cudaSuccess) {
      return double(milliseconds) / 1e3;
    }
    cudaGetLastError();
  }
#endif
  return std::chrono::duration<double>(told_ - earlier.told_).count();
}

}  // namespace hbev
