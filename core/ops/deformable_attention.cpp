#include "core/ops/deformable_attention.h"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "core/ops/gradients.h"
#include "core/ops/half_types.h"
#include "core/ops/kernel_table.h"
#include "core/ops/reference_style.h"

namespace hbev {
namespace {

constexpr std::int64_t kQueriesPerTask = 32;

struct Shape {
  std::int64_t queries, heads, dim, points, height, width;
};

/// sum[0..dim) += weight * the map's value at (x, y), pixels. `map` is [H, W, heads, dim] at the head.
template <class T>
void addSample(const T* map, const Shape& s, T x, T y, T weight, T* sum) {
  // Not a number compares false and is outside.
  if (!(x > T(-1) && x < T(s.width) && y > T(-1) && y < T(s.height))) return;
  const T left = std::floor(x), top = std::floor(y), fx = x - left, fy = y - top;
  const T corner_weights[4] = {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy};
  for (int corner = 0; corner < 4; ++corner) {
    const std::int64_t column = std::int64_t(left) + corner % 2, row = std::int64_t(top) + corner / 2;
    if (column < 0 || column >= s.width || row < 0 || row >= s.height) continue;
    const T* value = map + (row * s.width + column) * s.heads * s.dim;
    const T share = weight * corner_weights[corner];
    for (std::int64_t c = 0; c < s.dim; ++c)
      sum[c] += share * value[c];
  }
}

/// All heads and points of one query. `out` is [heads, dim], zero before.
template <class T>
void attend(const T* map, const T* places, const T* weights, const Shape& s, T* out) {
  for (std::int64_t head = 0; head < s.heads; ++head) {
    for (std::int64_t point = head * s.points; point < (head + 1) * s.points; ++point) {
      const T x = places[2 * point] * T(s.width) - T(0.5), y = places[2 * point + 1] * T(s.height) - T(0.5);
      addSample(map + head * s.dim, s, x, y, weights[point], out + head * s.dim);
    }
  }
}

}  // namespace

at::Tensor deformableAttention(const at::Tensor& value, std::int64_t height, std::int64_t width,
                               const at::Tensor& places, const at::Tensor& weights) {
  const bool wants_gradient = at::GradMode::is_enabled() &&
                              (value.requires_grad() || places.requires_grad() || weights.requires_grad());
  if (isWidened(value, wants_gradient)) {
    return deformableAttention(value.to(at::kFloat), height, width, places.to(at::kFloat),
                               weights.to(at::kFloat));
  }
  if (ReferenceStyle::on()) return deformableAttentionPlain(value, height, width, places, weights);
  const OpKernels& kernels = kernelsOf(value.device());
  if (wants_gradient && kernels.attention_gradient) {
    return deformableAttentionForTraining(value, height, width, places, weights);
  }
  if (!wants_gradient && kernels.attention) {
    return deformableAttentionBy(kernels.attention, value, height, width, places, weights);
  }
  if (wants_gradient || !value.is_cpu()) {
    return deformableAttentionPlain(value, height, width, places, weights);
  }
  const Shape s{places.size(1), places.size(2), value.size(3), places.size(3), height, width};
  const at::Tensor values = value.contiguous(), where = places.contiguous(), shares = weights.contiguous();
  at::Tensor out = at::zeros({value.size(0), s.queries, s.heads * s.dim}, value.options());
  AT_DISPATCH_FLOATING_TYPES(value.scalar_type(), "deformableAttention", [&] {
    at::parallel_for(
        0, value.size(0) * s.queries, kQueriesPerTask, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t query = begin; query < end; ++query) {
            attend(values.data_ptr<scalar_t>() + query / s.queries * height * width * s.heads * s.dim,
                   where.data_ptr<scalar_t>() + query * s.heads * s.points * 2,
                   shares.data_ptr<scalar_t>() + query * s.heads * s.points, s,
                   out.data_ptr<scalar_t>() + query * s.heads * s.dim);
          }
        });
  });
  return out;
}

at::Tensor deformableAttentionPlain(const at::Tensor& value, std::int64_t height, std::int64_t width,
                                    const at::Tensor& places, const at::Tensor& weights) {
  const std::int64_t n = value.size(0), heads = value.size(2), dim = value.size(3);
  const std::int64_t queries = places.size(1), points = places.size(3);
  const at::Tensor maps = value.permute({0, 2, 3, 1}).reshape({n * heads, dim, height, width});
  const at::Tensor grid = (2 * places.to(value.scalar_type()) - 1)
                              .permute({0, 2, 1, 3, 4})
                              .reshape({n * heads, queries, points, 2});
  const at::Tensor sampled =
      at::grid_sampler(maps, grid, /*bilinear*/ 0, /*zeros*/ 0, /*align_corners=*/false);
  const at::Tensor shares =
      weights.to(value.scalar_type()).permute({0, 2, 1, 3}).reshape({n * heads, 1, queries, points});
  return (sampled * shares).sum(-1).view({n, heads * dim, queries}).permute({0, 2, 1}).contiguous();
}

}  // namespace hbev
