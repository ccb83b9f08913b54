#include "core/model/blocks.h"

namespace hbev {
namespace {

/// Registers the shortcut of `owner` as "downsample": a Sequential where a norm follows, else the convolution
/// itself.
torch::nn::Sequential addShortcut(torch::nn::Module& owner, Shortcut kind, std::int64_t in, std::int64_t out,
                                  int stride) {
  switch (kind) {
    case Shortcut::None:
      return torch::nn::Sequential();
    case Shortcut::ProjectedNormed:
      return owner.register_module(
          "downsample", torch::nn::Sequential(conv(in, out, 1, stride, false), torch::nn::BatchNorm2d(out)));
    case Shortcut::Projected:
      return torch::nn::Sequential(owner.register_module("downsample", conv(in, out, 1, stride)));
    case Shortcut::Convolved:
      return torch::nn::Sequential(owner.register_module("downsample", conv(in, out, 3, stride)));
  }
  return torch::nn::Sequential();
}

torch::Tensor shortcutOf(torch::nn::Sequential& shortcut, const torch::Tensor& x) {
  return shortcut->is_empty() ? x : runNormed(shortcut, x);
}

}  // namespace

torch::nn::Conv2d conv(std::int64_t in, std::int64_t out, int kernel, int stride, bool bias,
                       std::int64_t groups) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).bias(bias).groups(groups));
}

torch::Tensor convNormed(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& norm, const torch::Tensor& x) {
  if (norm->is_training() || at::GradMode::is_enabled()) return norm(conv(x));
  const torch::Tensor scale = norm->weight * (norm->running_var + norm->options.eps()).rsqrt();
  torch::Tensor bias = norm->bias - norm->running_mean * scale;
  if (conv->bias.defined()) bias = bias + conv->bias * scale;
  const std::int64_t kernel = conv->weight.size(2);
  const at::IntArrayRef stride(*conv->options.stride()), dilation(*conv->options.dilation());
  // Every convolution here keeps the size at stride 1: see conv() above.
  const std::int64_t padding = dilation[0] * (kernel / 2);
  return at::conv2d(x, conv->weight * scale.view({-1, 1, 1, 1}), bias, stride, {padding, padding}, dilation,
                    conv->options.groups());
}

torch::Tensor runNormed(torch::nn::Sequential& layers, torch::Tensor x) {
  for (std::size_t i = 0; i < layers->size(); ++i) {
    const auto convolution = std::dynamic_pointer_cast<torch::nn::Conv2dImpl>(layers->ptr(i));
    const auto norm = convolution && i + 1 < layers->size()
                          ? std::dynamic_pointer_cast<torch::nn::BatchNorm2dImpl>(layers->ptr(i + 1))
                          : nullptr;
    if (norm) {
      torch::nn::Conv2d first(convolution);
      torch::nn::BatchNorm2d second(norm);
      x = convNormed(first, second, x);
      ++i;
    } else {
      x = std::next(layers->begin(), std::ptrdiff_t(i))->forward(x);
    }
  }
  return x;
}

torch::Tensor upsample(const torch::Tensor& map, int factor) {
  return at::upsample_bilinear2d(map, {map.size(2) * factor, map.size(3) * factor}, /*align_corners=*/true);
}

torch::nn::Upsample upsampler(int factor) {
  return torch::nn::Upsample(torch::nn::UpsampleOptions()
                                 .scale_factor(std::vector<double>{double(factor), double(factor)})
                                 .mode(torch::kBilinear)
                                 .align_corners(true));
}

BasicBlockImpl::BasicBlockImpl(std::int64_t in, std::int64_t channels, int stride, Shortcut shortcut) {
  conv1_ = register_module("conv1", conv(in, channels, 3, stride, false));
  bn1_ = register_module("bn1", torch::nn::BatchNorm2d(channels));
  conv2_ = register_module("conv2", conv(channels, channels, 3, 1, false));
  bn2_ = register_module("bn2", torch::nn::BatchNorm2d(channels));
  shortcut_ = addShortcut(*this, shortcut, in, channels, stride);
}

torch::Tensor BasicBlockImpl::forward(const torch::Tensor& x) {
  const torch::Tensor inner = convNormed(conv1_, bn1_, x).relu_();
  return convNormed(conv2_, bn2_, inner).add_(shortcutOf(shortcut_, x)).relu_();
}

BottleneckImpl::BottleneckImpl(std::int64_t in, std::int64_t channels, int stride, Shortcut shortcut) {
  conv1_ = register_module("conv1", conv(in, channels, 1, 1, false));
  bn1_ = register_module("bn1", torch::nn::BatchNorm2d(channels));
  conv2_ = register_module("conv2", conv(channels, channels, 3, stride, false));
  bn2_ = register_module("bn2", torch::nn::BatchNorm2d(channels));
  conv3_ = register_module("conv3", conv(channels, channels * kExpansion, 1, 1, false));
  bn3_ = register_module("bn3", torch::nn::BatchNorm2d(channels * kExpansion));
  shortcut_ = addShortcut(*this, shortcut, in, channels * kExpansion, stride);
}

torch::Tensor BottleneckImpl::forward(const torch::Tensor& x) {
  torch::Tensor inner = convNormed(conv1_, bn1_, x).relu_();
  inner = convNormed(conv2_, bn2_, inner).relu_();
  return convNormed(conv3_, bn3_, inner).add_(shortcutOf(shortcut_, x)).relu_();
}

}  // namespace hbev
