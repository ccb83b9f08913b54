#include "core/ops/cost_volume.h"

#include <array>
#include <type_traits>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "core/ops/channel_order.h"
#include "core/ops/cost_channels.h"
#include "core/ops/half_types.h"
#include "core/ops/inverse.h"
#include "core/ops/kernel_table.h"
#include "core/ops/reference_style.h"

namespace hbev {
namespace {

constexpr double kNearest_m = 1e-3;  // what is nearer to the other camera's plane counts as behind it
constexpr int kGroup = 4;            // the reference sums its channels in groups of four

/// The projection of one camera, in the order of the reference's arithmetic.
template <class T>
struct Projection {
  std::array<T, 9> unrotate;  // inverse of the image rotation
  std::array<T, 9> to_other;  // rotation of other_from_current times the inverse intrinsics
  std::array<T, 3> shift_m;   // translation of other_from_current
  std::array<T, 9> intrinsics;
  std::array<T, 9> rotate;
  std::array<T, 3> shift;  // of the image, pixels

  /// Pixel (x, y) of the other picture, or false behind its camera.
  bool project(T x, T y, T depth, T& other_x, T& other_y) const {
    const std::array<T, 3> moved{x - shift[0], y - shift[1], depth - shift[2]};
    std::array<T, 3> p = multiply(unrotate, moved);
    p = multiply(to_other, {p[0] * p[2], p[1] * p[2], p[2]});
    for (int i = 0; i < 3; ++i)
      p[i] += shift_m[i];
    if (p[2] < T(kNearest_m)) return false;
    p = multiply(intrinsics, p);
    const T u = p[0] / p[2], v = p[1] / p[2];
    other_x = rotate[0] * u + rotate[1] * v + shift[0];
    other_y = rotate[3] * u + rotate[4] * v + shift[1];
    return true;
  }

  static std::array<T, 3> multiply(const std::array<T, 9>& m, const std::array<T, 3>& p) {
    return {m[0] * p[0] + m[1] * p[1] + m[2] * p[2], m[3] * p[0] + m[4] * p[1] + m[5] * p[2],
            m[6] * p[0] + m[7] * p[1] + m[8] * p[2]};
  }
};

template <class T, std::size_t count>
std::array<T, count> elements(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  std::array<T, count> values{};
  std::copy_n(flat.data_ptr<T>(), count, values.begin());
  return values;
}

at::Tensor rotationOf(const StereoView& view) {
  // Automatic half precision would round the product, which is multiplied with pixels.
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  const at::Tensor rotation = view.other_from_current.slice(-2, 0, 3).slice(-1, 0, 3).contiguous();
  return at::matmul(rotation, inverseOf(view.intrinsics));
}

template <class T>
std::vector<Projection<T>> projectionsOf(const StereoView& view) {
  const std::int64_t cameras = view.intrinsics.size(0) * view.intrinsics.size(1);
  const at::Tensor unrotate = inverseOf(view.image_rotation).reshape({cameras, 9});
  const at::Tensor to_other = rotationOf(view).reshape({cameras, 9});
  const at::Tensor shift_m = view.other_from_current.slice(-2, 0, 3).select(-1, 3).reshape({cameras, 3});
  const at::Tensor intrinsics = view.intrinsics.reshape({cameras, 9});
  const at::Tensor rotate = view.image_rotation.reshape({cameras, 9});
  const at::Tensor shift = view.image_shift.reshape({cameras, 3});
  std::vector<Projection<T>> projections;
  for (std::int64_t i = 0; i < cameras; ++i) {
    projections.push_back({elements<T, 9>(unrotate[i]), elements<T, 9>(to_other[i]),
                           elements<T, 3>(shift_m[i]), elements<T, 9>(intrinsics[i]),
                           elements<T, 9>(rotate[i]), elements<T, 3>(shift[i])});
  }
  return projections;
}

/// Normalised by the full picture, then spread over the feature map, as the reference's grid sampler does.
template <class T>
T onMap(T pixel, double full_size, std::int64_t map_size) {
  const T normalised = pixel / T(full_size - 1) * T(2) - T(1);
  return (normalised + T(1)) / T(2) * T(map_size - 1);
}

template <class T>
Tap<T> tapAt(T x, T y, std::int64_t width, std::int64_t height, std::int64_t channels) {
  Tap<T> tap{};
  // Not a number compares false and is outside.
  if (!(x > T(-1) && x < T(width) && y > T(-1) && y < T(height))) return tap;
  const T left = std::floor(x), top = std::floor(y);
  const T fx = x - left, fy = y - top;
  const T weights[4] = {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy};
  for (int corner = 0; corner < 4; ++corner) {
    const std::int64_t column = std::int64_t(left) + corner % 2, row = std::int64_t(top) + corner / 2;
    if (column < 0 || column >= width || row < 0 || row >= height) continue;
    tap.offset[corner] = (row * width + column) * channels;
    tap.weight[corner] = weights[corner];
  }
  return tap;
}

template <class T>
auto matcher() {
  if constexpr (std::is_same_v<T, float>) {
    return matchFloat();
  } else {
    return matchDouble();
  }
}

struct Extent {
  std::int64_t depths, height, width, channels;
};

/// One row of pixels. `current` and `previous` are [H, W, C] of one camera; `cost` is [D, H, W].
template <class T>
void matchRow(const T* current, const T* previous, const T* frustum, const Projection<T>& projection,
              const StereoView& view, T bias, const Extent& extent, std::int64_t y, T* cost) {
  const auto match = matcher<T>();
  const std::int64_t plane = extent.height * extent.width;
  std::vector<Tap<T>> taps(std::size_t(extent.depths));
  std::vector<T> costs(std::size_t(extent.depths));
  for (std::int64_t x = 0; x < extent.width; ++x) {
    const std::int64_t pixel = y * extent.width + x;
    for (std::int64_t d = 0; d < extent.depths; ++d) {
      const T* point = frustum + (d * plane + pixel) * 3;
      T other_x = 0, other_y = 0;
      taps[std::size_t(d)] =
          projection.project(point[0], point[1], point[2], other_x, other_y)
              ? tapAt(onMap(other_x, view.width, extent.width), onMap(other_y, view.height, extent.height),
                      extent.width, extent.height, extent.channels)
              : Tap<T>{};
    }
    match(current + pixel * extent.channels, previous, int(extent.channels), int(extent.channels) - kGroup,
          bias, taps.data(), int(extent.depths), costs.data());
    for (std::int64_t d = 0; d < extent.depths; ++d)
      cost[d * plane + pixel] = costs[std::size_t(d)];
  }
}

/// matrix [B, N, 3, 3] times the points x, y, z, each of a shape that [B, N, 1, 1, 1] broadcasts with.
std::array<at::Tensor, 3> multiply(const at::Tensor& matrix, const std::array<at::Tensor, 3>& p) {
  const auto entry = [&](int row, int column) {
    return matrix.select(-2, row).select(-1, column).unsqueeze(-1).unsqueeze(-1).unsqueeze(-1);
  };
  std::array<at::Tensor, 3> product;
  for (int row = 0; row < 3; ++row) {
    product[std::size_t(row)] = entry(row, 0) * p[0] + entry(row, 1) * p[1] + entry(row, 2) * p[2];
  }
  return product;
}

at::Tensor entry(const at::Tensor& vector, int index) {
  return vector.select(-1, index).unsqueeze(-1).unsqueeze(-1).unsqueeze(-1);
}

}  // namespace

at::Tensor stereoGrid(const at::Tensor& frustum, const StereoView& view) {
  const at::Tensor points = frustum.to(view.intrinsics.scalar_type());
  std::array<at::Tensor, 3> p;
  for (int i = 0; i < 3; ++i)
    p[std::size_t(i)] = points.select(-1, i) - entry(view.image_shift, i);
  p = multiply(inverseOf(view.image_rotation), p);
  p = multiply(rotationOf(view), {p[0] * p[2], p[1] * p[2], p[2]});
  for (int i = 0; i < 3; ++i)
    p[std::size_t(i)] = p[std::size_t(i)] + entry(view.other_from_current.select(-1, 3), i);
  const at::Tensor behind = p[2] < kNearest_m;
  p = multiply(view.intrinsics, p);
  const at::Tensor u = p[0] / p[2], v = p[1] / p[2];
  const auto turned = [&](int row) {
    const at::Tensor rotation = view.image_rotation.select(-2, row);
    return entry(rotation, 0) * u + entry(rotation, 1) * v + entry(view.image_shift, row);
  };
  const at::Tensor x = (turned(0) / (view.width - 1) * 2 - 1).masked_fill(behind, -2);
  const at::Tensor y = (turned(1) / (view.height - 1) * 2 - 1).masked_fill(behind, -2);
  const std::int64_t depths = frustum.size(0), height = frustum.size(1), width = frustum.size(2);
  return at::stack({x, y}, -1).reshape({-1, depths * height, width, 2});
}

at::Tensor stereoCost(const at::Tensor& current, const at::Tensor& previous, const at::Tensor& frustum,
                      const StereoView& view, double bias) {
  const at::NoGradGuard no_gradient;
  if (isWidened(current))
    return stereoCost(current.to(at::kFloat), previous.to(at::kFloat), frustum, view, bias);
  if (ReferenceStyle::on()) return stereoCostPlain(current, previous, frustum, view, bias);
  const Kernel<StereoCostArrays>& kernel = kernelsOf(current.device()).stereo_cost;
  if (kernel) return stereoCostBy(kernel, current, previous, frustum, view, bias);
  if (!current.is_cpu()) return stereoCostPlain(current, previous, frustum, view, bias);
  const Extent extent{frustum.size(0), frustum.size(1), frustum.size(2), current.size(1)};
  const std::int64_t cameras = current.size(0), plane = extent.height * extent.width;
  const at::Tensor ours = channelsLast(current), theirs = channelsLast(previous);
  const at::Tensor points = frustum.to(current.scalar_type()).contiguous();
  at::Tensor cost = at::empty({cameras, extent.depths, extent.height, extent.width}, current.options());
  AT_DISPATCH_FLOATING_TYPES(current.scalar_type(), "stereoCost", [&] {
    const std::vector<Projection<scalar_t>> projections = projectionsOf<scalar_t>(view);
    at::parallel_for(0, cameras * extent.height, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const std::int64_t camera = row / extent.height, offset = camera * plane * extent.channels;
        matchRow(ours.data_ptr<scalar_t>() + offset, theirs.data_ptr<scalar_t>() + offset,
                 points.data_ptr<scalar_t>(), projections[std::size_t(camera)], view, scalar_t(bias), extent,
                 row % extent.height, cost.data_ptr<scalar_t>() + camera * extent.depths * plane);
      }
    });
  });
  return cost;
}

at::Tensor stereoCostPlain(const at::Tensor& current, const at::Tensor& previous, const at::Tensor& frustum,
                           const StereoView& view, double bias) {
  const at::NoGradGuard no_gradient;
  const std::int64_t depths = frustum.size(0), height = frustum.size(1), width = frustum.size(2);
  const at::Tensor grid = stereoGrid(frustum, view).to(current.scalar_type());
  at::Tensor cost = at::zeros({current.size(0), depths, height, width}, current.options());
  at::Tensor seen;
  for (std::int64_t first = 0; first < current.size(1); first += kGroup) {
    const at::Tensor sampled =
        at::grid_sampler(previous.slice(1, first, first + kGroup), grid, /*bilinear*/ 0,
                         /*zeros*/ 0, /*align_corners=*/true);
    seen = sampled.view({current.size(0), kGroup, depths, height, width});
    cost += (current.slice(1, first, first + kGroup).unsqueeze(2) - seen).abs().sum(1);
  }
  return cost + (seen.select(1, 0) == 0).to(cost.scalar_type()) * bias;
}

}  // namespace hbev
