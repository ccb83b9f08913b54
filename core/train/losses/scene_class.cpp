#include "core/train/losses/scene_class.h"

namespace hbev {
namespace {

constexpr double kEpsilon = 1e-5;

/// -log of a share, which is moved into [1e-5, 1 - 1e-5) in steps that leave its gradient alone. Two steps
/// suffice for what rounding makes of zero and one.
torch::Tensor minusLog(torch::Tensor share) {
  for (int step = 0; step < 2; ++step)
    share = share - (share >= 1 - kEpsilon).to(share.scalar_type()) * kEpsilon;
  for (int step = 0; step < 2; ++step)
    share = share + (share < kEpsilon).to(share.scalar_type()) * kEpsilon;
  return -share.log();
}

/// What all terms follow from; [C], in double precision, because differences of large sums are taken.
struct ClassSums {
  torch::Tensor probability;  // over all voxels
  torch::Tensor right;        // over those of the class
  torch::Tensor count;        // of voxels of the class
  double voxels = 0;
};

ClassSums sumsOf(const torch::Tensor& probabilities, const torch::Tensor& labels, Peers* peers) {
  const std::int64_t classes = probabilities.size(1);
  const torch::Tensor own = probabilities.gather(1, labels.unsqueeze(1)).squeeze(1).to(at::kDouble);
  ClassSums sums{probabilities.sum(0, false, at::kDouble),
                 at::zeros({classes}, own.options()).index_add(0, labels, own),
                 at::bincount(labels, {}, classes).to(at::kDouble), double(labels.numel())};
  if (!peers) return sums;
  const torch::Tensor all = summedOver(peers, at::stack({sums.probability, sums.right, sums.count}));
  return {all[0], all[1], all[2], all[2].sum().item<double>()};
}

torch::Tensor semanticLoss(const ClassSums& all) {
  // Without the last class, which is free.
  const torch::Tensor probability = all.probability.slice(0, 0, -1), right = all.right.slice(0, 0, -1);
  const torch::Tensor count = all.count.slice(0, 0, -1), others = all.voxels - count;
  const torch::Tensor precision = minusLog(right / (probability + kEpsilon));
  const torch::Tensor recall = minusLog(right / (count + kEpsilon));
  const torch::Tensor specificity = minusLog((others - (probability - right)) / (others + kEpsilon));
  const torch::Tensor terms = precision * (probability > 0) + recall + specificity * (others > 0);
  const torch::Tensor present = count > 0;
  return (terms * present).sum() / present.sum().clamp_min(1);
}

torch::Tensor geometricLoss(const ClassSums& all) {
  const torch::Tensor free_probability = all.probability[-1], free_right = all.right[-1];
  const torch::Tensor free_count = all.count[-1];
  const torch::Tensor occupied_probability = all.voxels - free_probability;
  const torch::Tensor occupied_count = all.voxels - free_count;
  const torch::Tensor occupied_right = occupied_count - (free_probability - free_right);
  return minusLog(occupied_right / (occupied_probability + kEpsilon)) +
         minusLog(occupied_right / (occupied_count + kEpsilon)) +
         minusLog(free_right / (free_count + kEpsilon));
}

}  // namespace

SceneClassLosses sceneClassLosses(const torch::Tensor& probabilities, const torch::Tensor& labels,
                                  Peers* peers) {
  const auto type = probabilities.scalar_type();
  const ClassSums sums = sumsOf(probabilities, labels, peers);
  if (sums.voxels == 0) return {probabilities.sum(), probabilities.sum()};  // of nothing: zero
  return {semanticLoss(sums).to(type), geometricLoss(sums).to(type)};
}

}  // namespace hbev
