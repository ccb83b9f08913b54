// Depth and context of every feature pixel, knowing the camera and what the other picture shows at each
// depth.
#pragma once

#include "core/model/config.h"
#include "core/model/stages.h"
#include "core/ops/cost_volume.h"

namespace hbev {

/// What the depth net is told of a camera: 4 intrinsics, 6 of the image's augmentation, 5 of the BEV's, 12 of
/// its pose.
inline constexpr int kCameraNumbers = 27;

/// What stereo needs. Without `previous` the matching cost is taken as zero everywhere.
struct StereoInput {
  torch::Tensor current, previous;  ///< c2 maps [B*N, C, H/4, W/4]
  torch::Tensor frustum;            ///< [D, H/4, W/4, 3]
  StereoView view;
};

class DepthNetImpl : public torch::nn::Module {
 public:
  explicit DepthNetImpl(const ModelConfig& config);
  /// features [B*N, C, h, w], camera [B, N, 27] -> [B*N, D + context, h, w]: depth logits, then context.
  torch::Tensor forward(const torch::Tensor& features, const torch::Tensor& camera, const StereoInput& stereo,
                        const Stages& stages);

 private:
  torch::Tensor costVolume(const StereoInput& stereo, const Stages& stages) const;

  double stereo_bias_;
  torch::nn::Sequential reduce_conv_{nullptr}, cost_net_{nullptr}, depth_conv_{nullptr};
  torch::nn::Conv2d context_conv_{nullptr};
  torch::nn::BatchNorm1d bn_{nullptr};
  torch::nn::AnyModule depth_mlp_, depth_gate_, context_mlp_, context_gate_;
};
TORCH_MODULE(DepthNet);

}  // namespace hbev
