// The operations by a kernel that takes plain addresses: checks, layouts and results are the same whatever
// runs it, a card, the processor, or a card that the tests make of the processor.
#pragma once

#include <functional>

#include "core/ops/cost_volume.h"
#include "core/ops/kernel_arrays.h"
#include "core/ops/lift_splat.h"

namespace hbev {

template <class Arrays>
using Kernel = std::function<void(const Arrays&)>;

/// Arguments and result of splat(). Context may be half, float or double.
at::Tensor splatBy(const Kernel<SplatArrays>& kernel, const at::Tensor& depth, const at::Tensor& context,
                   const SplatPlan& plan);

struct SplatGradients {
  at::Tensor depth, context;
};
/// `out_gradient` [B, Z*C, Y, X], of context's type.
SplatGradients splatGradientsBy(const Kernel<SplatGradientArrays>& kernel, const at::Tensor& out_gradient,
                                const at::Tensor& depth, const at::Tensor& context, const SplatPlan& plan);

/// Arguments and result of stereoCost(); the result is single precision where the features are half.
at::Tensor stereoCostBy(const Kernel<StereoCostArrays>& kernel, const at::Tensor& current,
                        const at::Tensor& previous, const at::Tensor& frustum, const StereoView& view,
                        double bias);

/// Arguments and result of deformableAttention().
at::Tensor deformableAttentionBy(const Kernel<AttentionArrays>& kernel, const at::Tensor& value,
                                 std::int64_t height, std::int64_t width, const at::Tensor& places,
                                 const at::Tensor& weights);

struct AttentionGradients {
  at::Tensor value, places, weights;
};
/// `out_gradient` [N, Q, heads*dim], of value's type.
AttentionGradients deformableAttentionGradientsBy(const Kernel<AttentionGradientArrays>& kernel,
                                                  const at::Tensor& out_gradient, const at::Tensor& value,
                                                  std::int64_t height, std::int64_t width,
                                                  const at::Tensor& places, const at::Tensor& weights);

}  // namespace hbev
