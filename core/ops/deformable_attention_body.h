// One thread's part of deformable attention and of its gradient, for the card and for the processor.
#pragma once

#include "core/ops/kernel_arrays.h"
#include "core/ops/kernel_body.h"

namespace hbev {

template <class S>
HBEV_BODY Cell<S> attentionCell(const S* place, const AttentionSize& size) {
  return cellAt(place[0] * S(size.width) - S(0.5), place[1] * S(size.height) - S(0.5), int(size.width),
                int(size.height));
}

/// `count` channels from `channel` on of one head of query `query` (of all maps' queries).
template <class T, int count>
HBEV_BODY void attendChannels(const AttentionArrays& a, std::int64_t query, std::int64_t head,
                              std::int64_t channel) {
  using S = Sum<T>;
  const AttentionSize& s = a.size;
  const std::int64_t row = query * s.heads + head, step = s.heads * s.dim;
  const S* places = static_cast<const S*>(a.places) + row * s.points * 2;
  const S* weights = static_cast<const S*>(a.weights) + row * s.points;
  const T* map =
      static_cast<const T*>(a.value) + query / s.queries * s.height * s.width * step + head * s.dim + channel;
  S sum[count] = {};
  for (std::int64_t point = 0; point < s.points; ++point) {
    const Cell<S> cell = attentionCell(places + 2 * point, s);
    if (!cell.somewhere()) continue;
    HBEV_UNROLL
    for (int corner = 0; corner < 4; ++corner) {
      const std::int64_t pixel = cornerPixel(cell, corner, int(s.width), int(s.height));
      if (pixel < 0) continue;
      const S share = weights[point] * cornerWeight(cell, corner);
      const Pack<T, count> value = loadPack<count>(map + pixel * step);
      HBEV_UNROLL
      for (int k = 0; k < count; ++k)
        sum[k] += share * static_cast<S>(value.values[k]);
    }
  }
  Pack<T, count> pack;
  HBEV_UNROLL
  for (int k = 0; k < count; ++k)
    pack.values[k] = static_cast<T>(sum[k]);
  storePack<count>(static_cast<T*>(a.out) + row * s.dim + channel, pack);
}

/// The gradients through one sampled place of one head. `lanes` threads share the channels. add_value(index,
/// g) adds to the gradient of the values, where other queries add as well; add_place(x, y, weight) takes a
/// lane's share.
template <class T, class AddValue, class AddPlace>
HBEV_BODY void attentionGradientAt(const AttentionGradientArrays& a, std::int64_t query, std::int64_t head,
                                   std::int64_t point, int lane, int lanes, const AddValue& add_value,
                                   const AddPlace& add_place) {
  using S = Sum<T>;
  const AttentionSize& s = a.size;
  const std::int64_t row = query * s.heads + head, step = s.heads * s.dim;
  const Cell<S> cell = attentionCell(static_cast<const S*>(a.places) + (row * s.points + point) * 2, s);
  if (!cell.somewhere()) return;
  const S weight = static_cast<const S*>(a.weights)[row * s.points + point];
  const T* gradient = static_cast<const T*>(a.out_gradient) + row * s.dim;
  const std::int64_t map = query / s.queries * s.height * s.width * step + head * s.dim;
  const T* values = static_cast<const T*>(a.value) + map;
  S along_x = 0, along_y = 0, of_weight = 0;
  HBEV_UNROLL
  for (int corner = 0; corner < 4; ++corner) {
    const std::int64_t pixel = cornerPixel(cell, corner, int(s.width), int(s.height));
    if (pixel < 0) continue;
    S product = 0;
    const S share = cornerWeight(cell, corner);
    for (std::int64_t c = lane; c < s.dim; c += lanes) {
      const S g = static_cast<S>(gradient[c]);
      product += g * static_cast<S>(values[pixel * step + c]);
      add_value(map + pixel * step + c, g * weight * share);
    }
    of_weight += product * share;
    along_x += product * (corner % 2 == 0 ? -1 : 1) * (corner / 2 == 0 ? 1 - cell.fy : cell.fy);
    along_y += product * (corner / 2 == 0 ? -1 : 1) * (corner % 2 == 0 ? 1 - cell.fx : cell.fx);
  }
  add_place(along_x * weight * S(s.width), along_y * weight * S(s.height), of_weight);
}

}  // namespace hbev
