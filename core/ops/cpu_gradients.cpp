#include "core/ops/cpu_gradients.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "core/ops/deformable_attention_body.h"
#include "core/ops/lift_splat_body.h"

namespace hbev {
namespace {

constexpr std::int64_t kPixelsPerTask = 16;
constexpr int kChannelsAtOnce = 32;

/// Calls with a value of the element's type.
template <class Call>
void withType(Element element, const Call& call) {
  TORCH_CHECK(element != Element::Half, "there are no gradients in half precision on the processor");
  if (element == Element::Float) {
    call(0.0F);
  } else {
    call(0.0);
  }
}

}  // namespace

void splatGradientCpu(const SplatGradientArrays& a) {
  withType(a.element, [&](auto zero) {
    using T = decltype(zero);
    auto* depth_gradient = static_cast<T*>(a.depth_gradient);
    const auto addDepth = [&](std::int64_t point, T product, bool first) {
      depth_gradient[point] = first ? product : depth_gradient[point] + product;
    };
    at::parallel_for(0, a.cameras * a.pixels, kPixelsPerTask, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t pixel = begin; pixel < end; ++pixel)
        splatGradientOfPixel<T, kChannelsAtOnce>(a, pixel, 0, 1, addDepth);
    });
  });
}

void attentionGradientCpu(const AttentionGradientArrays& a) {
  const AttentionSize& s = a.size;
  withType(a.element, [&](auto zero) {
    using T = decltype(zero);
    auto* value_gradient = static_cast<T*>(a.value_gradient);
    auto* places_gradient = static_cast<T*>(a.places_gradient);
    auto* weights_gradient = static_cast<T*>(a.weights_gradient);
    const auto addValue = [&](std::int64_t index, T g) { value_gradient[index] += g; };
    // The queries of one head of one map add to the same values: they are one task.
    at::parallel_for(0, s.maps * s.heads, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t first = task / s.heads * s.queries, head = task % s.heads;
        for (std::int64_t i = 0; i < s.queries * s.points; ++i) {
          const std::int64_t query = first + i / s.points, point = i % s.points;
          const std::int64_t place = (query * s.heads + head) * s.points + point;
          attentionGradientAt<T>(a, query, head, point, 0, 1, addValue, [&](T x, T y, T weight) {
            places_gradient[2 * place] = x;
            places_gradient[2 * place + 1] = y;
            weights_gradient[place] = weight;
          });
        }
      }
    });
  });
}

}  // namespace hbev
