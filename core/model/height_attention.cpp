#include "core/model/height_attention.h"

#include <cmath>

#include "core/model/blocks.h"
#include "core/model/half_precision.h"
#include "core/model/peers.h"
#include "core/model/reference_rounding.h"

namespace hbev {
namespace {

constexpr std::int64_t kHeightSlots = 2;  // keys and values per head that are not sampled

/// sin in even, cos in odd channels, of the position y*W + x. [1, C, H, W], single precision.
torch::Tensor sinusoids(const HeightAttentionShape& shape) {
  const std::int64_t cells = shape.height * shape.width;
  const torch::Tensor position = at::arange(cells, at::kLong).unsqueeze(1).to(at::kFloat);
  const float step = -float(std::log(10000.0) / double(shape.channels));
  const torch::Tensor frequency = at::empty({(shape.channels + 1) / 2}, at::kFloat);
  for (std::int64_t i = 0; i < frequency.size(0); ++i)
    frequency.data_ptr<float>()[i] = referenceExp(float(2 * i) * step);
  const torch::Tensor angle = position * frequency;
  const torch::Tensor pairs = at::stack({angle.sin(), angle.cos()}, -1);
  return pairs.reshape({cells, shape.channels}).t().reshape({1, shape.channels, shape.height, shape.width});
}

/// Cell i at (i + 0.5) / (n - 1) in -1 to 1: with corners on corners that is half a cell beyond its centre.
torch::Tensor referencePlaces(std::int64_t cells, const at::TensorOptions& options) {
  return at::linspace(0.5, double(cells) - 0.5, cells, options).div_(double(cells) - 1).mul_(2).sub_(1);
}

}  // namespace

HeightAttentionImpl::HeightAttentionImpl(const HeightAttentionShape& shape) : shape_(shape) {
  using torch::nn::GroupNorm;
  using torch::nn::GroupNormOptions;
  using torch::nn::Sequential;
  const std::int64_t channels = shape.channels, heads = shape.heads;
  pe_ = register_parameter("pe", sinusoids(shape), /*requires_grad=*/false);
  conv_offset_ = register_module(
      "conv_offset",
      Sequential(conv(channels, channels, 3), GroupNorm(GroupNormOptions(1, channels)), torch::nn::ReLU(),
                 conv(channels, 2 * heads * shape.points, 1, 1, false, heads)));
  proj_q_ = register_module("proj_q", conv(channels, channels, 1, 1, false));
  proj_k_ = register_module("proj_k", conv(channels, channels, 1, 1, false, heads));
  proj_v_ = register_module("proj_v", conv(channels, channels, 1, 1, false, heads));
  proj_x_ = register_module("proj_x", conv(channels, channels, 1, 1, false));
  proj_out_ = register_module("proj_out", Sequential(conv(channels, channels, 1, 1, true, heads)));
  proj_k_h_ = register_module("proj_k_h", conv(channels, channels * kHeightSlots, 1, 1, false));
  proj_v_h_ = register_module("proj_v_h", conv(channels, channels * kHeightSlots, 1, 1, false));
  channel_gate_ = conv(channels, channels, 1, 1, false);
  auto gate = register_module("ca_xh", std::make_shared<torch::nn::Module>("ChannelAttention"));
  gate->register_module("se", Sequential(channel_gate_));
  norm1_ = register_module("norm1", GroupNorm(GroupNormOptions(heads, channels)));
  norm2_ = register_module("norm2", GroupNorm(GroupNormOptions(1, channels)));
  ffn_ = register_module("ffn", Sequential(conv(channels, channels * 2, 1, 1, true, heads), torch::nn::ReLU(),
                                           PeerDropout(0.1), conv(channels * 2, channels, 1)));
}

/// offset [B, heads*points*2, H, W], y before x -> [B, heads, points*H, W, 2], x first.
torch::Tensor HeightAttentionImpl::samplingGrid(const torch::Tensor& offset) const {
  const std::int64_t height = shape_.height, width = shape_.width;
  const torch::Tensor moved =
      offset.tanh().view({offset.size(0), shape_.heads, shape_.points, 2, height, width});
  const torch::Tensor y = moved.select(3, 0) * float(1.0F / float(height - 1)) * shape_.reach +
                          referencePlaces(height, offset.options()).view({height, 1});
  const torch::Tensor x = moved.select(3, 1) * float(1.0F / float(width - 1)) * shape_.reach +
                          referencePlaces(width, offset.options());
  return at::stack({x, y}, -1).view({offset.size(0), shape_.heads, shape_.points * height, width, 2});
}

/// Each head samples its own channels: [B*points, C, H, W].
torch::Tensor HeightAttentionImpl::sample(const torch::Tensor& x, const torch::Tensor& grid) const {
  const std::int64_t batch = x.size(0), height = shape_.height, width = shape_.width;
  const std::int64_t dim = shape_.channels / shape_.heads;
  const torch::Tensor heads = atLeastFloat(x).contiguous().view({batch * shape_.heads, dim, height, width});
  const torch::Tensor sampled = at::grid_sampler(heads, grid.flatten(0, 1), /*bilinear*/ 0, /*zeros*/ 0,
                                                 /*align_corners=*/true);
  return sampled.view({batch, shape_.channels, shape_.points, height, width})
      .transpose(1, 2)
      .reshape({batch * shape_.points, shape_.channels, height, width});
}

/// The map times a gate per channel, from its largest and its mean value.
torch::Tensor HeightAttentionImpl::channelAttention(const torch::Tensor& x) {
  const torch::Tensor gate =
      channel_gate_(at::amax(x, {2, 3}, true)) + channel_gate_(at::adaptive_avg_pool2d(x, {1, 1}));
  return gate.sigmoid() * x;
}

torch::Tensor HeightAttentionImpl::attend(const torch::Tensor& query, const torch::Tensor& x,
                                          const torch::Tensor& sampled, const Stages& stages) {
  const std::int64_t batch = x.size(0), heads = shape_.heads, dim = shape_.channels / heads;
  const std::int64_t cells = shape_.height * shape_.width;
  const auto sampledSlots = [&](const torch::Tensor& projected) {
    return projected.reshape({batch, shape_.points, heads, dim, cells}).transpose(1, 2);
  };
  const auto heightSlots = [&](const torch::Tensor& projected) {
    return projected.reshape({batch, heads, kHeightSlots, dim, cells});
  };
  const torch::Tensor gated = channelAttention(x);
  stages("channel_att", gated);
  const torch::Tensor weighted = x + gated;
  const torch::Tensor k = proj_k_(sampled), v = proj_v_(sampled);
  const torch::Tensor k_h = proj_k_h_(weighted), v_h = proj_v_h_(weighted);
  stages("proj_k", k);
  stages("proj_v", v);
  stages("proj_k_h", k_h);
  stages("proj_v_h", v_h);
  const torch::Tensor keys =
      at::cat({sampledSlots(k), heightSlots(k_h)}, 2);  // [B, heads, slots, dim, cells]
  const torch::Tensor q = query.reshape({batch, heads, 1, dim, cells});
  const torch::Tensor weights = ((q * keys).sum(3) * std::pow(double(dim), -0.5)).softmax(2);
  stages("attn_softmax", weights.flatten(0, 1));
  const torch::Tensor values = at::cat({sampledSlots(v), heightSlots(v_h)}, 2);
  return (weights.unsqueeze(3) * values).sum(2).view({batch, shape_.channels, shape_.height, shape_.width});
}

torch::Tensor HeightAttentionImpl::forward(const torch::Tensor& map, const Stages& stages) {
  const torch::Tensor placed = map + pe_;
  const torch::Tensor offset = atLeastFloat(runNormed(conv_offset_, placed)).contiguous();
  stages("conv_offset", offset);
  const torch::Tensor query = proj_q_(placed);
  stages("proj_q", query);
  const torch::Tensor x = proj_x_(placed);
  stages("proj_x", x);
  const torch::Tensor sampled = sample(x, samplingGrid(offset));
  stages("x_sampled", sampled);
  const torch::Tensor attended = attend(query, x, sampled, stages);
  stages("attn_out", attended);
  const torch::Tensor first = norm1_(atLeastFloat(map + proj_out_->forward(attended)));
  stages("norm1", first);
  const torch::Tensor fed = ffn_->forward(first);
  stages("ffn", fed);
  const torch::Tensor out = norm2_(atLeastFloat(fed + first));
  stages("out", out);
  return out;
}

}  // namespace hbev
