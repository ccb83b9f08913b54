// BEVFormer's backward projection: every cell of a bird's-eye-view grid looks into the cameras that see it.
#pragma once

#include <vector>

#include "core/model/config.h"
#include "core/model/peers.h"
#include "core/model/stages.h"

namespace hbev {

/// Where the reference points of the cells lie in the pictures.
struct CameraViews {
  torch::Tensor
      places;  ///< [N, B, Q, Z, 2], 0 to 1 across the picture, x first; far outside where the depth is tiny
  torch::Tensor visible;  ///< bool [N, B, Q, Z]: in front of the camera and inside the picture
};

/// The cells that each camera sees, padded to the longest list.
struct SeenQueries {
  torch::Tensor index;    ///< int64 [B, N, L]; padding is 0
  torch::Tensor padding;  ///< bool [B, N, L]: true where there is no query
  torch::Tensor places;   ///< [B*N, L, Z, 2], zero where padded
  torch::Tensor count;    ///< [B, Q]: how many cameras see the cell, at least 1
};

class SpatialAttentionImpl;
TORCH_MODULE(SpatialAttention);

class BackwardProjectionImpl : public torch::nn::Module {
 public:
  explicit BackwardProjectionImpl(const ModelConfig& config);

  /// features [B*N, C, h, w]; image_from_ego [B, N, 4, 4] maps m in the bird's-eye-view frame to pixels of
  /// the input times depth; bev_aug [B, 4, 4] -> [B, C, rows, columns]
  torch::Tensor forward(const torch::Tensor& features, const torch::Tensor& image_from_ego,
                        const torch::Tensor& bev_aug, const Stages& stages);

  CameraViews lookInto(const torch::Tensor& image_from_ego, const Stages& stages) const;

 private:
  torch::Tensor positions(const torch::Tensor& bev_aug);

  ModelConfig config_;
  torch::nn::Embedding row_embed_{nullptr}, col_embed_{nullptr}, bev_embedding_{nullptr};
  torch::Tensor cams_embeds_;  // unused by the published network but for a product with zero
  struct Layer {
    SpatialAttention attention{nullptr};
    torch::nn::LayerNorm norm0{nullptr}, norm1{nullptr};
    torch::nn::Linear widen{nullptr}, narrow{nullptr};
    PeerDropout dropout{nullptr};
  };
  Layer makeLayer(torch::nn::ModuleListImpl& layers) const;
  std::vector<Layer> layers_;
};
TORCH_MODULE(BackwardProjection);

}  // namespace hbev
