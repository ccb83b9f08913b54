// A small stereo scene for the tests of the cost volume.
#pragma once

#include <ATen/ATen.h>

#include "core/ops/cost_volume.h"

namespace hbev::test {

/// A camera that moved sideways and a little forward between two pictures of 64 x 48 pixels.
inline StereoView sidewaysView(std::int64_t cameras, at::TensorOptions type) {
  StereoView view;
  at::Tensor intrinsics = at::eye(3, type);
  intrinsics[0][0] = 40, intrinsics[1][1] = 40, intrinsics[0][2] = 32, intrinsics[1][2] = 24;
  at::Tensor motion = at::eye(4, type);
  motion[0][3] = 0.7, motion[2][3] = -1.5;
  at::Tensor rotation = at::eye(3, type);
  rotation[0][0] = -0.9, rotation[1][1] = 0.9;
  view.intrinsics = intrinsics.expand({1, cameras, 3, 3});
  view.other_from_current = motion.expand({1, cameras, 4, 4});
  view.image_rotation = rotation.expand({1, cameras, 3, 3});
  view.image_shift = at::tensor({60.0, 2.0, 0.0}, type).expand({1, cameras, 3});
  view.width = 64, view.height = 48;
  return view;
}

/// Depths from 1 to 13 m; a feature map of 16 x 12 pixels.
inline at::Tensor smallFrustum(std::int64_t depths, at::TensorOptions type) {
  const std::int64_t h = 12, w = 16;
  const at::Tensor x = at::linspace(0, 63, w, type).view({1, 1, w}).expand({depths, h, w});
  const at::Tensor y = at::linspace(0, 47, h, type).view({1, h, 1}).expand({depths, h, w});
  const at::Tensor d = at::linspace(1, 13, depths, type).view({depths, 1, 1}).expand({depths, h, w});
  return at::stack({x, y, d}, -1);
}

}  // namespace hbev::test
