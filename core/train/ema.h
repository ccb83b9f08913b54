// The running average of the weights, which predicts better than the weights of any one step.
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/hbevocc.h"

namespace hbev {

struct EmaOptions {
  double decay = 0.999;
  std::int64_t updates =
      10560;  ///< counted as done at the start, so that the decay has its full size at once
};

/// Averages all floating parameters and buffers, also the statistics of batch norms; integers stay as they
/// were at the start. Source: HBEVOcc's MEGVIIEMAHook.
class WeightAverage {
 public:
  explicit WeightAverage(const torch::nn::Module& network, const EmaOptions& options = {});

  /// After a step: average = d * average + (1 - d) * weights, d = decay * (1 - exp(-updates / 2000)).
  void update(const torch::nn::Module& network);
  std::int64_t updates() const { return updates_; }
  void setUpdates(std::int64_t updates) { updates_ = updates; }
  double decayAt(std::int64_t updates) const;
  /// In the order of the network's state_dict. Own memory.
  std::vector<StateEntry>& entries() { return entries_; }
  const std::vector<StateEntry>& entries() const { return entries_; }
  /// Into a network of the same shape.
  void copyTo(torch::nn::Module& network) const;

 private:
  EmaOptions options_;
  std::int64_t updates_;
  std::vector<StateEntry> entries_;
};

}  // namespace hbev
