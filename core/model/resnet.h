// The image backbone: ResNet-18, 34, 50 or 101.
#pragma once

#include <cstddef>
#include <vector>

#include "core/model/config.h"
#include "core/model/stages.h"

namespace hbev {

/// Feature maps at 1/4, 1/16 and 1/32 of the picture.
struct BackboneMaps {
  torch::Tensor c2, c4, c5;
};

class ResNetImpl : public torch::nn::Module {
 public:
  explicit ResNetImpl(const BackboneConfig& config);

  /// pictures [B, 3, H, W]
  BackboneMaps forward(const torch::Tensor& pictures, const Stages& stages = {});
  /// The stem and the first stage only.
  torch::Tensor c2(const torch::Tensor& pictures, const Stages& stages = {});

  /// Whether the backward pass computes each block's inside again instead of keeping it (recompute.h).
  void setRecompute(bool on) { recompute_ = on; }

  /// Channels of stage 1 to 4's output.
  static std::int64_t channels(const BackboneConfig& config, int stage);

 private:
  torch::Tensor runStage(std::size_t index, torch::Tensor x);

  torch::nn::Conv2d conv1_{nullptr};
  torch::nn::BatchNorm2d bn1_{nullptr};
  std::vector<torch::nn::Sequential> layers_;
  bool recompute_ = false;
};
TORCH_MODULE(ResNet);

/// The image neck: merges the maps at 1/16 and 1/32 into one of `neck_channels` at 1/16.
class FpnImpl : public torch::nn::Module {
 public:
  explicit FpnImpl(const BackboneConfig& config);
  torch::Tensor forward(const torch::Tensor& c4, const torch::Tensor& c5);

 private:
  torch::nn::Conv2d fine_{nullptr}, coarse_{nullptr}, out_{nullptr};
};
TORCH_MODULE(Fpn);

}  // namespace hbev
