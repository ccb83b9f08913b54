#include "core/train/losses/lovasz.h"

#include <torch/autograd.h>

namespace hbev {
namespace {

/// How much the Jaccard loss of each row grows with each further voxel. hits [K, P]: 1 where the voxel, in
/// the order of falling errors, is of the row's class.
torch::Tensor jaccardSteps(const torch::Tensor& hits) {
  const torch::Tensor all = hits.sum(1, true);
  const torch::Tensor found = hits.cumsum(1);
  const torch::Tensor places = at::arange(1, hits.size(1) + 1, hits.options());
  // Union: all of the class, and those of other classes that came before.
  torch::Tensor jaccard = ((all - found) / (all + (places - found))).neg_().add_(1);
  return at::cat({jaccard.slice(1, 0, 1), jaccard.slice(1, 1) - jaccard.slice(1, 0, -1)}, 1);
}

class LovaszSoftmax : public torch::autograd::Function<LovaszSoftmax> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& probabilities,
                               const torch::Tensor& labels) {
    const std::int64_t classes = probabilities.size(1);
    const torch::Tensor present = at::bincount(labels, {}, classes).nonzero().flatten();
    const double share = 1 / double(present.numel());
    torch::Tensor slope;  // of the loss in each row's probabilities: [K, P]
    torch::Tensor loss;
    {
      const torch::Tensor is_class = labels.unsqueeze(0) == present.unsqueeze(1);
      const torch::Tensor missing =
          is_class.to(probabilities.scalar_type()).sub_(probabilities.t().index_select(0, present));
      const auto [errors, order] = missing.abs().sort(1, /*descending=*/true);
      const torch::Tensor steps = jaccardSteps(is_class.gather(1, order).to(probabilities.scalar_type()));
      loss = (errors * steps).sum() * share;
      slope = at::empty_like(missing).scatter_(1, order, steps).mul_(missing.sign_()).mul_(-share);
    }
    context->save_for_backward({at::zeros_like(probabilities).index_copy_(1, present, slope.t())});
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
