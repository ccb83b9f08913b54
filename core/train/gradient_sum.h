// Gradients summed over the processes of a training, while the backward pass still computes others.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/model/peers.h"

namespace hbev {

/// Gradients travel in buckets, those of the last parameters first, because the backward pass has them first
/// (Li et al. 2020, "PyTorch Distributed"). Not for several threads.
class GradientSum {
 public:
  /// The same parameters in the same order in every process.
  GradientSum(std::vector<torch::Tensor> parameters, std::shared_ptr<Peers> peers,
              std::size_t bucket_bytes = std::size_t(25) << 20);

  /// The next backward pass is the last one before finish(): what it has done with is sent at once. Gradients
  /// of earlier passes are sent with it.
  void begin();
  /// Waits until all gradients are everybody's sums. A parameter that no process has used has none; one that
  /// some have not used counts as zero there.
  void finish();

 private:
  struct State;
  std::shared_ptr<State> state_;  // known to the hooks, too
};

}  // namespace hbev
