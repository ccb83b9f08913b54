// Splatting on a card. One group of threads per voxel, one thread per pack of channels: a voxel's points are
// sorted, so that its sum has one order and needs no atomics, and no array of points x channels exists.
//
// What must move, for P points inside, V voxels that hold points, C channels, G voxels in all and e bytes a
// number: 20 P (index of the point, index of the pixel, depth) + 16 V + e C (pixels + V), after the zeros of
// e C G bytes. The features themselves are read once from memory; all further reads of them are served by the
// L2 cache.
#include "core/ops/cuda_kernels.h"
#include "core/ops/cuda_launch.cuh"
#include "core/ops/lift_splat_body.h"

namespace hbev {
namespace {

constexpr int kGradientChannels = 4;  // a lane's, at once

/// Thread (x, y) of a block: pack of channels x of the voxel y.
template <class T, int count>
__global__ void __launch_bounds__(kThreads) splatKernel(const SplatArrays a) {
  const std::int64_t voxel = std::int64_t(blockIdx.x) * blockDim.y + threadIdx.y;
  if (voxel >= a.voxels) return;
  for (std::int64_t channel = threadIdx.x * count; channel < a.size.channels; channel += blockDim.x * count)
    splatChannels<T, count>(a, voxel, channel);
}

/// One warp per pixel of the feature maps: both gradients in one walk along its ray.
template <class T>
__global__ void __launch_bounds__(kThreads) splatGradientKernel(const SplatGradientArrays a) {
  const std::int64_t pixel = std::int64_t(blockIdx.x) * blockDim.y + threadIdx.y;
  if (pixel >= a.cameras * a.pixels) return;
  const int lane = int(threadIdx.x);
  auto* depth_gradient = static_cast<Sum<T>*>(a.depth_gradient);
  splatGradientOfPixel<T, kGradientChannels>(
      a, pixel, lane, kWarp, [&](std::int64_t point, Sum<T> share, bool first) {
        const Sum<T> product = warpSum(share);
        if (lane == 0) depth_gradient[point] = first ? product : depth_gradient[point] + product;
      });
}

template <class T, int count>
void launch(const SplatArrays& a, cudaStream_t stream) {
  const int packs = int((a.size.channels + count - 1) / count);
  const int across = packs < kThreads ? packs : kThreads, voxels = kThreads / across;
  splatKernel<T, count><<<blocksFor(a.voxels, voxels), dim3(across, voxels), 0, stream>>>(a);
}

}  // namespace

const char* launchSplat(const SplatArrays& a, CUstream_st* stream) {
  withElement(a.element, [&](auto zero) {
    using T = decltype(zero);
    if (readsInPacks<T>(a.context, a.size.channels) && readsInPacks<T>(a.out, a.size.channels)) {
      launch<T, kWidest<T>>(a, stream);
    } else {
      launch<T, 1>(a, stream);
    }
  });
  return launchProblem();
}

const char* launchSplatGradient(const SplatGradientArrays& a, CUstream_st* stream) {
  withElement(a.element, [&](auto zero) {
    constexpr int kPixels = kThreads / kWarp;
    splatGradientKernel<decltype(zero)>
        <<<blocksFor(a.cameras * a.pixels, kPixels), dim3(kWarp, kPixels), 0, stream>>>(a);
  });
  return launchProblem();
}

}  // namespace hbev
