// What the kernels are called with: plain addresses and sizes, so that files of CUDA need no Torch. All
// arrays are dense. "sum" arrays hold single precision where the elements are half, and the elements' own
// type otherwise.
#pragma once

#include <cstdint>

namespace hbev {

enum class Element { Half, Float, Double };

struct SplatSize {
  std::int64_t x = 0, y = 0, z = 0;
  std::int64_t channels = 0;
};

/// lift_splat.h's splat. Every voxel of the plan writes its channels; `out` is zero before.
struct SplatArrays {
  Element element{};
  const void* depth = nullptr;          ///< sum, [points]
  const void* context = nullptr;        ///< element, [pixels, C]
  const std::int64_t* point = nullptr;  ///< of the plan
  const std::int64_t* pixel = nullptr;
  const std::int64_t* voxel = nullptr;
  const std::int64_t* start = nullptr;
  std::int64_t voxels = 0;  ///< that hold points
  SplatSize size;
  void* out = nullptr;  ///< element, [B, Y, X, Z*C]
};

/// Its gradients, both written everywhere.
struct SplatGradientArrays {
  Element element{};
  const void* out_gradient = nullptr;             ///< element, [B, Y, X, Z*C]
  const void* depth = nullptr;                    ///< sum, [cameras, D, pixels]
  const void* context = nullptr;                  ///< element, [cameras, pixels, C]
  const std::int64_t* offset_of_point = nullptr;  ///< into out_gradient, channel 0; -1 outside; like depth
  std::int64_t cameras = 0, depths = 0, pixels = 0, channels = 0;
  void* depth_gradient = nullptr;    ///< sum
  void* context_gradient = nullptr;  ///< element
};

/// The numbers of one camera's way from a pixel and a depth to the other picture.
constexpr int kProjectionNumbers = 42;

/// cost_volume.h's stereoCost.
struct StereoCostArrays {
  Element element{};
  const void* current = nullptr;      ///< element, [cameras, H, W, C]
  const void* previous = nullptr;     ///< element, likewise
  const void* frustum = nullptr;      ///< sum, [D, H, W, 3]
  const void* projections = nullptr;  ///< sum, [cameras, kProjectionNumbers]
  std::int64_t cameras = 0, depths = 0, height = 0, width = 0, channels = 0;
  double picture_width = 0, picture_height = 0, bias = 0;
  void* cost = nullptr;  ///< sum, [cameras, D, H, W]
};

struct AttentionSize {
  std::int64_t maps = 0, queries = 0, heads = 0, dim = 0, points = 0, height = 0, width = 0;
};

/// deformable_attention.h's deformableAttention.
struct AttentionArrays {
  Element element{};
  AttentionSize size;
  const void* value = nullptr;    ///< element, [maps, H*W, heads, dim]
  const void* places = nullptr;   ///< sum, [maps, Q, heads, P, 2]
  const void* weights = nullptr;  ///< sum, [maps, Q, heads, P]
  void* out = nullptr;            ///< element, [maps, Q, heads, dim]
};

/// Its gradients, which are zero before: places outside the map write nothing.
struct AttentionGradientArrays {
  Element element{};
  AttentionSize size;
  const void* out_gradient = nullptr;  ///< element, like out
  const void* value = nullptr;
  const void* places = nullptr;
  const void* weights = nullptr;
  void* value_gradient = nullptr;  ///< sum, like value
  void* places_gradient = nullptr;
  void* weights_gradient = nullptr;
};

}  // namespace hbev
