// Half types on the processor, whose own operations know float and double only.
#pragma once

#include <ATen/core/Tensor.h>

namespace hbev {

/// What comes in half precision on the processor is computed in float, and the result is float: rounding it
/// again would save nothing.
inline bool isHalfOnProcessor(const at::Tensor& tensor) {
  return tensor.is_cpu() && (tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16);
}

}  // namespace hbev
