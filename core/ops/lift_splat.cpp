#include "core/ops/lift_splat.h"

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "core/ops/channel_order.h"
#include "core/ops/gradients.h"
#include "core/ops/half_types.h"
#include "core/ops/kernel_table.h"
#include "core/ops/numbers_there.h"
#include "core/ops/reference_style.h"

namespace hbev {
namespace {

constexpr std::int64_t kVoxelsPerTask = 512;

/// Where channel 0 of a voxel begins in [B, Y, X, Z*C].
std::int64_t outputOffset(std::int64_t voxel, const SplatGrid& grid, std::int64_t channels) {
  const auto [x_size, y_size, z_size] = grid.size;
  const std::int64_t column = voxel % (x_size * y_size);
  const std::int64_t layer = voxel / (x_size * y_size);
  const std::int64_t z = layer % z_size, b = layer / z_size;
  return (b * x_size * y_size + column) * z_size * channels + z * channels;
}

template <class T>
void splatVoxels(const T* depth, const T* context, std::int64_t channels, const SplatPlan& plan, T* out) {
  const auto* point = plan.point.data_ptr<std::int64_t>();
  const auto* pixel = plan.pixel.data_ptr<std::int64_t>();
  const auto* voxel = plan.voxel.data_ptr<std::int64_t>();
  const auto* start = plan.start.data_ptr<std::int64_t>();
  at::parallel_for(0, plan.voxel.numel(), kVoxelsPerTask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t v = begin; v < end; ++v) {
      T* sum = out + outputOffset(voxel[v], plan.grid, channels);
      for (std::int64_t i = start[v]; i < start[v + 1]; ++i) {
        const T weight = depth[point[i]];
        const T* feature = context + pixel[i] * channels;
        for (std::int64_t c = 0; c < channels; ++c)
          sum[c] += weight * feature[c];
      }
    }
  });
}

at::Tensor pixelsFirst(const at::Tensor& context) {
  return context.permute({0, 2, 3, 1}).reshape({-1, context.size(1)}).contiguous();
}

}  // namespace

SplatPlan planSplat(const at::Tensor& points, const SplatGrid& grid) {
  const auto options = points.options();
  const auto [x_size, y_size, z_size] = grid.size;
  const std::int64_t batch = points.size(0), depths = points.size(2);
  const std::int64_t pixels = points.size(3) * points.size(4), per_batch = points.size(1) * depths * pixels;
  const auto three = [](const auto& numbers, const at::TensorOptions& kind) {
    return numbersThere({double(numbers[0]), double(numbers[1]), double(numbers[2])}, kind);
  };
  const at::Tensor lower = three(grid.lower, options), interval = three(grid.interval, options);
  const at::Tensor size = three(grid.size, options.dtype(at::kLong));
  const at::Tensor cell = ((points.reshape({-1, 3}) - lower) / interval).to(at::kLong);
  const at::Tensor kept = at::nonzero(((cell >= 0) & (cell < size)).all(1)).squeeze(1);

  const at::Tensor inside = cell.index_select(0, kept);
  const at::Tensor sample = at::floor_divide(kept, per_batch);
  const at::Tensor layer = sample * z_size + inside.select(1, 2);
  const at::Tensor voxel_of_point = (layer * y_size + inside.select(1, 1)) * x_size + inside.select(1, 0);
  const auto [sorted, order] = at::sort(voxel_of_point, /*stable=*/true, /*dim=*/0, /*descending=*/false);
  const auto [voxel, inverse, count] = at::unique_consecutive(sorted, false, true);

  SplatPlan plan;
  plan.point = kept.index_select(0, order);
  // point = ((b*N + n)*D + d)*h*w + p; pixel = (b*N + n)*h*w + p
  plan.pixel = at::floor_divide(plan.point, depths * pixels) * pixels + at::remainder(plan.point, pixels);
  plan.voxel = voxel;
  plan.start = at::cat({at::zeros({1}, count.options()), count.cumsum(0)});
  plan.batch = batch;
  plan.grid = grid;
  return plan;
}

at::Tensor splat(const at::Tensor& depth, const at::Tensor& context, const SplatPlan& plan) {
  const bool wants_gradient =
      at::GradMode::is_enabled() && (depth.requires_grad() || context.requires_grad());
  if (isWidened(context, wants_gradient)) return splat(depth.to(at::kFloat), context.to(at::kFloat), plan);
  if (ReferenceStyle::on()) return splatPlain(depth, context, plan);
  const OpKernels& kernels = kernelsOf(depth.device());
  if (wants_gradient) {
    return kernels.splat_gradient ? splatForTraining(depth, context, plan) : splatPlain(depth, context, plan);
  }
  if (kernels.splat) return splatBy(kernels.splat, depth, context, plan);
  if (!depth.is_cpu()) return splatPlain(depth, context, plan);
  const std::int64_t channels = context.size(1);
  const auto [x_size, y_size, z_size] = plan.grid.size;
  at::Tensor out = at::zeros({plan.batch, y_size, x_size, z_size * channels}, context.options());
  const at::Tensor weights = depth.contiguous(), features = pixelsFirst(context);
  AT_DISPATCH_FLOATING_TYPES(context.scalar_type(), "splat", [&] {
    splatVoxels(weights.data_ptr<scalar_t>(), features.data_ptr<scalar_t>(), channels, plan,
                out.data_ptr<scalar_t>());
  });
  return asMap(out);
}

at::Tensor splatPlain(const at::Tensor& depth, const at::Tensor& context, const SplatPlan& plan) {
  const std::int64_t channels = context.size(1);
  const auto [x_size, y_size, z_size] = plan.grid.size;
  const at::Tensor weights = depth.to(context.scalar_type()).reshape({-1}).index_select(0, plan.point);
  const at::Tensor features = pixelsFirst(context).index_select(0, plan.pixel) * weights.unsqueeze(1);
  const at::Tensor points_per_voxel = plan.start.slice(0, 1) - plan.start.slice(0, 0, -1);
  const at::Tensor voxel_of_point = at::repeat_interleave(plan.voxel, points_per_voxel);
  const at::Tensor voxels = at::zeros({plan.batch * z_size * y_size * x_size, channels}, context.options())
                                .index_add(0, voxel_of_point, features);
  const at::Tensor columns =
      voxels.reshape({plan.batch, z_size, y_size, x_size, channels}).permute({0, 2, 3, 1, 4});
  return asMap(columns.reshape({plan.batch, y_size, x_size, z_size * channels}));
}

}  // namespace hbev
