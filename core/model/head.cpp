#include "core/model/head.h"

#include "core/model/blocks.h"

namespace hbev {
namespace {

torch::nn::Sequential predictor(std::int64_t channels, std::int64_t out) {
  return torch::nn::Sequential(conv(channels, channels, 1), torch::nn::Softplus(), conv(channels, out, 1));
}

/// [B, Z*n, Y, X] -> [B, X, Y, Z, n]
torch::Tensor byVoxel(const torch::Tensor& map, std::int64_t heights) {
  return map.permute({0, 3, 2, 1}).contiguous().view({map.size(0), map.size(3), map.size(2), heights, -1});
}

}  // namespace

OccupancyHeadImpl::OccupancyHeadImpl(const ModelConfig& config)
    : heights_(config.head.heights), classes_(config.classSet().size()) {
  const std::int64_t channels = config.bev_encoder.out_channels + config.backward.out_channels;
  const std::int64_t coarse = config.bev_encoder.channels[0] + config.backward.channels;
  final_conv_ = conv(channels, channels, 3);
  auto module = register_module("final_conv", std::make_shared<torch::nn::Module>("ConvModule"));
  module->register_module("conv", final_conv_);
  up_ = register_module("up", torch::nn::Sequential(conv(coarse, channels, 3), torch::nn::ReLU(),
                                                    conv(channels, channels, 1), upsampler(2)));
  predicter_ = register_module("predicter", predictor(channels, classes_ * heights_));
  if (config.flow) predicter_flow_ = register_module("predicter_flow", predictor(channels, 2 * heights_));
}

VoxelOutput OccupancyHeadImpl::forward(const torch::Tensor& map, const torch::Tensor& coarse,
                                       const Stages& stages) {
  const Stages told = stages.in("head");
  told("in", map);
  told("in_down", coarse);
  const torch::Tensor up = runNormed(up_, coarse);
  told("up", up);
  const torch::Tensor features = convolved(final_conv_, map + up, true);
  told("final_conv", features);
  const torch::Tensor raw = runNormed(predicter_, features);
  told("predicter_raw", raw);
  VoxelOutput out{byVoxel(raw, heights_), {}};
  if (predicter_flow_) {
    const torch::Tensor raw_flow = runNormed(predicter_flow_, features);
    told("predicter_flow_raw", raw_flow);
    out.flow = byVoxel(raw_flow, heights_);
  }
  return out;
}

}  // namespace hbev
