#include "core/model/backward_projection.h"

#include <string>

#include <fmt/format.h>

#include "core/data/keyframe.h"
#include "core/model/blocks.h"
#include "core/model/half_precision.h"
#include "core/ops/deformable_attention.h"
#include "core/ops/numbers_there.h"

namespace hbev {
namespace {

constexpr double kNearest_m = 1e-5;  // depths below count as this, and as not visible

/// Centres of cells in 0 to 1. `extent` is what the reference calls the number of cells.
torch::Tensor centers(double extent, std::int64_t cells, const at::TensorOptions& options) {
  return at::linspace(0.5, extent - 0.5, cells, options) / extent;
}

/// A card is waited for once: for the length of the longest list.
SeenQueries gather(const CameraViews& views) {
  const torch::Tensor seen = views.visible.any(-1);               // [N, B, Q]
  const torch::Tensor rows = seen.transpose(0, 1).flatten(0, 1);  // [B*N, Q]
  const torch::Tensor counts = rows.sum(1, /*keepdim=*/true);     // [B*N, 1]
  const std::int64_t longest = counts.max().item<std::int64_t>();
  const auto longs = seen.options().dtype(at::kLong);
  // Each query's place in its list; those that are not seen share one behind all lists.
  const torch::Tensor place = (rows.cumsum(1) - 1).masked_fill(rows.logical_not(), longest);
  SeenQueries queries;
  queries.index = at::zeros({rows.size(0), longest + 1}, longs)
                      .scatter_(1, place, at::arange(rows.size(1), longs).expand_as(place))
                      .slice(1, 0, longest)
                      .contiguous();
  queries.padding = at::arange(longest, longs) >= counts;
  const std::int64_t heights = views.places.size(3);
  const torch::Tensor places = views.places.transpose(0, 1).flatten(0, 1);  // [B*N, Q, Z, 2]
  queries.places = places.gather(1, queries.index.view({-1, longest, 1, 1}).expand({-1, longest, heights, 2}))
                       .masked_fill(queries.padding.view({-1, longest, 1, 1}), 0);
  queries.count = seen.sum(0).clamp_min(1);
  return queries;
}

}  // namespace

/// The reference's SpatialCrossAttention with its MSDeformableAttention3D.
class SpatialAttentionImpl : public torch::nn::Module {
 public:
  explicit SpatialAttentionImpl(const BackwardConfig& config) : heads_(config.heads), points_(config.points) {
    const std::int64_t channels = config.channels;
    auto inner = register_module("deformable_attention",
                                 std::make_shared<torch::nn::Module>("MSDeformableAttention3D"));
    sampling_offsets_ =
        inner->register_module("sampling_offsets", torch::nn::Linear(channels, heads_ * points_ * 2));
    attention_weights_ =
        inner->register_module("attention_weights", torch::nn::Linear(channels, heads_ * points_));
    value_proj_ = inner->register_module("value_proj", torch::nn::Linear(channels, channels));
    output_proj_ = register_module("output_proj", torch::nn::Linear(channels, channels));
    dropout_ = register_module("dropout", PeerDropout(0.1));
  }

  /// query and position [B, Q, C]; features [B*N, H*W, C] of height x width
  torch::Tensor forward(const torch::Tensor& query, const torch::Tensor& position,
                        const torch::Tensor& features, std::int64_t height, std::int64_t width,
                        const SeenQueries& seen, const Stages& stages) {
    const std::int64_t batch = query.size(0), channels = query.size(2), all = features.size(0);
    const std::int64_t longest = seen.index.size(1), heights = seen.places.size(2);
    const torch::Tensor index = seen.index.unsqueeze(-1).expand({-1, -1, channels});
    const torch::Tensor gathered = (query + position)
                                       .repeat_interleave(all / batch, 0)
                                       .gather(1, index)
                                       .masked_fill(seen.padding.unsqueeze(-1), 0);
    const torch::Tensor value = value_proj_(features);
    stages("value", value);
    const torch::Tensor offsets = atLeastFloat(sampling_offsets_(gathered));
    stages("sampling_offsets", offsets);
    const torch::Tensor logits = atLeastFloat(attention_weights_(gathered));
    stages("attn_logits", logits);
    // Point p of a head belongs to reference point p modulo their number.
    const torch::Tensor size = numbersThere({double(width), double(height)}, offsets.options());
    const torch::Tensor places = offsets.view({all, longest, heads_, points_ / heights, heights, 2}) / size +
                                 seen.places.view({all, longest, 1, 1, heights, 2});
    const torch::Tensor out =
        deformableAttention(value.view({all, height * width, heads_, channels / heads_}), height, width,
                            places.view({all, longest, heads_, points_, 2}),
                            logits.view({all, longest, heads_, points_}).softmax(-1));
    stages("deform_out", out);

    const torch::Tensor kept = out.masked_fill(seen.padding.unsqueeze(-1), 0).to(query.scalar_type());
    const torch::Tensor slots = at::zeros_like(query).scatter_add(1, index.reshape({batch, -1, channels}),
                                                                  kept.reshape({batch, -1, channels}));
    const torch::Tensor mean = slots / seen.count.unsqueeze(-1);
    return dropout_(output_proj_(mean)) + query;
  }

 private:
  std::int64_t heads_, points_;
  torch::nn::Linear sampling_offsets_{nullptr}, attention_weights_{nullptr}, value_proj_{nullptr};
  torch::nn::Linear output_proj_{nullptr};
  PeerDropout dropout_{nullptr};
};

BackwardProjectionImpl::BackwardProjectionImpl(const ModelConfig& config) : config_(config) {
  const BackwardConfig& c = config.backward;
  auto positional =
      register_module("positional_encoding", std::make_shared<torch::nn::Module>("PositionalEncoding"));
  row_embed_ = positional->register_module("row_embed", torch::nn::Embedding(c.rows, c.channels / 2));
  col_embed_ = positional->register_module("col_embed", torch::nn::Embedding(c.columns, c.channels / 2));
  auto transformer = register_module("transformer", std::make_shared<torch::nn::Module>("BEVFormer"));
  cams_embeds_ = transformer->register_parameter("cams_embeds", at::randn({kCameraCount, c.channels}));
  auto encoder =
      transformer->register_module("encoder", std::make_shared<torch::nn::Module>("BEVFormerEncoder"));
  auto layers = encoder->register_module("layers", torch::nn::ModuleList());
  for (int i = 0; i < c.layers; ++i)
    layers_.push_back(makeLayer(*layers));
  bev_embedding_ =
      register_module("bev_embedding", torch::nn::Embedding(std::int64_t(c.rows) * c.columns, c.channels));
}

BackwardProjectionImpl::Layer BackwardProjectionImpl::makeLayer(torch::nn::ModuleListImpl& layers) const {
  const BackwardConfig& c = config_.backward;
  using torch::nn::LayerNorm;
  using torch::nn::LayerNormOptions;
  using torch::nn::Linear;
  Layer layer;
  layer.attention = SpatialAttention(c);
  layer.widen = Linear(c.channels, c.feedforward);
  layer.narrow = Linear(c.feedforward, c.channels);
  layer.norm0 = LayerNorm(LayerNormOptions({c.channels}));
  layer.norm1 = LayerNorm(LayerNormOptions({c.channels}));
  layer.dropout = PeerDropout(0.1);
  // mmcv nests a feed-forward network as layers.{0.0, 1}.
  auto feed = std::make_shared<torch::nn::Module>("FFN");
  feed->register_module(
      "layers", torch::nn::ModuleList(torch::nn::Sequential(layer.widen), layer.narrow, layer.dropout));
  auto module = std::make_shared<torch::nn::Module>("BEVFormerEncoderLayer");
  module->register_module("attentions", torch::nn::ModuleList(layer.attention));
  module->register_module("ffns", torch::nn::ModuleList(feed));
  module->register_module("norms", torch::nn::ModuleList(layer.norm0, layer.norm1));
  layers.push_back(std::move(module));
  return layer;
}

CameraViews BackwardProjectionImpl::lookInto(const torch::Tensor& image_from_ego,
                                             const Stages& stages) const {
  const BackwardConfig& c = config_.backward;
  const auto options = image_from_ego.options();
  const std::int64_t heights = c.z.cells(), queries = std::int64_t(c.rows) * c.columns;
  // The extent in metres stands where a number of cells is meant: as in the reference.
  const torch::Tensor z = centers(c.z.upper - c.z.lower, heights, options).view({heights, 1, 1});
  const torch::Tensor y = centers(c.rows, c.rows, options).view({1, c.rows, 1});
  const torch::Tensor x = centers(c.columns, c.columns, options).view({1, 1, c.columns});
  const std::vector<std::int64_t> shape{heights, c.rows, c.columns};
  if (stages.watched()) {
    const torch::Tensor all = at::stack({x.expand(shape), y.expand(shape), z.expand(shape)}, -1);
    stages("ref_3d", all.view({1, heights, queries, 3}).expand({image_from_ego.size(0), -1, -1, -1}));
  }
  const auto metres = [&](const torch::Tensor& fraction, const AxisRange& range) {
    return (fraction * (range.upper - range.lower) + range.lower).expand(shape).reshape({heights, queries});
  };
  const torch::Tensor x_m = metres(x, config_.lift.x), y_m = metres(y, config_.lift.y), z_m = metres(z, c.z);
  const auto row = [&](int i) {  // [N, B, Z, Q]
    const torch::Tensor m = image_from_ego.transpose(0, 1).select(2, i).unsqueeze(-1).unsqueeze(-1);
    return m.select(2, 0) * x_m + m.select(2, 1) * y_m + m.select(2, 2) * z_m + m.select(2, 3);
  };
  const torch::Tensor depth = row(2), far = depth.clamp_min(kNearest_m);
  const torch::Tensor u = row(0) / far / config_.image.width, v = row(1) / far / config_.image.height;
  const torch::Tensor visible = (depth > kNearest_m) & (v > 0) & (v < 1) & (u < 1) & (u > 0);
  CameraViews views{at::stack({u, v}, -1).transpose(2, 3), visible.transpose(2, 3)};
  stages("reference_points_cam", views.places);
  stages("reference_points_depth", depth.transpose(2, 3).unsqueeze(-1));
  stages("bev_mask", views.visible);
  return views;
}

/// Column embedding, then row embedding, in reverse where the augmentation flips the axis: [B, Q, C].
torch::Tensor BackwardProjectionImpl::positions(const torch::Tensor& bev_aug) {
  const std::int64_t rows = config_.backward.rows, columns = config_.backward.columns;
  std::vector<torch::Tensor> samples;
  for (std::int64_t b = 0; b < bev_aug.size(0); ++b) {
    // Decided where the matrix lies: a card would be waited for to know it.
    const auto turned = [&](const torch::Tensor& embedding, int axis) {
      return at::where(bev_aug[b][axis][axis] != 1, embedding.flip(0), embedding);
    };
    const torch::Tensor x = turned(col_embed_->weight, 0), y = turned(row_embed_->weight, 1);
    samples.push_back(
        at::cat({x.unsqueeze(0).expand({rows, columns, -1}), y.unsqueeze(1).expand({rows, columns, -1})}, -1)
            .reshape({rows * columns, -1}));
  }
  return at::stack(samples);
}

torch::Tensor BackwardProjectionImpl::forward(const torch::Tensor& features,
                                              const torch::Tensor& image_from_ego,
                                              const torch::Tensor& bev_aug, const Stages& stages) {
  const std::int64_t batch = bev_aug.size(0), rows = config_.backward.rows,
                     columns = config_.backward.columns;
  const Stages told = stages.in("bp");
  const torch::Tensor position = positions(bev_aug);
  if (told.watched()) told("bev_pos", position.transpose(1, 2).reshape({batch, -1, rows, columns}));
  const SeenQueries seen = gather(lookInto(image_from_ego, told));
  // Multiplied with zero as in the reference, so that the weights have a gradient (of zero) there.
  const torch::Tensor nothing = (cams_embeds_ * 0).unsqueeze(1).repeat({batch, 1, 1});
  const torch::Tensor keys = features.flatten(2).transpose(1, 2) + nothing;

  torch::Tensor query = bev_embedding_->weight.unsqueeze(0).expand({batch, -1, -1});
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Layer& layer = layers_[i];
    const Stages inner = told.in(fmt::format("l{}", i));
    query = layer.attention->forward(query, position, keys, features.size(2), features.size(3), seen, inner);
    inner("cross_attn", query);
    query = layer.norm0(query);
    inner("norm0", query);
    query = query + layer.dropout(layer.narrow(layer.dropout(layer.widen(query).relu())));
    inner("ffn", query);
    query = layer.norm1(query);
    inner("out", query);
  }
  const torch::Tensor map = query.transpose(1, 2).reshape({batch, -1, rows, columns});
  told("out", map);
  return map;
}

}  // namespace hbev
