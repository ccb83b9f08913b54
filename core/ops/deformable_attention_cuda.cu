// Deformable attention on a card. One group of threads per query and head, one thread per pack of its
// channels; nothing is kept between.
//
// What must move, for Q queries of all maps, h heads of d channels, P places and numbers of e bytes (sums of
// s bytes): 3 s Q h P (places and weights, once) + e Q h d (the result) + e h d H W of each map (the values,
// once; samples that queries share come from the caches). Backwards: the same with the result's gradient, 3 s
// Q h P written, and the values' gradient.
#include "core/ops/cuda_kernels.h"
#include "core/ops/cuda_launch.cuh"
#include "core/ops/deformable_attention_body.h"

namespace hbev {
namespace {

/// Thread (x, y) of a block: pack of channels x of the query and head y.
template <class T, int count>
__global__ void __launch_bounds__(kThreads) attentionKernel(const AttentionArrays a) {
  const std::int64_t row = std::int64_t(blockIdx.x) * blockDim.y + threadIdx.y;
  if (row >= a.size.maps * a.size.queries * a.size.heads) return;
  for (std::int64_t channel = threadIdx.x * count; channel < a.size.dim; channel += blockDim.x * count)
    attendChannels<T, count>(a, row / a.size.heads, row % a.size.heads, channel);
}

/// One warp per query and head. Queries add to the same values in any order: the last bits of the values'
/// gradient differ between runs.
template <class T>
__global__ void __launch_bounds__(kThreads) attentionGradientKernel(const AttentionGradientArrays a) {
  using S = Sum<T>;
  const AttentionSize& s = a.size;
  const std::int64_t row = std::int64_t(blockIdx.x) * blockDim.y + threadIdx.y;
  if (row >= s.maps * s.queries * s.heads) return;
  const int lane = int(threadIdx.x);
  auto* value_gradient = static_cast<S*>(a.value_gradient);
  for (std::int64_t point = 0; point < s.points; ++point) {
    const std::int64_t place = row * s.points + point;
    // All lanes of a warp see the same place: they come here together or not at all.
    attentionGradientAt<T>(
        a, row / s.heads, row % s.heads, point, lane, kWarp,
        [&](std::int64_t index, S g) { atomicAdd(value_gradient + index, g); },
        [&](S x, S y, S weight) {
          x = warpSum(x), y = warpSum(y), weight = warpSum(weight);
          if (lane != 0) return;
          static_cast<S*>(a.places_gradient)[2 * place] = x;
          static_cast<S*>(a.places_gradient)[2 * place + 1] = y;
          static_cast<S*>(a.weights_gradient)[place] = weight;
        });
  }
}

template <class T, int count>
void launch(const AttentionArrays& a, cudaStream_t stream) {
  const int packs = int((a.size.dim + count - 1) / count);
  const int across = packs < kThreads ? packs : kThreads, rows = kThreads / across;
  attentionKernel<T, count>
      <<<blocksFor(a.size.maps * a.size.queries * a.size.heads, rows), dim3(across, rows), 0, stream>>>(a);
}

}  // namespace

const char* launchAttention(const AttentionArrays& a, CUstream_st* stream) {
  withElement(a.element, [&](auto zero) {
    using T = decltype(zero);
    if (readsInPacks<T>(a.value, a.size.dim) && readsInPacks<T>(a.out, a.size.dim)) {
      launch<T, kWidest<T>>(a, stream);
    } else {
      launch<T, 1>(a, stream);
    }
  });
  return launchProblem();
}

const char* launchAttentionGradient(const AttentionGradientArrays& a, CUstream_st* stream) {
  withElement(a.element, [&](auto zero) {
    constexpr int kRows = kThreads / kWarp;
    attentionGradientKernel<decltype(zero)>
        <<<blocksFor(a.size.maps * a.size.queries * a.size.heads, kRows), dim3(kWarp, kRows), 0, stream>>>(a);
  });
  return launchProblem();
}

}  // namespace hbev
