// Maps with their channels last in memory, as the kernels read them, and back.
#pragma once

#include <ATen/ATen.h>

namespace hbev {

/// [N, C, H, W] -> [N, H, W, C], contiguous.
inline at::Tensor channelsLast(const at::Tensor& map) {
  return map.permute({0, 2, 3, 1}).contiguous();
}

/// [N, H, W, C] -> [N, C, H, W]: the same memory.
inline at::Tensor asMap(const at::Tensor& channels_last) {
  return channels_last.permute({0, 3, 1, 2});
}

}  // namespace hbev
