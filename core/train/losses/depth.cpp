#include "core/train/losses/depth.h"

#include <limits>

namespace hbev {
namespace {

constexpr std::int64_t kCellPixels = 16;  // the feature map's stride

}  // namespace

torch::Tensor depthLabels(const torch::Tensor& true_depth, const AxisRange& bins) {
  constexpr double kFar_m = 1e5;
  const std::int64_t height = true_depth.size(2) / kCellPixels, width = true_depth.size(3) / kCellPixels;
  const torch::Tensor nearest = at::where(true_depth == 0, kFar_m, true_depth)
                                    .view({-1, height, kCellPixels, width, kCellPixels})
                                    .amin({2, 4});
  // Bin 0 would begin one step before the range: what falls there is no label.
  const torch::Tensor place = (nearest - (bins.lower - bins.step)) / bins.step;
  const torch::Tensor inside = (place >= 0).logical_and_(place < bins.cells() + 1);
  return at::where(inside, place, 0.).to(at::kLong) - 1;
}

torch::Tensor depthLoss(const torch::Tensor& probabilities, const torch::Tensor& true_depth,
                        const AxisRange& bins, Peers* peers) {
  const auto type = probabilities.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const torch::Tensor wrong = probabilities.isnan();
  // LibTorch's function ends the program on a card for what is no probability.
  const torch::Tensor p = at::where(wrong, 0.5, probabilities.to(type));
  const torch::Tensor labels = depthLabels(true_depth, bins).unsqueeze(1);
  const torch::Tensor labelled = (labels >= 0).to(type);
  const torch::Tensor target = at::zeros_like(p).scatter_(1, labels.clamp_min(0), labelled);
  const torch::Tensor loss = at::binary_cross_entropy(p, target, labelled, at::Reduction::Sum)
                                 .masked_fill(wrong.any(), std::numeric_limits<double>::quiet_NaN());
  const torch::Tensor sums = summedOver(peers, at::stack({loss, labelled.sum()}));
  return sums[0] / sums[1].clamp_min(1);
}

}  // namespace hbev
