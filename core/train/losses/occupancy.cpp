#include "core/train/losses/occupancy.h"

#include <limits>

namespace hbev {

CountedVoxels countedVoxels(const torch::Tensor& logits, const torch::Tensor& labels,
                            const torch::Tensor& camera_mask, Peers* peers) {
  const auto type = logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  torch::Tensor rows = logits.reshape({-1, logits.size(-1)});
  torch::Tensor classes = labels.reshape({-1}).to(at::kLong);
  CountedVoxels voxels;
  torch::Tensor counts = classes != kIgnoredLabel;
  if (camera_mask.defined()) {
    const torch::Tensor seen = camera_mask.reshape({-1}) != 0;
    // The reference adds mmdet's epsilon.
    voxels.denominator =
        summedOver(peers, seen.sum()).to(type) + double(std::numeric_limits<float>::epsilon());
    counts = counts.logical_and_(seen);
  } else {
    voxels.denominator =
        summedOver(peers, at::full({}, double(classes.numel()), logits.options().dtype(type)));
  }
  const torch::Tensor kept = counts.nonzero().flatten();
  if (kept.numel() != classes.numel()) {
    rows = rows.index_select(0, kept);
    classes = classes.index_select(0, kept);
  }
  voxels.log_probabilities = at::log_softmax(rows, 1, type);
  voxels.labels = classes;
  return voxels;
}

torch::Tensor crossEntropy(const CountedVoxels& voxels, Peers* peers) {
  const torch::Tensor sum = at::nll_loss(voxels.log_probabilities, voxels.labels, {}, at::Reduction::Sum);
  return summedOver(peers, sum) / voxels.denominator;
}

}  // namespace hbev
