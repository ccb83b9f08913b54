// The operations on a CUDA card. Plain addresses on the card, no Torch, no CUDA header: each launches on the
// stream and returns; cudaGetLastError() tells whether the launch went well.
#pragma once

#include "core/ops/kernel_arrays.h"

struct CUstream_st;  // cudaStream_t points to it

namespace hbev {

void launchSplat(const SplatArrays& arrays, CUstream_st* stream);
void launchSplatGradient(const SplatGradientArrays& arrays, CUstream_st* stream);
void launchStereoCost(const StereoCostArrays& arrays, CUstream_st* stream);
void launchAttention(const AttentionArrays& arrays, CUstream_st* stream);
void launchAttentionGradient(const AttentionGradientArrays& arrays, CUstream_st* stream);

}  // namespace hbev
