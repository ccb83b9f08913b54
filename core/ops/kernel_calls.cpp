#include "core/ops/kernel_calls.h"

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "core/ops/channel_order.h"
#include "core/ops/inverse.h"

namespace hbev {
namespace {

Element elementOf(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kHalf:
      return Element::Half;
    case at::kFloat:
      return Element::Float;
    case at::kDouble:
      return Element::Double;
    default:
      TORCH_CHECK(false, "this operation takes half, float and double, not ", tensor.scalar_type());
  }
}

/// What products of the tensor's type are summed in.
at::ScalarType sumType(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}

/// A kernel would read past the end of another shape, and on a card what is not there ends the program.
void demand(const at::Tensor& tensor, at::IntArrayRef shape, const at::Tensor& beside, const char* name) {
  TORCH_CHECK(tensor.sizes() == shape, name, " has the shape ", tensor.sizes(), ", not ", shape);
  TORCH_CHECK(tensor.device() == beside.device(), name, " is on ", tensor.device(), ", not on ",
              beside.device());
}

void demand(const SplatPlan& plan, const at::Tensor& depth, const at::Tensor& context) {
  demand(depth, {context.size(0), depth.size(1), context.size(2), context.size(3)}, context, "depth");
  demand(plan.point, {plan.point.numel()}, context, "the plan's point");
  demand(plan.pixel, {plan.point.numel()}, context, "the plan's pixel");
  demand(plan.voxel, {plan.voxel.numel()}, context, "the plan's voxel");
  demand(plan.start, {plan.voxel.numel() + 1}, context, "the plan's start");
}

SplatSize sizeOf(const SplatPlan& plan, std::int64_t channels) {
  return {plan.grid.size[0], plan.grid.size[1], plan.grid.size[2], channels};
}

/// Where each point's voxel begins in [B, Y, X, Z*C], -1 for points outside. Like `depth`.
at::Tensor offsetOfPoints(const SplatPlan& plan, const at::Tensor& depth, std::int64_t channels) {
  const auto [x_size, y_size, z_size] = plan.grid.size;
  const at::Tensor column = plan.voxel.remainder(x_size * y_size);
  const at::Tensor layer = plan.voxel.floor_divide(x_size * y_size);
  const at::Tensor row = layer.floor_divide(z_size) * (x_size * y_size) + column;
  const at::Tensor offset = (row * z_size + layer.remainder(z_size)) * channels;
  const at::Tensor points_per_voxel = plan.start.slice(0, 1) - plan.start.slice(0, 0, -1);
  // Without the length a card would be waited for to learn it.
  const at::Tensor offset_of_point = offset.repeat_interleave(points_per_voxel, 0, plan.point.numel());
  return at::full({depth.numel()}, -1, plan.point.options()).index_copy(0, plan.point, offset_of_point);
}

AttentionSize sizeOf(const at::Tensor& value, const at::Tensor& places, const at::Tensor& weights,
                     std::int64_t height, std::int64_t width) {
  const std::int64_t maps = value.size(0), queries = places.size(1), heads = value.size(2),
                     points = places.size(3);
  TORCH_CHECK(value.size(1) == height * width, "the values are not those of a map of ", height, " x ", width);
  demand(places, {maps, queries, heads, points, 2}, value, "places");
  demand(weights, {maps, queries, heads, points}, value, "weights");
  return {maps, queries, heads, value.size(3), points, height, width};
}

/// [cameras, kProjectionNumbers] in the order of StereoProjection.
at::Tensor projectionsOf(const StereoView& view, at::TensorOptions options) {
  // Automatic half precision would round the matrices' products, which are pixels.
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  const std::int64_t cameras = view.intrinsics.size(0) * view.intrinsics.size(1);
  const at::Tensor motion = view.other_from_current.slice(-2, 0, 3);
  const at::Tensor to_other = at::matmul(motion.slice(-1, 0, 3).contiguous(), inverseOf(view.intrinsics));
  const auto rows = [&](const at::Tensor& tensor) { return tensor.reshape({cameras, -1}); };
  return at::cat({rows(inverseOf(view.image_rotation)), rows(to_other), rows(motion.select(-1, 3)),
                  rows(view.intrinsics), rows(view.image_rotation), rows(view.image_shift)},
                 1)
      .to(options)
      .contiguous();
}

}  // namespace

at::Tensor splatBy(const Kernel<SplatArrays>& kernel, const at::Tensor& depth, const at::Tensor& context,
                   const SplatPlan& plan) {
  const c10::DeviceGuard guard(context.device());
  demand(plan, depth, context);
  const SplatSize size = sizeOf(plan, context.size(1));
  at::Tensor out = at::zeros({plan.batch, size.y, size.x, size.z * size.channels}, context.options());
  const at::Tensor weights = depth.to(sumType(context)).contiguous(), features = channelsLast(context);
  SplatArrays a;
  a.element = elementOf(context);
  a.depth = weights.data_ptr();
  a.context = features.data_ptr();
  a.point = plan.point.data_ptr<std::int64_t>();
  a.pixel = plan.pixel.data_ptr<std::int64_t>();
  a.voxel = plan.voxel.data_ptr<std::int64_t>();
  a.start = plan.start.data_ptr<std::int64_t>();
  a.voxels = plan.voxel.numel();
  a.size = size;
  a.out = out.data_ptr();
  if (a.voxels > 0 && size.channels > 0) kernel(a);
  return out.permute({0, 3, 1, 2});
}

SplatGradients splatGradientsBy(const Kernel<SplatGradientArrays>& kernel, const at::Tensor& out_gradient,
                                const at::Tensor& depth, const at::Tensor& context, const SplatPlan& plan) {
  const c10::DeviceGuard guard(context.device());
  demand(plan, depth, context);
  demand(out_gradient,
         {plan.batch, plan.grid.size[2] * context.size(1), plan.grid.size[1], plan.grid.size[0]}, context,
         "the gradient");
  const at::Tensor weights = depth.to(sumType(context)).contiguous(), features = channelsLast(context);
  const at::Tensor gradient = channelsLast(out_gradient.to(context.scalar_type()));
  const at::Tensor offsets = offsetOfPoints(plan, depth, context.size(1));
  const at::Tensor depth_gradient = at::zeros_like(weights), context_gradient = at::empty_like(features);
  SplatGradientArrays a;
  a.element = elementOf(context);
  a.out_gradient = gradient.data_ptr();
  a.depth = weights.data_ptr();
  a.context = features.data_ptr();
  a.offset_of_point = offsets.data_ptr<std::int64_t>();
  a.cameras = depth.size(0);
  a.depths = depth.size(1);
  a.pixels = depth.size(2) * depth.size(3);
  a.channels = context.size(1);
  a.depth_gradient = depth_gradient.data_ptr();
  a.context_gradient = context_gradient.data_ptr();
  if (features.numel() > 0) kernel(a);
  return {depth_gradient.to(depth.scalar_type()), context_gradient.permute({0, 3, 1, 2})};
}

at::Tensor stereoCostBy(const Kernel<StereoCostArrays>& kernel, const at::Tensor& current,
                        const at::Tensor& previous, const at::Tensor& frustum, const StereoView& view,
                        double bias) {
  const c10::DeviceGuard guard(current.device());
  demand(previous, current.sizes(), current, "previous");
  TORCH_CHECK(view.intrinsics.size(0) * view.intrinsics.size(1) == current.size(0), "there are ",
              current.size(0), " pictures, not ", view.intrinsics.size(0), " x ", view.intrinsics.size(1));
  const at::Tensor ours = channelsLast(current), theirs = channelsLast(previous.to(current.scalar_type()));
  const at::Tensor points = frustum.to(current.options().dtype(sumType(current))).contiguous();
  demand(points, {frustum.size(0), current.size(2), current.size(3), 3}, current, "frustum");
  const at::Tensor projections = projectionsOf(view, points.options());
  StereoCostArrays a;
  a.element = elementOf(current);
  a.current = ours.data_ptr();
  a.previous = theirs.data_ptr();
  a.frustum = points.data_ptr();
  a.projections = projections.data_ptr();
  a.cameras = current.size(0);
  a.depths = frustum.size(0);
  a.height = frustum.size(1);
  a.width = frustum.size(2);
  a.channels = current.size(1);
  a.picture_width = view.width;
  a.picture_height = view.height;
  a.bias = bias;
  const at::Tensor cost = at::empty({a.cameras, a.depths, a.height, a.width}, points.options());
  a.cost = cost.data_ptr();
  if (cost.numel() > 0) kernel(a);
  return cost;
}

at::Tensor deformableAttentionBy(const Kernel<AttentionArrays>& kernel, const at::Tensor& value,
                                 std::int64_t height, std::int64_t width, const at::Tensor& places,
                                 const at::Tensor& weights) {
  const c10::DeviceGuard guard(value.device());
  const at::Tensor values = value.contiguous();
  const at::Tensor where = places.to(sumType(value)).contiguous(),
                   shares = weights.to(sumType(value)).contiguous();
  AttentionArrays a;
  a.element = elementOf(value);
  a.size = sizeOf(value, places, weights, height, width);
  const at::Tensor out = at::empty({a.size.maps, a.size.queries, a.size.heads * a.size.dim}, value.options());
  a.value = values.data_ptr();
  a.places = where.data_ptr();
  a.weights = shares.data_ptr();
  a.out = out.data_ptr();
  if (out.numel() > 0) kernel(a);
  return out;
}

AttentionGradients deformableAttentionGradientsBy(const Kernel<AttentionGradientArrays>& kernel,
                                                  const at::Tensor& out_gradient, const at::Tensor& value,
                                                  std::int64_t height, std::int64_t width,
                                                  const at::Tensor& places, const at::Tensor& weights) {
  const c10::DeviceGuard guard(value.device());
  const at::Tensor values = value.contiguous(), gradient = out_gradient.to(value.scalar_type()).contiguous();
  const at::Tensor where = places.to(sumType(value)).contiguous(),
                   shares = weights.to(sumType(value)).contiguous();
  const at::Tensor value_gradient = at::zeros(value.sizes(), where.options());
  const at::Tensor places_gradient = at::zeros_like(where), weights_gradient = at::zeros_like(shares);
  AttentionGradientArrays a;
  a.element = elementOf(value);
  a.size = sizeOf(value, places, weights, height, width);
  demand(gradient, {a.size.maps, a.size.queries, a.size.heads * a.size.dim}, value, "the gradient");
  a.out_gradient = gradient.data_ptr();
  a.value = values.data_ptr();
  a.places = where.data_ptr();
  a.weights = shares.data_ptr();
  a.value_gradient = value_gradient.data_ptr();
  a.places_gradient = places_gradient.data_ptr();
  a.weights_gradient = weights_gradient.data_ptr();
  if (gradient.numel() > 0) kernel(a);
  return {value_gradient.to(value.scalar_type()), places_gradient.to(places.scalar_type()),
          weights_gradient.to(weights.scalar_type())};
}

}  // namespace hbev
