#include "core/train/optimizer.h"

#include <algorithm>
#include <cmath>

namespace hbev {

AdamW::AdamW(const torch::nn::Module& network, const AdamWOptions& options) : options_(options) {
  for (const StateEntry& entry : stateOf(network)) {
    if (entry.is_parameter) states_.push_back({entry.name, entry.tensor, {}, {}, 0});
  }
}

void AdamW::step() {
  const at::NoGradGuard no_gradient;
  std::vector<torch::Tensor> parameters, gradients, means, squares;
  std::vector<at::Scalar> roots, rates;
  for (State& state : states_) {
    if (!state.parameter.grad().defined()) continue;
    if (!state.mean.defined()) {
      state.mean = at::zeros_like(state.parameter);
      state.square = at::zeros_like(state.parameter);
    }
    ++state.steps;
    roots.emplace_back(std::sqrt(1 - std::pow(options_.beta2, double(state.steps))));
    rates.emplace_back(-options_.learning_rate / (1 - std::pow(options_.beta1, double(state.steps))));
    parameters.push_back(state.parameter);
    gradients.push_back(state.parameter.grad());
    means.push_back(state.mean);
    squares.push_back(state.square);
  }
  if (parameters.empty()) return;
  at::_foreach_mul_(parameters, 1 - options_.learning_rate * options_.weight_decay);
  at::_foreach_mul_(means, options_.beta1);
  at::_foreach_add_(means, gradients, 1 - options_.beta1);
  at::_foreach_mul_(squares, options_.beta2);
  at::_foreach_addcmul_(squares, gradients, gradients, 1 - options_.beta2);
  const std::vector<torch::Tensor> spread = at::_foreach_sqrt(squares);
  at::_foreach_div_(spread, roots);
  at::_foreach_add_(spread, options_.epsilon);
  at::_foreach_addcdiv_(parameters, means, spread, rates);
}

void AdamW::clearGradients() {
  for (State& state : states_)
    state.parameter.mutable_grad() = torch::Tensor();
}

std::vector<torch::Tensor> AdamW::gradients() const {
  std::vector<torch::Tensor> gradients;
  for (const State& state : states_) {
    if (state.parameter.grad().defined()) gradients.push_back(state.parameter.grad());
  }
  return gradients;
}

void AdamW::scaleGradients(double factor) {
  const at::NoGradGuard no_gradient;
  const std::vector<torch::Tensor> all = gradients();
  if (!all.empty()) at::_foreach_mul_(all, factor);
}

double AdamW::clipGradients(double largest) {
  const at::NoGradGuard no_gradient;
  const std::vector<torch::Tensor> all = gradients();
  if (all.empty()) return 0;
  const double norm = at::stack(at::_foreach_norm(all)).norm().item<double>();
  if (std::isfinite(norm)) {
    constexpr double kEpsilon = 1e-6;  // PyTorch's
    at::_foreach_mul_(all, std::min(1., largest / (norm + kEpsilon)));
  }
  return norm;
}

}  // namespace hbev
