// The .cu files of core/ops as they are launched, on the host card (tests/host_card/host_card.h).
#pragma once

#include "core/ops/kernel_arrays.h"

struct CUstream_st;

namespace hbev::host_card {

const char* launchSplat(const SplatArrays& arrays, CUstream_st* stream);
const char* launchSplatGradient(const SplatGradientArrays& arrays, CUstream_st* stream);
const char* launchStereoCost(const StereoCostArrays& arrays, CUstream_st* stream);
const char* launchAttention(const AttentionArrays& arrays, CUstream_st* stream);
const char* launchAttentionGradient(const AttentionGradientArrays& arrays, CUstream_st* stream);

}  // namespace hbev::host_card
