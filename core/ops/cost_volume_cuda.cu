// The stereo cost volume on a card: one warp per pixel. Its lanes project 32 depths at a time, then share the
// channels and walk the depths together; the four pixels that a sample lies between stay in registers until a
// depth lies between others. No temporary array.
//
// What must move, for N cameras, maps of H x W pixels with C channels of e bytes, D depths and sums of s
// bytes: 2 e N H W C (both maps once) + 3 s D H W (the frustum, once for all cameras) + s N D H W (the
// costs). Samples that neighbouring pixels share come from the caches. The arithmetic, six instructions a
// channel and sample, takes longer than that traffic on every card of today, so that the kernel's limit is N
// D H W C * 6 instructions.
#include "core/ops/cost_volume_body.h"
#include "core/ops/cuda_kernels.h"
#include "core/ops/cuda_launch.cuh"

namespace hbev {
namespace {

/// The cell that lane `from` has found.
template <class S>
__device__ Cell<S> cellOfLane(const Cell<S>& cell, int from) {
  Cell<S> other;
  other.left = __shfl_sync(0xffffffffU, cell.left, from);
  other.top = __shfl_sync(0xffffffffU, cell.top, from);
  other.fx = __shfl_sync(0xffffffffU, cell.fx, from);
  other.fy = __shfl_sync(0xffffffffU, cell.fy, from);
  return other;
}

template <class T, int count, int packs>
__global__ void __launch_bounds__(kThreads) costKernel(const StereoCostArrays a) {
  using S = Sum<T>;
  const std::int64_t plane = a.height * a.width;
  const std::int64_t warp = std::int64_t(blockIdx.x) * blockDim.y + threadIdx.y;
  if (warp >= a.cameras * plane) return;
  const int lane = int(threadIdx.x);
  const std::int64_t camera = warp / plane, pixel = warp % plane;
  const auto& projection = static_cast<const StereoProjection<S>*>(a.projections)[camera];
  const S* frustum = static_cast<const S*>(a.frustum) + pixel * 3;
  S* cost = static_cast<S*>(a.cost) + camera * a.depths * plane + pixel;
  for (std::int64_t first = 0; first < a.channels; first += kWarp * count * packs) {
    StereoLane<T, count, packs> channels(a, camera, pixel, first, lane, kWarp);
    for (std::int64_t base = 0; base < a.depths; base += kWarp) {
      const int here = int(a.depths - base < kWarp ? a.depths - base : kWarp);
      Cell<S> mine;
      if (lane < here) mine = stereoCell(projection, frustum + (base + lane) * plane * 3, a);
      S found = 0;
      for (int d = 0; d < here; ++d) {
        const S sum = __shfl_sync(0xffffffffU, warpSum(channels.cost(cellOfLane(mine, d))), 0);
        if (lane == d) found = sum;
      }
      if (lane < here) {
        S& out = cost[(base + lane) * plane];
        out = first == 0 ? found : out + found;
      }
    }
  }
}

template <class T, int count, int packs>
void launch(const StereoCostArrays& a, cudaStream_t stream) {
  constexpr int kPixels = kThreads / kWarp;
  costKernel<T, count, packs>
      <<<blocksFor(a.cameras * a.height * a.width, kPixels), dim3(kWarp, kPixels), 0, stream>>>(a);
}

}  // namespace

const char* launchStereoCost(const StereoCostArrays& a, CUstream_st* stream) {
  withElement(a.element, [&](auto zero) {
    using T = decltype(zero);
    constexpr int kCount = kWidest<T>;
    constexpr int kPacks = sizeof(T) == sizeof(__half) ? 1 : 2;
    if (!readsInPacks<T>(a.current, a.channels) || !readsInPacks<T>(a.previous, a.channels)) {
      launch<T, 1, 1>(a, stream);
    } else if (a.channels > kWarp * kCount) {
      launch<T, kCount, kPacks>(a, stream);
    } else {
      launch<T, kCount, 1>(a, stream);
    }
  });
  return launchProblem();
}

}  // namespace hbev
