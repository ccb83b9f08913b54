#include "core/train/ema.h"

#include <cmath>

namespace hbev {

WeightAverage::WeightAverage(const torch::nn::Module& network, const EmaOptions& options)
    : options_(options), updates_(options.updates), entries_(stateOf(network)) {
  for (StateEntry& entry : entries_)
    entry.tensor = entry.tensor.detach().clone();
}

double WeightAverage::decayAt(std::int64_t updates) const {
  return options_.decay * (1 - std::exp(-double(updates) / 2000));
}

void WeightAverage::update(const torch::nn::Module& network) {
  const at::NoGradGuard no_gradient;
  const double decay = decayAt(++updates_);
  const std::vector<StateEntry> current = stateOf(network);
  std::vector<torch::Tensor> averages, weights;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!entries_[i].tensor.is_floating_point()) continue;
    averages.push_back(entries_[i].tensor);
    weights.push_back(current[i].tensor.detach());
  }
  at::_foreach_mul_(averages, decay);
  at::_foreach_add_(averages, weights, 1 - decay);
}

void WeightAverage::copyTo(torch::nn::Module& network) const {
  const at::NoGradGuard no_gradient;
  std::vector<StateEntry> targets = stateOf(network);
  for (std::size_t i = 0; i < entries_.size(); ++i)
    targets[i].tensor.copy_(entries_[i].tensor);
}

}  // namespace hbev
