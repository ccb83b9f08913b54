// HADA, the height-aware deformable attention of a bird's-eye-view map with itself.
#pragma once

#include "core/model/stages.h"

namespace hbev {

struct HeightAttentionShape {
  std::int64_t height = 0, width = 0;  ///< cells of the map; it takes no other
  std::int64_t channels = 0;
  std::int64_t heads = 8, points = 4;
  double reach = 20;  ///< the farthest offset, in half cells
};

class HeightAttentionImpl : public torch::nn::Module {
 public:
  explicit HeightAttentionImpl(const HeightAttentionShape& shape);
  /// [B, C, Y, X] -> the same shape.
  torch::Tensor forward(const torch::Tensor& map, const Stages& stages);

 private:
  torch::Tensor samplingGrid(const torch::Tensor& offset) const;
  torch::Tensor sample(const torch::Tensor& x, const torch::Tensor& grid) const;
  torch::Tensor channelAttention(const torch::Tensor& x);
  torch::Tensor attend(const torch::Tensor& query, const torch::Tensor& x, const torch::Tensor& sampled,
                       const Stages& stages);

  HeightAttentionShape shape_;
  torch::Tensor pe_;  // sinusoids of the flattened position, fixed
  torch::nn::Sequential conv_offset_{nullptr}, proj_out_{nullptr}, ffn_{nullptr};
  torch::nn::Conv2d proj_q_{nullptr}, proj_k_{nullptr}, proj_v_{nullptr}, proj_x_{nullptr};
  torch::nn::Conv2d proj_k_h_{nullptr}, proj_v_h_{nullptr}, channel_gate_{nullptr};
  torch::nn::GroupNorm norm1_{nullptr}, norm2_{nullptr};
};
TORCH_MODULE(HeightAttention);

}  // namespace hbev
