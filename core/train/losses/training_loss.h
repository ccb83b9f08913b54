// What a prediction costs in training: seven terms, weighted as in the reference.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "core/model/hbevocc.h"

namespace hbev {

/// What the network should have said of B samples.
struct TrainingTargets {
  torch::Tensor labels;       ///< [B, X, Y, Z], uint8; 255: not known
  torch::Tensor flow;         ///< [B, X, Y, Z, 2], m/s; undefined where the class set has none
  torch::Tensor camera_mask;  ///< [B, X, Y, Z], 1 = counts; undefined: all do
  torch::Tensor depth;        ///< [B, N, H, W], m, of the current pictures; 0: not known
};

struct LossWeights {
  double depth = 0.05, occupancy = 1, lovasz = 1, semantic = 0.1, geometric = 0.1, flow = 0.1, height = 0.1;
};

/// Scalars, weighted. `flow` is undefined where the network predicts none.
struct LossTerms {
  torch::Tensor depth, occupancy, lovasz, semantic, geometric, flow, height;

  /// With the reference's names: "loss_depth", "loss_occ", "loss_lovasz", "loss_sem_scal", "loss_geo_scal",
  /// "loss_flow", "loss_hv".
  std::array<std::pair<std::string_view, torch::Tensor>, 7> named() const;
  torch::Tensor total() const;
};

/// `columns`: of the height loss, from chooseColumns(). As in the reference, a network with flow takes its
/// height loss over all voxels, also those that the mask leaves out. No term is ever NaN for lack of voxels.
/// With peers, `output` and `targets` are this process's part of the batch, and all terms those of the whole
/// batch, the same in each process.
LossTerms trainingLoss(const NetworkOutput& output, const TrainingTargets& targets, const ModelConfig& config,
                       const torch::Tensor& columns, const LossWeights& weights = {}, Peers* peers = nullptr);

}  // namespace hbev
