// One thread's part of splatting and of its gradient, for the card and for the processor.
#pragma once

#include "core/ops/kernel_arrays.h"
#include "core/ops/kernel_body.h"

namespace hbev {

/// Where channel 0 of a voxel of the plan begins in [B, Y, X, Z*C].
HBEV_BODY std::int64_t splatOffset(std::int64_t voxel, const SplatSize& size) {
  const std::int64_t column = voxel % (size.x * size.y), layer = voxel / (size.x * size.y);
  const std::int64_t z = layer % size.z, b = layer / size.z;
  return ((b * size.x * size.y + column) * size.z + z) * size.channels;
}

/// `count` channels from `channel` on of the plan's `i`th voxel.
template <class T, int count>
HBEV_BODY void splatChannels(const SplatArrays& a, std::int64_t i, std::int64_t channel) {
  const auto* depth = static_cast<const Sum<T>*>(a.depth);
  const auto* context = static_cast<const T*>(a.context) + channel;
  Sum<T> sum[count] = {};
  const std::int64_t end = a.start[i + 1];
  for (std::int64_t p = a.start[i]; p < end; ++p) {
    const Sum<T> weight = depth[a.point[p]];
    const Pack<T, count> feature = loadPack<count>(context + a.pixel[p] * a.size.channels);
    HBEV_UNROLL
    for (int k = 0; k < count; ++k)
      sum[k] += weight * static_cast<Sum<T>>(feature.values[k]);
  }
  Pack<T, count> pack;
  HBEV_UNROLL
  for (int k = 0; k < count; ++k)
    pack.values[k] = static_cast<T>(sum[k]);
  storePack<count>(static_cast<T*>(a.out) + splatOffset(a.voxel[i], a.size) + channel, pack);
}

/// The gradients of one pixel's features and of the depths along its ray. `lanes` threads share the channels;
/// each calls add_depth(point, share of its gradient, whether it is the first share) for every point inside.
template <class T, int per_lane, class AddDepth>
HBEV_BODY void splatGradientOfPixel(const SplatGradientArrays& a, std::int64_t pixel, int lane, int lanes,
                                    const AddDepth& add_depth) {
  const auto* gradient = static_cast<const T*>(a.out_gradient);
  const auto* depth = static_cast<const Sum<T>*>(a.depth);
  const T* context = static_cast<const T*>(a.context) + pixel * a.channels;
  T* context_gradient = static_cast<T*>(a.context_gradient) + pixel * a.channels;
  const std::int64_t first_point = (pixel / a.pixels) * a.depths * a.pixels + pixel % a.pixels;
  for (std::int64_t first = 0; first < a.channels; first += std::int64_t(per_lane) * lanes) {
    Sum<T> feature[per_lane], sum[per_lane];
    HBEV_UNROLL
    for (int k = 0; k < per_lane; ++k) {
      const std::int64_t c = first + lane + k * lanes;
      feature[k] = c < a.channels ? static_cast<Sum<T>>(context[c]) : Sum<T>(0);
      sum[k] = 0;
    }
    for (std::int64_t d = 0; d < a.depths; ++d) {
      const std::int64_t point = first_point + d * a.pixels, offset = a.offset_of_point[point];
      if (offset < 0) continue;
      const Sum<T> weight = depth[point];
      Sum<T> product = 0;
      HBEV_UNROLL
      for (int k = 0; k < per_lane; ++k) {
        const std::int64_t c = first + lane + k * lanes;
        const Sum<T> g = c < a.channels ? static_cast<Sum<T>>(gradient[offset + c]) : Sum<T>(0);
        product += g * feature[k];
        sum[k] += g * weight;
      }
      add_depth(point, product, first == 0);
    }
    HBEV_UNROLL
    for (int k = 0; k < per_lane; ++k) {
      const std::int64_t c = first + lane + k * lanes;
      if (c < a.channels) context_gradient[c] = static_cast<T>(sum[k]);
    }
  }
}

}  // namespace hbev
