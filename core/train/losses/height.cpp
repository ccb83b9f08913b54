#include "core/train/losses/height.h"

#include <algorithm>
#include <vector>

#include "core/train/losses/occupancy.h"

namespace hbev {

torch::Tensor chooseColumns(std::int64_t batch, std::int64_t columns, std::int64_t count,
                            const at::Generator& generator) {
  std::vector<torch::Tensor> chosen;
  for (std::int64_t b = 0; b < batch; ++b)
    chosen.push_back(at::randperm(columns, generator, at::kLong).slice(0, 0, std::min(count, columns)));
  return at::stack(chosen);
}

torch::Tensor heightVoxelLoss(const torch::Tensor& logits, const torch::Tensor& labels,
                              const torch::Tensor& camera_mask, const torch::Tensor& columns, Peers* peers) {
  constexpr double kLargestWeight = 3, kAddedProbability = 1e-3;
  const auto type = logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const std::int64_t batch = logits.size(0), heights = logits.size(3), classes = logits.size(4);
  const std::int64_t free = classes - 1, per_sample = logits.size(1) * logits.size(2);
  const torch::Tensor first = at::arange(batch, columns.options()).unsqueeze(1) * per_sample;
  const torch::Tensor rows = (columns + first).flatten().to(logits.device());
  const auto chosen = [&](const torch::Tensor& voxels) {
    return voxels.reshape({batch * per_sample, heights}).index_select(0, rows).view({batch, -1, heights});
  };

  const torch::Tensor label = chosen(labels).to(at::kLong);
  torch::Tensor occupied = (label != free).logical_and_(label != kIgnoredLabel);
  if (camera_mask.defined()) occupied = occupied.logical_and_(chosen(camera_mask) != 0);

  const torch::Tensor per_layer = occupied.sum(1, true).to(type);  // [B, 1, Z]
  const torch::Tensor weight =
      at::pow(1 / kLargestWeight, per_layer / per_layer.amax(2, true).clamp_min(1)) * kLargestWeight;
  const torch::Tensor probability = logits.reshape({batch * per_sample, heights, classes})
                                        .index_select(0, rows)
                                        .softmax(2, type)
                                        .gather(2, at::where(occupied, label, 0).view({-1, heights, 1}))
                                        .view_as(occupied);
  const torch::Tensor weighted = weight * (probability + kAddedProbability).log();
  const torch::Tensor cost =
      at::where(occupied, at::smooth_l1_loss(weighted, at::zeros_like(weighted), at::Reduction::None), 0.);
  const torch::Tensor per_sample_cost = cost.sum({1, 2}) / per_layer.sum({1, 2}).clamp_min(1);
  if (!peers) return per_sample_cost.mean();
  return summedOver(peers, per_sample_cost.sum()) / double(batch * peers->count());
}

}  // namespace hbev
