#include "core/ops/gradients.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/ops/deformable_attention.h"
#include "core/ops/kernel_table.h"

namespace hbev {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The kernels are not differentiable twice, and autograd would not notice.
void demandFirstOrder() {
  TORCH_CHECK(!at::GradMode::is_enabled(), "gradients of gradients are not supported here");
}

struct SplatFunction : torch::autograd::Function<SplatFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& depth, const at::Tensor& features,
                            const SplatPlan& plan) {
    context->save_for_backward({depth, features, plan.point, plan.pixel, plan.voxel, plan.start});
    context->saved_data["batch"] = plan.batch;
    context->saved_data["size"] = std::vector<std::int64_t>(plan.grid.size.begin(), plan.grid.size.end());
    const at::NoGradGuard no_gradient;
    return splat(depth.detach(), features.detach(), plan);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    demandFirstOrder();
    const variable_list saved = context->get_saved_variables();
    SplatPlan plan;
    plan.point = saved[2], plan.pixel = saved[3], plan.voxel = saved[4], plan.start = saved[5];
    plan.batch = context->saved_data["batch"].toInt();
    const std::vector<std::int64_t> size = context->saved_data["size"].toIntVector();
    std::copy_n(size.begin(), 3, plan.grid.size.begin());
    const Kernel<SplatGradientArrays>& kernel = kernelsOf(saved[0].device()).splat_gradient;
    const SplatGradients found = splatGradientsBy(kernel, gradients[0], saved[0], saved[1], plan);
    return {found.depth, found.context, at::Tensor()};
  }
};

struct AttentionFunction : torch::autograd::Function<AttentionFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& value, std::int64_t height,
                            std::int64_t width, const at::Tensor& places, const at::Tensor& weights) {
    context->save_for_backward({value, places, weights});
    context->saved_data["height"] = height;
    context->saved_data["width"] = width;
    const at::NoGradGuard no_gradient;
    return deformableAttention(value.detach(), height, width, places.detach(), weights.detach());
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    demandFirstOrder();
    const variable_list saved = context->get_saved_variables();
    const Kernel<AttentionGradientArrays>& kernel = kernelsOf(saved[0].device()).attention_gradient;
    const AttentionGradients found =
        deformableAttentionGradientsBy(kernel, gradients[0], saved[0], context->saved_data["height"].toInt(),
                                       context->saved_data["width"].toInt(), saved[1], saved[2]);
    return {found.value, at::Tensor(), at::Tensor(), found.places, found.weights};
  }
};

}  // namespace

at::Tensor splatForTraining(const at::Tensor& depth, const at::Tensor& context, const SplatPlan& plan) {
  return SplatFunction::apply(depth, context, plan);
}

at::Tensor deformableAttentionForTraining(const at::Tensor& value, std::int64_t height, std::int64_t width,
                                          const at::Tensor& places, const at::Tensor& weights) {
  return AttentionFunction::apply(value, height, width, places, weights);
}

}  // namespace hbev
