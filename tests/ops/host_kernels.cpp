#include "tests/ops/host_kernels.h"

#include <ATen/ATen.h>

#include "core/ops/cost_volume_body.h"
#include "core/ops/deformable_attention_body.h"
#include "core/ops/lift_splat_body.h"

namespace hbev::test {
namespace {

constexpr int kWarp = 32;

template <class Call>
void withElement(Element element, const Call& call) {
  if (element == Element::Half) return call(at::Half());
  if (element == Element::Float) return call(0.0F);
  call(0.0);
}

template <class T, int count>
void splatPacks(const SplatArrays& a) {
  for (std::int64_t voxel = 0; voxel < a.voxels; ++voxel) {
    for (std::int64_t channel = 0; channel < a.size.channels; channel += count)
      splatChannels<T, count>(a, voxel, channel);
  }
}

void splat(const SplatArrays& a) {
  withElement(a.element, [&](auto zero) {
    using T = decltype(zero);
    const bool packs = readsInPacks<T>(a.context, a.size.channels) && readsInPacks<T>(a.out, a.size.channels);
    packs ? splatPacks<T, kWidest<T>>(a) : splatPacks<T, 1>(a);
  });
}

void splatGradient(const SplatGradientArrays& a) {
  withElement(a.element, [&](auto zero) {
    using T = decltype(zero);
    const auto addDepth = [&](std::int64_t point, Sum<T> share, bool) {
      static_cast<Sum<T>*>(a.depth_gradient)[point] += share;
    };
    for (std::int64_t pixel = 0; pixel < a.cameras * a.pixels; ++pixel) {
      for (int lane = 0; lane < kWarp; ++lane)
        splatGradientOfPixel<T, 4>(a, pixel, lane, kWarp, addDepth);
    }
  });
}

template <class T, int count, int packs>
void costOfLanes(const StereoCostArrays& a) {
  using S = Sum<T>;
  const std::int64_t plane = a.height * a.width;
  for (std::int64_t i = 0; i < a.cameras * plane; ++i) {
    const std::int64_t camera = i / plane, pixel = i % plane;
    const auto& projection = static_cast<const StereoProjection<S>*>(a.projections)[camera];
    S* cost = static_cast<S*>(a.cost) + camera * a.depths * plane + pixel;
    for (std::int64_t d = 0; d < a.depths; ++d)
      cost[d * plane] = 0;
    for (std::int64_t first = 0; first < a.channels; first += kWarp * count * packs) {
      for (int lane = 0; lane < kWarp; ++lane) {
        StereoLane<T, count, packs> channels(a, camera, pixel, first, lane, kWarp);
        for (std::int64_t d = 0; d < a.depths; ++d) {
          const S* point = static_cast<const S*>(a.frustum) + (d * plane + pixel) * 3;
          cost[d * plane] += channels.cost(stereoCell(projection, point, a));
        }
      }
    }
  }
}

void stereoCost(const StereoCostArrays& a) {
  withElement(a.element, [&](auto zero) {
    using T = decltype(zero);
    if (!readsInPacks<T>(a.current, a.channels) || !readsInPacks<T>(a.previous, a.channels)) {
      costOfLanes<T, 1, 1>(a);
    } else if (a.channels > kWarp * kWidest<T>) {
      costOfLanes<T, kWidest<T>, sizeof(T) == 2 ? 1 : 2>(a);
    } else {
      costOfLanes<T, kWidest<T>, 1>(a);
    }
  });
}

template <class T, int count>
void attendPacks(const AttentionArrays& a) {
  for (std::int64_t row = 0; row < a.size.maps * a.size.queries * a.size.heads; ++row) {
    for (std::int64_t channel = 0; channel < a.size.dim; channel += count)
      attendChannels<T, count>(a, row / a.size.heads, row % a.size.heads, channel);
  }
}

void attention(const AttentionArrays& a) {
  withElement(a.element, [&](auto zero) {
    using T = decltype(zero);
    const bool packs = readsInPacks<T>(a.value, a.size.dim) && readsInPacks<T>(a.out, a.size.dim);
    packs ? attendPacks<T, kWidest<T>>(a) : attendPacks<T, 1>(a);
  });
}

void attentionGradient(const AttentionGradientArrays& a) {
  withElement(a.element, [&](auto zero) {
    using S = Sum<decltype(zero)>;
    const AttentionSize& s = a.size;
    for (std::int64_t i = 0; i < s.maps * s.queries * s.heads * s.points; ++i) {
      const std::int64_t row = i / s.points;
      S* place = static_cast<S*>(a.places_gradient) + 2 * i;
      for (int lane = 0; lane < kWarp; ++lane) {
        attentionGradientAt<decltype(zero)>(
            a, row / s.heads, row % s.heads, i % s.points, lane, kWarp,
            [&](std::int64_t index, S g) { static_cast<S*>(a.value_gradient)[index] += g; },
            [&](S x, S y, S weight) {
              place[0] += x;
              place[1] += y;
              static_cast<S*>(a.weights_gradient)[i] += weight;
            });
      }
    }
  });
}

}  // namespace

OpKernels hostKernels() {
  return {splat, splatGradient, stereoCost, attention, attentionGradient};
}

}  // namespace hbev::test
