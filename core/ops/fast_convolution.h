// 3x3 convolutions of maps with fewer products than written: Winograd's, and those of enlarged maps. Single
// precision on the processor, without gradients; callers keep the library's convolution for all else.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace hbev {

/// What follows a convolution.
struct ConvolutionEnd {
  at::Tensor bias;   ///< [Co], or undefined
  at::Tensor added;  ///< of the output's shape, added before the activation; or undefined
  bool relu = false;
};

/// Whether the two below can take maps `x` with channels `in` to `out`.
bool fastConvolutionFits(const at::Tensor& x, std::int64_t in, std::int64_t out);

/// weight [Co, C, 3, 3] -> what winogradConvolution takes, [36, C, Co]. Computed in double precision.
at::Tensor winogradWeight(const at::Tensor& weight);

/// 3x3, stride 1, padded with zeros by 1: x [N, C, H, W] -> [N, Co, H, W], channels last in memory.
/// Winograd's F(4x4, 3x3): a quarter of the products; rounds about five times as coarsely as a plain sum.
at::Tensor winogradConvolution(const at::Tensor& x, const at::Tensor& transformed, const ConvolutionEnd& end);

/// weight [Co, C, 3, 3] -> what enlargedConvolution takes, [C, 9 * Co].
at::Tensor enlargedWeight(const at::Tensor& weight);

/// The 3x3 convolution (padded by 1) of x enlarged `factor` times, bilinear, corners on corners.
/// Interpolating and weighing commute: the products are taken on the small map, and interpolated.
at::Tensor enlargedConvolution(const at::Tensor& x, const at::Tensor& prepared, int factor,
                               const ConvolutionEnd& end);

}  // namespace hbev
