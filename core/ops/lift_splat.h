// Splatting of image features into voxels (Lift, Splat, Shoot): every point of a pixel's ray adds the pixel's
// feature, weighted with the point's depth probability, to the voxel that it lies in.
#pragma once

#include <array>
#include <cstdint>

#include <ATen/core/Tensor.h>

namespace hbev {

/// Voxels along x, y, z. Bounds are single precision, as the reference keeps them.
struct SplatGrid {
  std::array<float, 3> lower{};     ///< m, the lower edges of the first voxels
  std::array<float, 3> interval{};  ///< m
  std::array<std::int64_t, 3> size{};
};

/// Which point lies in which voxel. Depends on calibration only, not on pictures.
struct SplatPlan {
  at::Tensor point;  ///< int64 [P]: indexes into depth [B*N, D, h, w], sorted by voxel, ascending within one
  at::Tensor pixel;  ///< int64 [P]: indexes into context's pixels [B*N, h, w]
  at::Tensor voxel;  ///< int64 [V]: the voxels that hold points, ((b*Z + z)*Y + y)*X + x, ascending
  at::Tensor start;  ///< int64 [V + 1]: where each voxel's points begin
  std::int64_t batch = 0;
  SplatGrid grid;
};

/// `points` [B, N, D, h, w, 3], m. The cell index is (coordinate - lower) / interval cut towards zero, so
/// that points up to one cell below the lower bounds fall into cell 0, as in the reference.
SplatPlan planSplat(const at::Tensor& points, const SplatGrid& grid);

/// depth [B*N, D, h, w], context [B*N, C, h, w] -> [B, Z*C, Y, X], channel z*C + c, channels last in memory.
/// Single or double precision, on a CUDA device half as well (sums are single precision then, and `depth` may
/// be that); differentiable in both, once.
at::Tensor splat(const at::Tensor& depth, const at::Tensor& context, const SplatPlan& plan);

/// The same as a composition of library operations: the oracle of the tests, and what runs on devices without
/// a kernel.
at::Tensor splatPlain(const at::Tensor& depth, const at::Tensor& context, const SplatPlan& plan);

}  // namespace hbev
