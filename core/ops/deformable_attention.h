// Deformable attention (Deformable DETR, one feature map): each query and head gathers a weighted sum of the
// values at a few places of the map.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace hbev {

/// value [N, H*W, heads, dim]; places [N, Q, heads, P, 2], x first, 0 to 1 across the map's whole width and
/// height; weights [N, Q, heads, P] -> [N, Q, heads*dim]. Bilinear between pixel centres, zero outside.
/// Single or double precision, on a CUDA device half as well (places and weights may be single precision
/// then, and should); differentiable in value, places and weights, once.
at::Tensor deformableAttention(const at::Tensor& value, std::int64_t height, std::int64_t width,
                               const at::Tensor& places, const at::Tensor& weights);

/// The same as a composition of library operations: the oracle of the tests, and what runs on devices without
/// a kernel.
at::Tensor deformableAttentionPlain(const at::Tensor& value, std::int64_t height, std::int64_t width,
                                    const at::Tensor& places, const at::Tensor& weights);

}  // namespace hbev
