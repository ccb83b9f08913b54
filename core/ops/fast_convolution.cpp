#include "core/ops/fast_convolution.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "core/ops/channel_order.h"
#include "core/ops/convolution_loops.h"

namespace hbev {
namespace {

constexpr std::int64_t kLanes = 16;                   // channels come in multiples of the widest vectors
constexpr std::int64_t kPlaces = 36;                  // 6 x 6
constexpr std::int64_t kScratchNumbers = 24'000'000;  // about what the caches' last level and a bit more hold
constexpr std::int64_t kTilesPerTask = 8, kCellsPerTask = 64;

/// [N, C, H, W] with channels last in memory, as it stands there.
at::Tensor inMemory(const at::Tensor& x) {
  return x.permute({0, 2, 3, 1}).contiguous();
}

/// Keeps the memory of an end's tensors for as long as the loops need it.
class EndInMemory {
 public:
  explicit EndInMemory(const ConvolutionEnd& end) {
    if (end.bias.defined()) bias_ = end.bias.contiguous();
    if (end.added.defined()) added_ = inMemory(end.added);
    finish_.relu = end.relu;
    if (bias_.defined()) finish_.bias = bias_.data_ptr<float>();
    if (added_.defined()) finish_.added = added_.data_ptr<float>();
  }
  const Finish& finish() const { return finish_; }

 private:
  at::Tensor bias_, added_;
  Finish finish_;
};

/// The polynomials' values: [6, 3].
at::Tensor kernelTransform() {
  const double a = kPlaceA, b = kPlaceB;
  const double of_a = 1 / (2 * a * a * (a * a - b * b)), of_b = 1 / (2 * b * b * (b * b - a * a));
  const double rows[6][3] = {{1 / (a * a * b * b), 0, 0},     {of_a, of_a * a, of_a * a * a},
                             {of_a, -of_a * a, of_a * a * a}, {of_b, of_b * b, of_b * b * b},
                             {of_b, -of_b * b, of_b * b * b}, {0, 0, 1}};
  at::Tensor transform = at::empty({6, 3}, at::kDouble);
  std::copy_n(&rows[0][0], 18, transform.data_ptr<double>());
  return transform;
}

}  // namespace

bool fastConvolutionFits(const at::Tensor& x, std::int64_t in, std::int64_t out) {
  // Automatic half precision is a wish for the library's convolutions.
  const bool autocast = !c10::impl::tls_is_dispatch_key_excluded(c10::DispatchKey::AutocastCPU);
  return !autocast && x.is_cpu() && x.scalar_type() == at::kFloat && x.numel() > 0 && in % kLanes == 0 &&
         out % kLanes == 0;
}

at::Tensor winogradWeight(const at::Tensor& weight) {
  const at::Tensor g = kernelTransform();
  const at::Tensor values = at::matmul(at::matmul(g, weight.to(at::kDouble)), g.t());  // [Co, C, 6, 6]
  return values.permute({2, 3, 1, 0}).reshape({kPlaces, weight.size(1), weight.size(0)}).to(at::kFloat);
}

at::Tensor winogradConvolution(const at::Tensor& x, const at::Tensor& transformed,
                               const ConvolutionEnd& end) {
  const at::Tensor in = inMemory(x);
  const std::int64_t out_channels = transformed.size(2);
  const TiledMap map{in.size(1), in.size(2), in.size(3), (in.size(1) + 3) / 4, (in.size(2) + 3) / 4};
  TiledMap out_map = map;
  out_map.channels = out_channels;
  const std::int64_t tiles = in.size(0) * map.tiles_down * map.tiles_across;
  const std::int64_t chunk =
      std::clamp<std::int64_t>(kScratchNumbers / (kPlaces * (map.channels + out_channels)), 1, tiles);
  at::Tensor out = at::empty({in.size(0), map.height, map.width, out_channels}, in.options());
  const at::Tensor spread = at::empty({kPlaces, chunk, map.channels}, in.options());
  const at::Tensor products = at::empty({kPlaces, chunk, out_channels}, in.options());
  const EndInMemory ending(end);
  const ConvolutionLoops& loops = convolutionLoops();
  for (std::int64_t first = 0; first < tiles; first += chunk) {
    const std::int64_t count = std::min(chunk, tiles - first);
    at::parallel_for(0, count, kTilesPerTask, [&](std::int64_t begin, std::int64_t last) {
      loops.input(in.data_ptr<float>(), map, first + begin, first + last,
                  spread.data_ptr<float>() + begin * map.channels, chunk * map.channels);
    });
    // One product per task: the library's own threads are slower, and may be switched off.
    at::parallel_for(0, kPlaces, 1, [&](std::int64_t begin, std::int64_t last) {
      const at::NoGradGuard no_gradient;
      for (std::int64_t k = begin; k < last; ++k) {
        at::Tensor product = products[k].slice(0, 0, count);
        at::mm_out(product, spread[k].slice(0, 0, count), transformed[k]);
      }
    });
    at::parallel_for(0, count, kTilesPerTask, [&](std::int64_t begin, std::int64_t last) {
      loops.output(products.data_ptr<float>() + begin * out_channels, chunk * out_channels, out_map,
                   first + begin, first + last, ending.finish(), out.data_ptr<float>());
    });
  }
  return asMap(out);
}

at::Tensor enlargedWeight(const at::Tensor& weight) {
  return weight.permute({1, 2, 3, 0}).reshape({weight.size(1), -1});
}

at::Tensor enlargedConvolution(const at::Tensor& x, const at::Tensor& prepared, int factor,
                               const ConvolutionEnd& end) {
  const at::Tensor in = inMemory(x);
  const std::int64_t height = in.size(1), width = in.size(2), channels = prepared.size(1) / 9;
  const std::int64_t large_height = height * factor, large_width = width * factor;
  const at::Tensor cells = in.view({-1, in.size(3)});
  const at::Tensor products = at::empty({cells.size(0), prepared.size(1)}, in.options());
  at::parallel_for(0, cells.size(0), kCellsPerTask, [&](std::int64_t begin, std::int64_t last) {
    const at::NoGradGuard no_gradient;
    at::Tensor product = products.slice(0, begin, last);
    at::mm_out(product, cells.slice(0, begin, last), prepared);
  });
  at::Tensor out = at::empty({in.size(0), large_height, large_width, channels}, in.options());
  const EndInMemory ending(end);
  const ConvolutionLoops& loops = convolutionLoops();
  at::parallel_for(0, in.size(0) * large_height, 4, [&](std::int64_t begin, std::int64_t last) {
    const at::Tensor scratch = at::empty({width, 3, channels}, in.options());
    for (std::int64_t row = begin; row < last; ++row) {
      const std::int64_t picture = row / large_height,
                         first = picture * large_height * large_width * channels;
      Finish finish = ending.finish();
      if (finish.added) finish.added += first;
      loops.row({products.data_ptr<float>() + picture * height * width * 9 * channels, height, width,
                 channels, large_height, large_width, row % large_height, scratch.data_ptr<float>()},
                finish, out.data_ptr<float>() + first);
    }
  });
  return asMap(out);
}

}  // namespace hbev
