#include "core/model/lift.h"

#include <array>

#include "core/model/reference_rounding.h"
#include "core/model/half_precision.h"
#include "core/ops/inverse.h"

namespace hbev {
namespace {

constexpr int kFeatureStride = 16, kStereoStride = 4;

/// Pixels are spread evenly from the first to the last of the picture; they are not the centres of the cells.
torch::Tensor makeFrustum(const ModelConfig& config, int stride) {
  const std::int64_t height = config.image.height / stride, width = config.image.width / stride;
  const AxisRange& range = config.lift.depth;
  const torch::Tensor depth = at::arange(range.lower, range.upper, range.step, at::kFloat);
  const std::int64_t depths = depth.size(0);
  const torch::Tensor x = torch::tensor(evenFloats(0, float(config.image.width - 1), width));
  const torch::Tensor y = torch::tensor(evenFloats(0, float(config.image.height - 1), height));
  return at::stack({x.view({1, 1, width}).expand({depths, height, width}),
                    y.view({1, height, 1}).expand({depths, height, width}),
                    depth.view({depths, 1, 1}).expand({depths, height, width})},
                   -1);
}

torch::Tensor entry(const torch::Tensor& matrix, int row, int column) {
  return matrix.select(-2, row).select(-1, column).unsqueeze(-1).unsqueeze(-1).unsqueeze(-1);
}

using Coordinates = std::array<torch::Tensor, 3>;

/// matrix [B, N, 3, 3] (or [B, 1, 3, 3]) times points, summed in the order of the reference's small matrix
/// product.
Coordinates multiply(const torch::Tensor& matrix, const Coordinates& p) {
  Coordinates product;
  for (int row = 0; row < 3; ++row) {
    product[std::size_t(row)] =
        entry(matrix, row, 0) * p[0] + entry(matrix, row, 1) * p[1] + entry(matrix, row, 2) * p[2];
  }
  return product;
}

}  // namespace

torch::Tensor ConstantTensor::as(const torch::TensorOptions& options) const {
  const std::lock_guard lock(mutex_);
  if (kept_.device() != options.device() || kept_.dtype() != options.dtype()) kept_ = value_.to(options);
  return kept_;
}

torch::Tensor imageRotation(const torch::Tensor& image_aug) {
  torch::Tensor rotation = at::zeros({image_aug.size(0), image_aug.size(1), 3, 3}, image_aug.options());
  rotation.slice(-2, 0, 2).slice(-1, 0, 2).copy_(image_aug.slice(-2, 0, 2).slice(-1, 0, 2));
  rotation.select(-2, 2).select(-1, 2).fill_(1);
  return rotation;
}

torch::Tensor imageShift(const torch::Tensor& image_aug) {
  torch::Tensor shift = at::zeros({image_aug.size(0), image_aug.size(1), 3}, image_aug.options());
  shift.slice(-1, 0, 2).copy_(image_aug.slice(-2, 0, 2).select(-1, 2));
  return shift;
}

torch::Tensor cameraNumbers(const torch::Tensor& key_ego_from_camera, const torch::Tensor& intrinsics,
                            const torch::Tensor& image_aug, const torch::Tensor& bev_aug) {
  const std::int64_t batch = intrinsics.size(0), cameras = intrinsics.size(1);
  const torch::Tensor bev = bev_aug.view({batch, 1, 4, 4}).expand({batch, cameras, 4, 4});
  const auto at = [](const torch::Tensor& matrix, int row, int column) {
    return matrix.select(-2, row).select(-1, column);
  };
  const torch::Tensor numbers =
      at::stack({at(intrinsics, 0, 0), at(intrinsics, 1, 1), at(intrinsics, 0, 2), at(intrinsics, 1, 2),
                 at(image_aug, 0, 0), at(image_aug, 0, 1), at(image_aug, 0, 2), at(image_aug, 1, 0),
                 at(image_aug, 1, 1), at(image_aug, 1, 2), at(bev, 0, 0), at(bev, 0, 1), at(bev, 1, 0),
                 at(bev, 1, 1), at(bev, 2, 2)},
                -1);
  return at::cat({numbers, key_ego_from_camera.slice(-2, 0, 3).reshape({batch, cameras, 12})}, -1);
}

LiftImpl::LiftImpl(const ModelConfig& config)
    : config_(config),
      frustum_(makeFrustum(config, kFeatureStride)),
      stereo_frustum_(makeFrustum(config, kStereoStride)) {
  const std::array<AxisRange, 3> axes{config.lift.x, config.lift.y, config.lift.z};
  for (std::size_t i = 0; i < 3; ++i) {
    grid_.lower[i] = float(axes[i].lower);
    grid_.interval[i] = float(axes[i].step);
    grid_.size[i] = axes[i].cells();
  }
  depth_net_ = register_module("depth_net", DepthNet(config));
}

torch::Tensor LiftImpl::points(const FrameCameras& cameras, const torch::Tensor& bev_aug) const {
  const FullPrecision metres;
  const torch::Tensor frustum = frustum_.as(cameras.intrinsics.options());
  const torch::Tensor shift = imageShift(cameras.image_aug);
  Coordinates p;
  for (int i = 0; i < 3; ++i) {
    p[std::size_t(i)] = frustum.select(-1, i) - shift.select(-1, i).unsqueeze(-1).unsqueeze(-1).unsqueeze(-1);
  }
  p = multiply(inverseOf(imageRotation(cameras.image_aug)), p);
  const torch::Tensor rotation = cameras.key_ego_from_camera.slice(-2, 0, 3).slice(-1, 0, 3);
  const torch::Tensor ego_from_pixel =
      at::matmul(rotation, inverseOf(cameras.intrinsics.slice(-2, 0, 3).slice(-1, 0, 3)));
  p = multiply(ego_from_pixel, {p[0] * p[2], p[1] * p[2], p[2]});
  for (int i = 0; i < 3; ++i)
    p[std::size_t(i)] += entry(cameras.key_ego_from_camera, i, 3);
  const torch::Tensor bev = bev_aug.unsqueeze(1);
  p = multiply(bev, p);
  for (int i = 0; i < 3; ++i)
    p[std::size_t(i)] += entry(bev, i, 3);
  return at::stack({p[0], p[1], p[2]}, -1);
}

Lifted LiftImpl::forward(const torch::Tensor& features, const torch::Tensor& camera_numbers,
                         const FrameCameras& cameras, const torch::Tensor& c2, const torch::Tensor& older_c2,
                         const Stages& stages) {
  StereoInput stereo;
  stereo.current = c2;
  stereo.frustum = stereo_frustum_.as(features.options().dtype(at::kFloat));
  if (older_c2.defined()) {
    stereo.previous = older_c2;
    stereo.view = {.intrinsics = cameras.intrinsics.slice(-2, 0, 3).slice(-1, 0, 3),
                   .other_from_current = cameras.older_from_current,
                   .image_rotation = imageRotation(cameras.image_aug),
                   .image_shift = imageShift(cameras.image_aug),
                   .width = double(config_.image.width),
                   .height = double(config_.image.height)};
  }
  stages("depthnet.mlp_input", camera_numbers);
  const torch::Tensor numbers = depth_net_->forward(features, camera_numbers, stereo, stages);

  Lifted lifted;
  lifted.depth = atLeastFloat(numbers.slice(1, 0, config_.depthBins())).softmax(1);
  lifted.context = numbers.slice(1, config_.depthBins());
  stages("lss.depth_softmax", lifted.depth);
  stages("lss.context", lifted.context);
  return lifted;
}

torch::Tensor LiftImpl::splatInto(const Lifted& lifted, const FrameCameras& cameras,
                                  const torch::Tensor& bev_aug, const Stages& stages) const {
  const torch::Tensor coordinates = points(cameras, bev_aug);
  stages("lss.coor", coordinates);
  const SplatPlan plan = planSplat(coordinates, grid_);
  stages("lss.point", plan.point);
  stages("lss.voxel", plan.voxel);
  stages("lss.start", plan.start);
  const torch::Tensor map = splat(lifted.depth, lifted.context, plan);
  stages("lss.bev_pool", map);
  return map;
}

}  // namespace hbev
