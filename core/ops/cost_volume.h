// The stereo cost volume: how badly a pixel of one picture matches the other picture at each depth along its
// ray.
#pragma once

#include <ATen/core/Tensor.h>

namespace hbev {

/// How pixels of the current pictures land in the other ones. B samples, N cameras.
struct StereoView {
  at::Tensor intrinsics;          ///< [B, N, 3, 3]
  at::Tensor other_from_current;  ///< [B, N, 4, 4], camera to camera, m
  at::Tensor
      image_rotation;      ///< [B, N, 3, 3]: scale, rotation and flip from the camera's picture to the input
  at::Tensor image_shift;  ///< [B, N, 3], pixels
  double width = 0, height = 0;  ///< of the input picture, pixels
};

/// Where each point of the frustum [D, H, W, 3] (x, y in pixels of the input picture, depth in m) lands in
/// the other picture, from -1 (first pixel's centre) to 1 (last pixel's centre); -2 behind the other camera.
/// [B*N, D*H, W, 2], x first.
at::Tensor stereoGrid(const at::Tensor& frustum, const StereoView& view);

/// current, previous [B*N, C, H, W] -> [B*N, D, H, W]: the sum over all channels of |current - previous seen
/// at that depth|; `bias` more where channel C - 4 of what is seen is exactly zero (outside the picture,
/// mostly; the reference tests the first channel of its last group of four). No gradient. C must be a
/// multiple of 4. Features may be half on a CUDA device: costs are single precision then.
at::Tensor stereoCost(const at::Tensor& current, const at::Tensor& previous, const at::Tensor& frustum,
                      const StereoView& view, double bias);

/// The same as a composition of library operations, in groups of four channels: the oracle of the tests, and
/// what runs on other devices.
at::Tensor stereoCostPlain(const at::Tensor& current, const at::Tensor& previous, const at::Tensor& frustum,
                           const StereoView& view, double bias);

}  // namespace hbev
