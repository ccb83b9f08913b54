#include "core/model/recompute.h"

#include <torch/autograd.h>

#include "core/model/half_precision.h"

namespace hbev {
namespace {

struct Segment : torch::CustomClassHolder {
  std::function<torch::Tensor(const torch::Tensor&)> run;
  std::vector<torch::Tensor> parameters;
  at::ScalarType half = at::ScalarType::Undefined;  // in which it was computed
};

class Recomputed : public torch::autograd::Function<Recomputed> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const c10::intrusive_ptr<Segment>& segment, const torch::Tensor& x,
                               at::TensorList /*parameters: so that autograd knows that they matter*/) {
    context->save_for_backward({x});
    context->saved_data["segment"] = c10::IValue::make_capsule(segment);
    return segment->run(x);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& out_gradients) {
    const auto capsule = context->saved_data["segment"].toCapsule();
    const Segment& segment = static_cast<const Segment&>(*capsule);
    const torch::Tensor saved = context->get_saved_variables()[0];
    const torch::Tensor x = saved.detach().requires_grad_(saved.requires_grad());

    // Places 0 and 1 belong to the segment itself, which is no tensor, and to x.
    torch::autograd::variable_list wanted, gradients(2 + segment.parameters.size());
    std::vector<std::size_t> places;
    const auto want = [&](const torch::Tensor& tensor, std::size_t place) {
      if (!tensor.requires_grad()) return;
      wanted.push_back(tensor);
      places.push_back(place);
    };
    want(x, 1);
    for (std::size_t i = 0; i < segment.parameters.size(); ++i)
      want(segment.parameters[i], 2 + i);

    const at::AutoGradMode gradient(true);
    const torch::Tensor out = [&] {
      const HalfPrecision as_before(x.device(), segment.half);
      return segment.run(x);
    }();
    const auto found = torch::autograd::grad({out}, wanted, {out_gradients[0]}, /*retain_graph=*/false,
                                             /*create_graph=*/false, /*allow_unused=*/true);
    for (std::size_t i = 0; i < found.size(); ++i)
      gradients[places[i]] = found[i];
    return gradients;
  }
};

}  // namespace

torch::Tensor recomputed(const std::function<torch::Tensor(const torch::Tensor&)>& run,
                         const std::vector<torch::Tensor>& parameters, const torch::Tensor& x) {
  if (!at::GradMode::is_enabled()) return run(x);
  auto segment = c10::make_intrusive<Segment>();
  segment->run = run;
  segment->parameters = parameters;
  segment->half = HalfPrecision::typeOn(x.device());
  return Recomputed::apply(segment, x, at::TensorList(parameters));
}

}  // namespace hbev
