// Small parts that several modules are made of. Names of parameters are those of the reference's state_dict.
#pragma once

#include <cstdint>

#include "core/model/torch_headers.h"

namespace hbev {

/// A square convolution that keeps the size at stride 1.
torch::nn::Conv2d conv(std::int64_t in, std::int64_t out, int kernel, int stride = 1, bool bias = true,
                       std::int64_t groups = 1);

/// A convolution and the batch norm after it. Where nothing is trained they are one convolution: no pass over
/// the map for the norm.
torch::Tensor convNormed(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& norm, const torch::Tensor& x);
/// A Sequential of convolutions, batch norms and others, with convNormed() where it applies.
torch::Tensor runNormed(torch::nn::Sequential& layers, torch::Tensor x);

/// Twice, four times, ... as large, bilinear, corners on corners.
torch::Tensor upsample(const torch::Tensor& map, int factor);
torch::nn::Upsample upsampler(int factor);

/// How a residual block's input reaches its output where shapes differ.
enum class Shortcut {
  None,             ///< as it is
  ProjectedNormed,  ///< 1x1 convolution and batch norm (ResNet)
  Projected,        ///< 1x1 convolution with bias (depth net)
  Convolved,        ///< 3x3 convolution with bias (BEV encoder)
};

/// ResNet's block of two 3x3 convolutions.
class BasicBlockImpl : public torch::nn::Module {
 public:
  static constexpr int kExpansion = 1;
  BasicBlockImpl(std::int64_t in, std::int64_t channels, int stride = 1, Shortcut shortcut = Shortcut::None);
  torch::Tensor forward(const torch::Tensor& x);

 private:
  torch::nn::Conv2d conv1_{nullptr}, conv2_{nullptr};
  torch::nn::BatchNorm2d bn1_{nullptr}, bn2_{nullptr};
  torch::nn::Sequential shortcut_{nullptr};
};
TORCH_MODULE(BasicBlock);

/// ResNet's block of 1x1, 3x3 (with the stride: "v1.5") and 1x1 convolutions; four times as many channels
/// come out.
class BottleneckImpl : public torch::nn::Module {
 public:
  static constexpr int kExpansion = 4;
  BottleneckImpl(std::int64_t in, std::int64_t channels, int stride = 1, Shortcut shortcut = Shortcut::None);
  torch::Tensor forward(const torch::Tensor& x);

 private:
  torch::nn::Conv2d conv1_{nullptr}, conv2_{nullptr}, conv3_{nullptr};
  torch::nn::BatchNorm2d bn1_{nullptr}, bn2_{nullptr}, bn3_{nullptr};
  torch::nn::Sequential shortcut_{nullptr};
};
TORCH_MODULE(Bottleneck);

}  // namespace hbev
