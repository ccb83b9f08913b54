// Lift, Splat: image features become a bird's-eye-view map by way of a depth distribution per pixel.
#pragma once

#include <mutex>
#include <utility>

#include "core/model/config.h"
#include "core/model/depth_net.h"
#include "core/model/stages.h"
#include "core/ops/lift_splat.h"

namespace hbev {

/// The cameras of one frame. B samples, N cameras, all of the network's floating type.
struct FrameCameras {
  torch::Tensor key_ego_from_camera;  ///< [B, N, 4, 4]
  torch::Tensor intrinsics;           ///< [B, N, 4, 4]
  torch::Tensor image_aug;            ///< [B, N, 4, 4]: [:2, :2] scale and rotation, [:2, 2] shift in pixels
  torch::Tensor
      older_from_current;  ///< [B, N, 4, 4] camera to the same camera one keyframe earlier; may be undefined
};

/// The image's augmentation as a 3 x 3 matrix and a shift, both of [B, N]: depth is left alone.
torch::Tensor imageRotation(const torch::Tensor& image_aug);
torch::Tensor imageShift(const torch::Tensor& image_aug);

/// The 27 numbers of each camera for the depth net, [B, N, 27]. `bev_aug` [B, 4, 4].
torch::Tensor cameraNumbers(const torch::Tensor& key_ego_from_camera, const torch::Tensor& intrinsics,
                            const torch::Tensor& image_aug, const torch::Tensor& bev_aug);

struct Lifted {
  torch::Tensor depth;    ///< [B*N, D, h, w], sums to one along D
  torch::Tensor context;  ///< [B*N, C, h, w]
};

/// Numbers that never change, kept where they were used last: another device's would be copied each time.
class ConstantTensor {
 public:
  explicit ConstantTensor(torch::Tensor value) : value_(std::move(value)), kept_(value_) {}
  /// Like `options` in device and type. From any thread.
  torch::Tensor as(const torch::TensorOptions& options) const;

 private:
  torch::Tensor value_;
  mutable std::mutex mutex_;
  mutable torch::Tensor kept_;
};

/// The reference's view transformer.
class LiftImpl : public torch::nn::Module {
 public:
  explicit LiftImpl(const ModelConfig& config);

  /// features [B*N, C, h, w]; camera_numbers [B, N, 27]; `older_c2` may be undefined.
  Lifted forward(const torch::Tensor& features, const torch::Tensor& camera_numbers,
                 const FrameCameras& cameras, const torch::Tensor& c2, const torch::Tensor& older_c2,
                 const Stages& stages);
  /// [B, Z*C, Y, X], channel z*C + c, in the key ego frame.
  torch::Tensor splatInto(const Lifted& lifted, const FrameCameras& cameras, const torch::Tensor& bev_aug,
                          const Stages& stages) const;

  /// Every point of the feature pixels' rays, m in the key ego frame after `bev_aug`: [B, N, D, h, w, 3].
  torch::Tensor points(const FrameCameras& cameras, const torch::Tensor& bev_aug) const;

 private:
  ModelConfig config_;
  // [D, h, w, 3]: x, y in pixels of the input, depth in m. No part of the state_dict.
  ConstantTensor frustum_, stereo_frustum_;
  SplatGrid grid_;
  DepthNet depth_net_{nullptr};
};
TORCH_MODULE(Lift);

}  // namespace hbev
