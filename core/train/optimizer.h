// AdamW and the bound on the gradients' norm.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/hbevocc.h"

namespace hbev {

struct AdamWOptions {
  double learning_rate = 2e-4, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 1e-2;
};

/// PyTorch's AdamW: decay apart from the gradient (Loshchilov and Hutter 2019). Whole lists of parameters per
/// operation, so that a card gets few large launches. Parameters without a gradient are left alone, also by
/// the decay; those with a gradient of zero decay.
class AdamW {
 public:
  struct State {
    std::string name;
    torch::Tensor parameter, mean, square;  ///< mean and square: undefined until the first step
    std::int64_t steps = 0;
  };

  /// All parameters of `network`, by the names of its state_dict.
  AdamW(const torch::nn::Module& network, const AdamWOptions& options);

  void step();
  /// Gradients become undefined.
  void clearGradients();
  void scaleGradients(double factor);
  /// Scales all gradients so that their common L2 norm is at most `largest`; the norm before that. Gradients
  /// are left as they are when it is not finite.
  double clipGradients(double largest);

  void setLearningRate(double rate) { options_.learning_rate = rate; }
  const AdamWOptions& options() const { return options_; }
  /// For checkpoints.
  std::vector<State>& states() { return states_; }
  const std::vector<State>& states() const { return states_; }

 private:
  AdamWOptions options_;
  std::vector<torch::Tensor> gradients() const;

  std::vector<State> states_;
};

}  // namespace hbev
