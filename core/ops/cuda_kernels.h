// The operations on a CUDA card. Plain addresses on the card, no Torch, no CUDA header: each launches on the
// stream of the current device and returns null, or what CUDA says against the launch. What goes wrong later
// is told by the next call that waits. Every array has at least one number.
#pragma once

#include "core/ops/kernel_arrays.h"

struct CUstream_st;  // cudaStream_t points to it

namespace hbev {

const char* launchSplat(const SplatArrays& arrays, CUstream_st* stream);
const char* launchSplatGradient(const SplatGradientArrays& arrays, CUstream_st* stream);
const char* launchStereoCost(const StereoCostArrays& arrays, CUstream_st* stream);
const char* launchAttention(const AttentionArrays& arrays, CUstream_st* stream);
const char* launchAttentionGradient(const AttentionGradientArrays& arrays, CUstream_st* stream);

}  // namespace hbev
