// Half types where the own operations know float and double only.
#pragma once

#include <ATen/core/Tensor.h>

namespace hbev {

/// What comes in bfloat16, in any half type on the processor, or in one that a gradient is wanted for, is
/// computed in float, and the result is float: rounding it again would save nothing.
inline bool isWidened(const at::Tensor& tensor, bool wants_gradient = false) {
  const at::ScalarType type = tensor.scalar_type();
  return type == at::kBFloat16 || (type == at::kHalf && (tensor.is_cpu() || wants_gradient));
}

}  // namespace hbev
