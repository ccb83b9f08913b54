// The inner loops of the fast convolutions, over channels in vectors. Know no Torch, so that they compile
// quickly for each kind of vector unit. All maps are [H, W, C] in memory, single precision.
#pragma once

#include <cstdint>

namespace hbev {

/// A map of a 3x3 convolution that keeps the size, cut into tiles of 4 x 4 output cells.
struct TiledMap {
  std::int64_t height, width, channels;  ///< channels: a multiple of 16
  std::int64_t tiles_down, tiles_across;
};

/// What happens to the sums of a convolution before they are stored.
struct Finish {
  const float* bias = nullptr;   ///< [C] or none
  const float* added = nullptr;  ///< a map of the output's shape, or none
  bool relu = false;
};

/// Winograd's F(4x4, 3x3) of tiles begin to end of all pictures (counted through all of them, row by row).
struct ConvolutionLoops {
  /// maps [N, H, W, C] -> transformed[k * stride + (tile - begin) * C], k = 0 ... 35
  void (*input)(const float* maps, const TiledMap&, std::int64_t begin, std::int64_t end, float* transformed,
                std::int64_t stride);
  /// The way back; `maps` and `finish.added` are [N, H, W, C].
  void (*output)(const float* transformed, std::int64_t stride, const TiledMap&, std::int64_t begin,
                 std::int64_t end, const Finish& finish, float* maps);
  /// One row of a 3x3 convolution of a map made larger by bilinear interpolation: see upsampled.h.
  void (*row)(const struct UpsampledRow&, const Finish& finish, float* out);
};

/// products [h, w, 3, 3, C]: of every small cell with every place of the kernel. Row `y` of the large map.
struct UpsampledRow {
  const float* products;
  std::int64_t height, width, channels;  ///< of the small map
  std::int64_t large_height, large_width;
  std::int64_t y;
  float* scratch;  ///< [w, 3, C]
};

/// The fastest that this processor can run.
const ConvolutionLoops& convolutionLoops();

#ifdef HBEV_AVX
extern const ConvolutionLoops kLoopsAvx2, kLoopsAvx512;
#endif

/// The places of F(4x4, 3x3)'s polynomials: 0, a, -a, b, -b and infinity. These round less than 1 and 2.
inline constexpr float kPlaceA = 0.75F, kPlaceB = 1.5F;

}  // namespace hbev
