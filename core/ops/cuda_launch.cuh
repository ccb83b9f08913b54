// What the CUDA files share: types, the sizes of launches, sums over a warp.
#pragma once

#include <cstdint>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include "core/ops/kernel_arrays.h"

namespace hbev {

constexpr int kWarp = 32;
constexpr int kThreads = 256;

/// Calls with a value of the element's type.
template <class Call>
void withElement(Element element, const Call& call) {
  switch (element) {
    case Element::Half:
      return call(__half{});
    case Element::Float:
      return call(0.0F);
    case Element::Double:
      return call(0.0);
  }
}

/// The first dimension of a grid of blocks, each with room for `per_block` of `count` items.
inline unsigned blocksFor(std::int64_t count, std::int64_t per_block) {
  return static_cast<unsigned>((count + per_block - 1) / per_block);
}

/// What CUDA says against the last launch, null when it went well. Asked where it was launched: LibTorch may
/// have come with a CUDA runtime of its own, which does not know. `static`: the tests compile the same files
/// for a runtime of theirs.
static inline const char* launchProblem() {
  const cudaError_t error = cudaGetLastError();
  return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
}

/// The sum of all lanes' values, in lane 0.
template <class S>
__device__ S warpSum(S value) {
  for (int distance = kWarp / 2; distance > 0; distance /= 2)
    value += __shfl_down_sync(0xffffffffU, value, distance);
  return value;
}

}  // namespace hbev
