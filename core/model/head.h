// The occupancy head: bird's-eye-view maps become class logits and flow of every voxel.
#pragma once

#include "core/model/config.h"
#include "core/model/stages.h"

namespace hbev {

struct VoxelOutput {
  torch::Tensor logits;  ///< [B, X, Y, Z, classes]
  torch::Tensor flow;    ///< [B, X, Y, Z, 2] along x and y, m/s; undefined without flow
};

class OccupancyHeadImpl : public torch::nn::Module {
 public:
  explicit OccupancyHeadImpl(const ModelConfig& config);
  /// map [B, C, Y, X], coarse [B, C', Y/2, X/2]
  VoxelOutput forward(const torch::Tensor& map, const torch::Tensor& coarse, const Stages& stages);

 private:
  std::int64_t heights_, classes_;
  torch::nn::Conv2d final_conv_{nullptr};
  torch::nn::Sequential up_{nullptr}, predicter_{nullptr}, predicter_flow_{nullptr};
};
TORCH_MODULE(OccupancyHead);

}  // namespace hbev
