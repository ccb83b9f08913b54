#include "core/model/resnet.h"

#include <array>
#include <string>

#include "core/model/blocks.h"
#include "core/model/half_precision.h"
#include "core/model/peers.h"
#include "core/model/recompute.h"

namespace hbev {
namespace {

struct Design {
  bool bottleneck;
  std::array<int, 4> blocks;
};

Design designOf(int depth) {
  switch (depth) {
    case 18:
      return {false, {2, 2, 2, 2}};
    case 34:
      return {false, {3, 4, 6, 3}};
    case 101:
      return {true, {3, 4, 23, 3}};
    default:
      return {true, {3, 4, 6, 3}};
  }
}

template <class Block>
torch::nn::Sequential stage(std::int64_t in, std::int64_t channels, int blocks, int stride) {
  const std::int64_t out = channels * Block::Impl::kExpansion;
  const Shortcut shortcut = stride != 1 || in != out ? Shortcut::ProjectedNormed : Shortcut::None;
  torch::nn::Sequential sequence(Block(in, channels, stride, shortcut));
  for (int i = 1; i < blocks; ++i)
    sequence->push_back(Block(out, channels));
  return sequence;
}

/// "conv" inside a module of its own name, as mmcv's ConvModule nests it.
torch::nn::Conv2d nested(torch::nn::ModuleListImpl& list, torch::nn::Conv2d layer) {
  auto module = std::make_shared<torch::nn::Module>("ConvModule");
  module->register_module("conv", layer);
  list.push_back(std::move(module));
  return layer;
}

}  // namespace

std::int64_t ResNetImpl::channels(const BackboneConfig& config, int stage) {
  const int expansion =
      designOf(config.depth).bottleneck ? BottleneckImpl::kExpansion : BasicBlockImpl::kExpansion;
  return (std::int64_t(config.base_channels) << (stage - 1)) * expansion;
}

ResNetImpl::ResNetImpl(const BackboneConfig& config) {
  const Design design = designOf(config.depth);
  conv1_ = register_module("conv1", conv(3, config.base_channels, 7, 2, false));
  bn1_ = register_module("bn1", batchNorm2d(config.base_channels));
  std::int64_t in = config.base_channels;
  for (int i = 0; i < 4; ++i) {
    const std::int64_t width = std::int64_t(config.base_channels) << i;
    const int blocks = design.blocks[std::size_t(i)], stride = i == 0 ? 1 : 2;
    layers_.push_back(register_module("layer" + std::to_string(i + 1),
                                      design.bottleneck ? stage<Bottleneck>(in, width, blocks, stride)
                                                        : stage<BasicBlock>(in, width, blocks, stride)));
    in = channels(config, i + 1);
  }
}

torch::Tensor ResNetImpl::runStage(std::size_t index, torch::Tensor x) {
  if (!recompute_) return layers_[index]->forward(x);
  for (torch::nn::AnyModule& block : *layers_[index]) {
    const auto run = [&block](const torch::Tensor& in) { return block.forward(in); };
    x = recomputed(run, block.ptr()->parameters(), x);
  }
  return x;
}

torch::Tensor ResNetImpl::c2(const torch::Tensor& pictures, const Stages& stages) {
  const torch::Tensor stem = at::max_pool2d(convNormed(conv1_, bn1_, pictures, true), 3, 2, 1);
  stages("backbone.stem", stem);
  return runStage(0, stem);
}

BackboneMaps ResNetImpl::forward(const torch::Tensor& pictures, const Stages& stages) {
  BackboneMaps maps;
  maps.c2 = c2(pictures, stages);
  maps.c4 = runStage(2, runStage(1, maps.c2));
  maps.c5 = runStage(3, maps.c4);
  stages("backbone.c2", maps.c2);
  stages("backbone.c4", maps.c4);
  stages("backbone.c5", maps.c5);
  return maps;
}

FpnImpl::FpnImpl(const BackboneConfig& config) {
  auto laterals = register_module("lateral_convs", torch::nn::ModuleList());
  fine_ = nested(*laterals, conv(ResNetImpl::channels(config, 3), config.neck_channels, 1));
  coarse_ = nested(*laterals, conv(ResNetImpl::channels(config, 4), config.neck_channels, 1));
  auto outputs = register_module("fpn_convs", torch::nn::ModuleList());
  out_ = nested(*outputs, conv(config.neck_channels, config.neck_channels, 3));
}

torch::Tensor FpnImpl::forward(const torch::Tensor& c4, const torch::Tensor& c5) {
  const torch::Tensor coarse =
      at::upsample_nearest2d(forEnlarging(convolved(coarse_, c5)), {c4.size(2), c4.size(3)});
  return convolved(out_, convolved(fine_, c4, false, coarse));
}

}  // namespace hbev
