// Small parts that several modules are made of. Names of parameters are those of the reference's state_dict.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/model/torch_headers.h"

namespace hbev {

/// A convolution that keeps what it needs where nothing is trained: its weights with the batch norm after it
/// folded in, in the order that the processor is fastest with. Made again when a parameter changes.
class PreparedConvImpl : public torch::nn::Conv2dImpl {
 public:
  using Conv2dImpl::Conv2dImpl;

  /// What comes before and after. `norm` may be null; `added` (before the activation) may be undefined; with
  /// `enlarge` above 1, x is made larger first (see upsample()). Channels `first` and on are what x has.
  struct Around {
    torch::nn::BatchNorm2dImpl* norm = nullptr;
    torch::Tensor added;
    bool relu = false, with_bias = true;
    int enlarge = 1;
    std::int64_t first = 0;
  };
  /// Without gradients, in evaluation mode only.
  torch::Tensor run(const torch::Tensor& x, const Around& around);

 private:
  enum class Form { Plain, Winograd, Enlarged };
  struct Prepared {
    Form form;
    std::int64_t first, channels;
    torch::Tensor weight;
  };
  void forgetIfChanged(const torch::nn::BatchNorm2dImpl* norm);
  const torch::Tensor& weightFor(Form form, std::int64_t first, std::int64_t channels,
                                 const torch::nn::BatchNorm2dImpl* norm);
  torch::Tensor biasFor(const torch::nn::BatchNorm2dImpl* norm) const;

  std::vector<std::pair<const void*, std::int64_t>> made_of_;  // the parameters' addresses and versions
  std::vector<Prepared> prepared_;
  torch::Tensor bias_;
};

/// A square convolution that keeps the size at stride 1.
torch::nn::Conv2d conv(std::int64_t in, std::int64_t out, int kernel, int stride = 1, bool bias = true,
                       std::int64_t groups = 1);
/// With these options.
torch::nn::Conv2d conv(const torch::nn::Conv2dOptions& options);

/// A convolution, the batch norm after it, `added` if defined, and ReLU if wanted. Where nothing is trained
/// it is one operation.
torch::Tensor convNormed(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& norm, const torch::Tensor& x,
                         bool relu = false, const torch::Tensor& added = {});
/// The same of `fine` and, beside it, `coarse` made larger (see upsample()), with ReLU.
torch::Tensor convNormedOfBoth(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& norm,
                               const torch::Tensor& fine, const torch::Tensor& coarse, int enlarge);
/// The same without a batch norm.
torch::Tensor convolved(torch::nn::Conv2d& conv, const torch::Tensor& x, bool relu = false,
                        const torch::Tensor& added = {});
/// A Sequential whose neighbours become one operation where that is possible.
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
