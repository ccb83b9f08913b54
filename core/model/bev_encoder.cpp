#include "core/model/bev_encoder.h"

#include "core/model/blocks.h"
#include "core/model/peers.h"

namespace hbev {

using torch::nn::ReLU;
using torch::nn::Sequential;

BevResNetImpl::BevResNetImpl(std::int64_t in, const std::vector<int>& channels,
                             const std::vector<int>& blocks, int stride) {
  torch::nn::ModuleList layers;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    Sequential stage(BasicBlock(in, channels[i], stride, Shortcut::Convolved));
    for (int block = 1; block < blocks[i]; ++block)
      stage->push_back(BasicBlock(channels[i], channels[i]));
    layers->push_back(stage);
    stages_.push_back(stage);
    in = channels[i];
  }
  register_module("layers", layers);
}

std::vector<torch::Tensor> BevResNetImpl::forward(torch::Tensor x) {
  std::vector<torch::Tensor> maps;
  for (Sequential& stage : stages_) {
    x = stage->forward(x);
    maps.push_back(x);
  }
  return maps;
}

BevNeckImpl::BevNeckImpl(std::int64_t fine_channels, std::int64_t coarse_channels, std::int64_t out) {
  const std::int64_t wide = out * 2;
  conv0_ = conv(fine_channels + coarse_channels, wide, 3, 1, false);
  conv1_ = conv(wide, wide, 3, 1, false);
  norm0_ = batchNorm2d(wide);
  norm1_ = batchNorm2d(wide);
  register_module("conv", Sequential(conv0_, norm0_, ReLU(torch::nn::ReLUOptions(true)), conv1_, norm1_,
                                     ReLU(torch::nn::ReLUOptions(true))));
  up2_ = register_module("up2", Sequential(upsampler(2), conv(wide, out, 3, 1, false), batchNorm2d(out),
                                           ReLU(torch::nn::ReLUOptions(true)), conv(out, out, 1)));
}

torch::Tensor BevNeckImpl::forward(const torch::Tensor& fine, const torch::Tensor& coarse,
                                   const Stages& stages) {
  const torch::Tensor merged =
      convNormed(conv1_, norm1_, convNormedOfBoth(conv0_, norm0_, fine, coarse, 4), true);
  stages("bev_neck.conv", merged);
  const torch::Tensor out = runNormed(up2_, merged);
  stages("bev_neck.out", out);
  return out;
}

}  // namespace hbev
