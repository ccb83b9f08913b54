// The encoder of bird's-eye-view maps: residual stages and the neck that brings two of them back to full
// size.
#pragma once

#include <vector>

#include "core/model/config.h"
#include "core/model/stages.h"

namespace hbev {

/// Stages of basic blocks. The reference's CustomResNet: the shortcut into a stage is a 3x3 convolution with
/// bias.
class BevResNetImpl : public torch::nn::Module {
 public:
  BevResNetImpl(std::int64_t in, const std::vector<int>& channels, const std::vector<int>& blocks,
                int stride);
  /// The output of each stage.
  std::vector<torch::Tensor> forward(torch::Tensor x);

 private:
  std::vector<torch::nn::Sequential> stages_;
};
TORCH_MODULE(BevResNet);

/// The reference's FPN_LSS.
class BevNeckImpl : public torch::nn::Module {
 public:
  BevNeckImpl(std::int64_t fine_channels, std::int64_t coarse_channels, std::int64_t out);
  /// fine [B, C, Y/2, X/2], coarse [B, C', Y/8, X/8] -> [B, out, Y, X]
  torch::Tensor forward(const torch::Tensor& fine, const torch::Tensor& coarse, const Stages& stages);

 private:
  torch::nn::Conv2d conv0_{nullptr}, conv1_{nullptr};
  torch::nn::BatchNorm2d norm0_{nullptr}, norm1_{nullptr};
  torch::nn::Sequential up2_{nullptr};
};
TORCH_MODULE(BevNeck);

}  // namespace hbev
