// Splatting and deformable attention where a gradient is wanted: the kernels with their own gradients, known
// to autograd. Training runs through these.
#pragma once

#include "core/ops/lift_splat.h"

namespace hbev {

/// splat() and its gradients in depth and context.
at::Tensor splatForTraining(const at::Tensor& depth, const at::Tensor& context, const SplatPlan& plan);

/// deformableAttention() and its gradients in value, places and weights.
at::Tensor deformableAttentionForTraining(const at::Tensor& value, std::int64_t height, std::int64_t width,
                                          const at::Tensor& places, const at::Tensor& weights);

}  // namespace hbev
