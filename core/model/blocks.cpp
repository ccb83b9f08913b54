#include "core/model/blocks.h"

#include <algorithm>

#include "core/model/half_precision.h"
#include "core/model/peers.h"
#include "core/ops/fast_convolution.h"
#include "core/ops/reference_style.h"

namespace hbev {
namespace {

constexpr std::int64_t kWinogradChannels = 64;  // with fewer the transforms cost more than they save

/// Registers the shortcut of `owner` as "downsample": a Sequential where a norm follows, else the convolution
/// itself.
torch::nn::Sequential addShortcut(torch::nn::Module& owner, Shortcut kind, std::int64_t in, std::int64_t out,
                                  int stride) {
  switch (kind) {
    case Shortcut::None:
      return torch::nn::Sequential();
    case Shortcut::ProjectedNormed:
      return owner.register_module("downsample",
                                   torch::nn::Sequential(conv(in, out, 1, stride, false), batchNorm2d(out)));
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

/// Whether a batch norm's statistics change or gradients are kept, or the reference is imitated: then
/// operations stay as they are.
bool asWritten(const torch::nn::BatchNorm2dImpl* norm) {
  return at::GradMode::is_enabled() || (norm && norm->is_training()) || ReferenceStyle::on();
}

/// One number that changes with the tensor's values; tensors of inference mode do not count their changes.
std::pair<const void*, std::int64_t> stampOf(const torch::Tensor& tensor) {
  if (!tensor.defined()) return {nullptr, 0};
  return {tensor.data_ptr(), tensor.is_inference() ? -1 : std::int64_t(tensor._version())};
}

torch::Tensor scaleOf(const torch::nn::BatchNorm2dImpl& norm) {
  return norm.weight * (norm.running_var + norm.options.eps()).rsqrt();
}

}  // namespace

void PreparedConvImpl::forgetIfChanged(const torch::nn::BatchNorm2dImpl* norm) {
  std::vector<std::pair<const void*, std::int64_t>> now{stampOf(weight), stampOf(bias)};
  if (norm) {
    for (const torch::Tensor* tensor : {&norm->weight, &norm->bias, &norm->running_mean, &norm->running_var})
      now.push_back(stampOf(*tensor));
  }
  const bool countable = std::none_of(now.begin(), now.end(), [](const auto& s) { return s.second < 0; });
  if (countable && now == made_of_) return;
  made_of_ = std::move(now);
  prepared_.clear();
  bias_ = biasFor(norm);
}

torch::Tensor PreparedConvImpl::biasFor(const torch::nn::BatchNorm2dImpl* norm) const {
  if (!norm) return bias;
  const torch::Tensor scale = scaleOf(*norm), shift = norm->bias - norm->running_mean * scale;
  return bias.defined() ? shift + bias * scale : shift;
}

const torch::Tensor& PreparedConvImpl::weightFor(Form form, std::int64_t first, std::int64_t channels,
                                                 const torch::nn::BatchNorm2dImpl* norm) {
  for (const Prepared& prepared : prepared_) {
    if (prepared.form == form && prepared.first == first && prepared.channels == channels)
      return prepared.weight;
  }
  torch::Tensor folded = weight.slice(1, first, first + channels);
  if (norm) folded = folded * scaleOf(*norm).view({-1, 1, 1, 1});
  if (form == Form::Winograd) folded = winogradWeight(folded);
  if (form == Form::Enlarged) folded = enlargedWeight(folded);
  if (form == Form::Plain && weight.is_cpu()) folded = folded.contiguous(at::MemoryFormat::ChannelsLast);
  prepared_.push_back({form, first, channels, folded});
  return prepared_.back().weight;
}

torch::Tensor PreparedConvImpl::run(const torch::Tensor& x, const Around& around) {
  forgetIfChanged(around.norm);
  const at::IntArrayRef stride(*options.stride()), dilation(*options.dilation());
  const std::int64_t kernel = weight.size(2), channels = x.size(1), out = weight.size(0);
  const bool simple = kernel == 3 && stride[0] == 1 && dilation[0] == 1 && options.groups() == 1 &&
                      fastConvolutionFits(x, channels, out) && weight.scalar_type() == at::kFloat;
  const torch::Tensor end_bias = around.with_bias ? bias_ : torch::Tensor();
  const ConvolutionEnd end{end_bias, around.added, around.relu};
  if (simple && around.enlarge > 1) {
    return enlargedConvolution(x, weightFor(Form::Enlarged, around.first, channels, around.norm),
                               around.enlarge, end);
  }
  if (simple && channels >= kWinogradChannels) {
    return winogradConvolution(x, weightFor(Form::Winograd, around.first, channels, around.norm), end);
  }
  // Every convolution here keeps the size at stride 1: see conv() below.
  const std::int64_t padding = dilation[0] * (kernel / 2);
  torch::Tensor y = at::conv2d(
      around.enlarge > 1 ? upsample(x, around.enlarge) : x,
      weightFor(Form::Plain, around.first, options.groups() > 1 ? weight.size(1) : channels, around.norm),
      end_bias, stride, {padding, padding}, dilation, options.groups());
  if (around.added.defined()) y.add_(around.added);
  return around.relu ? y.relu_() : y;
}

torch::nn::Conv2d conv(std::int64_t in, std::int64_t out, int kernel, int stride, bool bias,
                       std::int64_t groups) {
  return conv(
      torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).bias(bias).groups(groups));
}

torch::nn::Conv2d conv(const torch::nn::Conv2dOptions& options) {
  return torch::nn::Conv2d(
      std::shared_ptr<torch::nn::Conv2dImpl>(std::make_shared<PreparedConvImpl>(options)));
}

namespace {

/// `norm` may be null.
torch::Tensor around(torch::nn::Conv2dImpl& conv, torch::nn::BatchNorm2dImpl* norm, const torch::Tensor& x,
                     bool relu, const torch::Tensor& added, int enlarge) {
  auto* prepared = dynamic_cast<PreparedConvImpl*>(&conv);
  if (prepared && !asWritten(norm) && !conv.is_training())
    return prepared->run(x, {.norm = norm, .added = added, .relu = relu, .enlarge = enlarge});
  torch::Tensor y = conv.forward(enlarge > 1 ? upsample(x, enlarge) : x);
  if (norm) y = normed(*norm, y);
  if (added.defined()) y = y + added;
  return relu ? y.relu_() : y;
}

}  // namespace

torch::Tensor convNormed(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& norm, const torch::Tensor& x,
                         bool relu, const torch::Tensor& added) {
  return around(*conv, norm.get(), x, relu, added, 1);
}

torch::Tensor convNormedOfBoth(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& norm,
                               const torch::Tensor& fine, const torch::Tensor& coarse, int enlarge) {
  const std::int64_t out = conv->weight.size(0);
  auto* prepared = dynamic_cast<PreparedConvImpl*>(conv.get());
  if (!prepared || asWritten(norm.get()) || !fastConvolutionFits(fine, fine.size(1), out) ||
      !fastConvolutionFits(coarse, coarse.size(1), out)) {
    return convNormed(conv, norm, at::cat({fine, upsample(coarse, enlarge)}, 1), true);
  }
  // A sum over channels is the sum of its parts, and that of the enlarged part is cheaper before enlarging.
  const torch::Tensor part = prepared->run(
      coarse,
      {.norm = norm.get(), .added = {}, .with_bias = false, .enlarge = enlarge, .first = fine.size(1)});
  return prepared->run(fine, {.norm = norm.get(), .added = part, .relu = true});
}

torch::Tensor convolved(torch::nn::Conv2d& conv, const torch::Tensor& x, bool relu,
                        const torch::Tensor& added) {
  return around(*conv, nullptr, x, relu, added, 1);
}

torch::Tensor runNormed(torch::nn::Sequential& layers, torch::Tensor x) {
  const auto is = [&]<class Module>(std::size_t i, std::shared_ptr<Module>& found) {
    found = i < layers->size() ? std::dynamic_pointer_cast<Module>(layers->ptr(i)) : nullptr;
    return found != nullptr;
  };
  for (std::size_t i = 0; i < layers->size();) {
    std::shared_ptr<torch::nn::UpsampleImpl> enlarged;
    std::shared_ptr<torch::nn::Conv2dImpl> convolution;
    std::shared_ptr<torch::nn::BatchNorm2dImpl> norm;
    std::shared_ptr<torch::nn::ReLUImpl> relu;
    const std::size_t at = is(i, enlarged) ? i + 1 : i;
    if (!is(at, convolution)) {
      // Normalisations and what else there is stay in float; convolutions round by themselves.
      x = std::next(layers->begin(), std::ptrdiff_t(i++))->forward(atLeastFloat(x));
      continue;
    }
    std::size_t next = at + 1;
    if (is(next, norm)) ++next;
    if (is(next, relu)) ++next;
    const int factor = enlarged ? int(enlarged->options.scale_factor()->front()) : 1;
    x = around(*convolution, norm.get(), x, relu != nullptr, {}, factor);
    i = next;
  }
  return x;
}

torch::Tensor upsample(const torch::Tensor& map, int factor) {
  return at::upsample_bilinear2d(forEnlarging(map), {map.size(2) * factor, map.size(3) * factor},
                                 /*align_corners=*/true);
}

torch::nn::Upsample upsampler(int factor) {
  return torch::nn::Upsample(torch::nn::UpsampleOptions()
                                 .scale_factor(std::vector<double>{double(factor), double(factor)})
                                 .mode(torch::kBilinear)
                                 .align_corners(true));
}

BasicBlockImpl::BasicBlockImpl(std::int64_t in, std::int64_t channels, int stride, Shortcut shortcut) {
  conv1_ = register_module("conv1", conv(in, channels, 3, stride, false));
  bn1_ = register_module("bn1", batchNorm2d(channels));
  conv2_ = register_module("conv2", conv(channels, channels, 3, 1, false));
  bn2_ = register_module("bn2", batchNorm2d(channels));
  shortcut_ = addShortcut(*this, shortcut, in, channels, stride);
}

torch::Tensor BasicBlockImpl::forward(const torch::Tensor& x) {
  const torch::Tensor inner = convNormed(conv1_, bn1_, x, true);
  return convNormed(conv2_, bn2_, inner, true, shortcutOf(shortcut_, x));
}

BottleneckImpl::BottleneckImpl(std::int64_t in, std::int64_t channels, int stride, Shortcut shortcut) {
  conv1_ = register_module("conv1", conv(in, channels, 1, 1, false));
  bn1_ = register_module("bn1", batchNorm2d(channels));
  conv2_ = register_module("conv2", conv(channels, channels, 3, stride, false));
  bn2_ = register_module("bn2", batchNorm2d(channels));
  conv3_ = register_module("conv3", conv(channels, channels * kExpansion, 1, 1, false));
  bn3_ = register_module("bn3", batchNorm2d(channels * kExpansion));
  shortcut_ = addShortcut(*this, shortcut, in, channels * kExpansion, stride);
}

torch::Tensor BottleneckImpl::forward(const torch::Tensor& x) {
  torch::Tensor inner = convNormed(conv1_, bn1_, x, true);
  inner = convNormed(conv2_, bn2_, inner, true);
  return convNormed(conv3_, bn3_, inner, true, shortcutOf(shortcut_, x));
}

}  // namespace hbev
