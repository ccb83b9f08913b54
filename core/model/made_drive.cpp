#include "core/model/made_drive.h"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/data/keyframe.h"

namespace hbev {
namespace {

constexpr double kStep_m = 5;  // between keyframes: 10 m/s

using Rows = std::array<std::array<double, 4>, 4>;

torch::Tensor tensorOfRows(const Rows& matrix) {
  torch::Tensor tensor = at::empty({4, 4}, at::kFloat);
  for (std::size_t i = 0; i < 16; ++i)
    tensor.data_ptr<float>()[i] = float(matrix[i / 4][i % 4]);
  return tensor;
}

/// In the order of the network's cameras: where each looks, counter-clockwise from straight on.
constexpr std::array<double, kCameraCount> kYaw_deg{55, 0, -55, 110, 180, -110};

torch::Tensor egoFromCamera(std::size_t camera) {
  const double yaw = kYaw_deg[camera] * std::numbers::pi / 180, c = std::cos(yaw), s = std::sin(yaw);
  // A camera's x points right, its y down, its z ahead.
  return tensorOfRows({{{s, 0, c, 1.5 * c}, {-c, 0, s, 0.5 * s}, {0, -1, 0, 1.5}, {0, 0, 0, 1}}});
}

torch::Tensor globalFromEgo(double x_m) {
  return tensorOfRows({{{1, 0, 0, x_m}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}});
}

}  // namespace

NetworkInput madeDrive(const ModelConfig& config, int keyframe, int frames, int batch) {
  const ImageConfig& image = config.image;
  const double focal = 0.79 * image.source_width, scale = double(image.width) / image.source_width;
  const torch::Tensor intrinsics = tensorOfRows({{{focal, 0, image.source_width / 2.0, 0},
                                                  {0, focal, image.source_height / 2.0, 0},
                                                  {0, 0, 1, 0},
                                                  {0, 0, 0, 1}}});
  // The upper part of the picture is cut off.
  const double cut = image.source_height * scale - image.height;
  const torch::Tensor image_aug =
      tensorOfRows({{{scale, 0, 0, 0}, {0, scale, -cut, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}});
  std::vector<torch::Tensor> poses, to_image, drive;
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    poses.push_back(egoFromCamera(camera));
    to_image.push_back(image_aug.matmul(intrinsics).matmul(poses.back().inverse()));
  }
  for (int frame = 0; frame < frames; ++frame)
    drive.push_back(globalFromEgo(kStep_m * (keyframe - frame)).expand({kCameraCount, 4, 4}));
  const std::vector<std::int64_t> all{batch, frames, kCameraCount, 4, 4};
  NetworkInput input;
  input.pictures = at::randn({batch, kCameraCount, frames, 3, image.height, image.width});
  input.ego_from_camera = at::stack(poses).view({1, 1, kCameraCount, 4, 4}).expand(all);
  input.global_from_ego = at::stack(drive).expand(all);
  input.intrinsics = intrinsics.expand(all);
  input.image_aug = image_aug.expand(all);
  input.bev_aug = at::eye(4).expand({batch, 4, 4});
  input.image_from_lidar = at::stack(to_image).expand({batch, kCameraCount, 4, 4});
  input.lidar_from_ego = at::eye(4).expand({batch, 4, 4});
  return input;
}

}  // namespace hbev
