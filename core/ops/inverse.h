// Inverses of matrices on any device.
#pragma once

#include <tuple>

#include <ATen/ATen.h>

namespace hbev {

/// [..., n, n]. One that has none is an error on a processor; a card would be waited for to learn it, and
/// gives what is not finite.
inline at::Tensor inverseOf(const at::Tensor& matrices) {
  return matrices.is_cpu() ? at::inverse(matrices) : std::get<0>(at::linalg_inv_ex(matrices));
}

}  // namespace hbev
