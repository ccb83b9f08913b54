#include "core/train/losses/lovasz.h"

#include <torch/autograd.h>

namespace hbev {
namespace {

/// How much the Jaccard loss grows with each further voxel. hits [P]: 1 where the voxel, in the order of
/// falling errors, is of the class.
torch::Tensor jaccardSteps(const torch::Tensor& hits) {
  const torch::Tensor all = hits.sum();
  const torch::Tensor found = hits.cumsum(0);
  const torch::Tensor places = at::arange(1, hits.size(0) + 1, hits.options());
  // Union: all of the class, and those of other classes that came before.
  torch::Tensor jaccard = ((all - found) / (all + (places - found))).neg_().add_(1);
  return at::cat({jaccard.slice(0, 0, 1), jaccard.slice(0, 1) - jaccard.slice(0, 0, -1)});
}

/// One class: its loss, and `slope` [P], zero before, becomes the loss's in its probabilities [P].
/// Once the last voxel of the class is found, the Jaccard loss is one and grows no more: what has a smaller
/// error than all of them (most voxels, for most classes) changes nothing and need not be sorted.
torch::Tensor classLoss(const torch::Tensor& probabilities, const torch::Tensor& is_class,
                        const torch::Tensor& slope) {
  constexpr double kNever = 2;  // above every error
  const torch::Tensor errors = at::where(is_class, 1 - probabilities, probabilities);
  const torch::Tensor least = errors.masked_fill(is_class.logical_not(), kNever).min();
  const torch::Tensor chosen = (errors >= least).nonzero().flatten();
  const auto [falling, order] = errors.index_select(0, chosen).sort(0, /*descending=*/true);
  const torch::Tensor places = chosen.index_select(0, order);
  const torch::Tensor hits = is_class.index_select(0, places).to(probabilities.scalar_type());
  const torch::Tensor steps = jaccardSteps(hits);
  slope.index_copy_(0, places, steps * (1 - 2 * hits) * falling.sign());
  return (falling * steps).sum();
}

class LovaszSoftmax : public torch::autograd::Function<LovaszSoftmax> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& probabilities,
                               const torch::Tensor& labels) {
    const std::int64_t classes = probabilities.size(1);
    const torch::Tensor present = at::bincount(labels, {}, classes).nonzero().flatten();
    const double share = 1 / double(present.numel());
    const torch::Tensor by_class = probabilities.t().contiguous();
    torch::Tensor slopes = at::zeros_like(by_class);
    torch::Tensor loss = at::zeros({}, probabilities.options());
    for (std::int64_t i = 0; i < present.numel(); ++i) {
      const auto number = present[i].item<std::int64_t>();
      loss = loss + classLoss(by_class[number], labels == number, slopes[number]);
    }
    loss = loss * share;
    context->save_for_backward({slopes.t().mul(share)});
    return loss;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradient) {
    return {context->get_saved_variables()[0] * gradient[0], torch::Tensor()};
  }
};

}  // namespace

torch::Tensor lovaszSoftmax(const torch::Tensor& probabilities, const torch::Tensor& labels) {
  if (labels.numel() == 0) return probabilities.sum();  // of nothing: zero, with a gradient
  return LovaszSoftmax::apply(probabilities, labels);
}

}  // namespace hbev
