// How fast a network trains on a device, on pictures, cameras and labels of its own making: no data needed.
// Knows no Torch.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/model/config.h"

namespace hbev {

struct TrainingBenchmarkOptions {
  std::string device = "auto";  ///< as PredictorOptions
  int threads = 0;
  int repeats = 3;
  /// The network's operations as the reference composes them; losses and optimizer stay as they are.
  bool reference_style = false;
};

/// Medians over the repeats.
struct TrainingBenchmarkResult {
  std::string device;           ///< "CPU, 2 threads"
  std::vector<double> seconds;  ///< of each step, in their order
  double median = 0;
  double forward_seconds = 0, backward_seconds = 0;  ///< the rest is the optimizer's and the average's
  bool is_on_card = false;
  std::uint64_t peak_bytes = 0;  ///< of the process; on a card, of tensors there
  std::uint64_t parameters = 0;
};

/// Steps of `config`'s training: its batch size, precision and recomputing. One step first that is not
/// counted, then the repeats, of random weights. `on_step` is told how many steps of all are done. Throws
/// Error, also when there is too little memory.
TrainingBenchmarkResult benchmarkTraining(const ModelConfig& config, const TrainingBenchmarkOptions& options,
                                          const std::function<void(int done, int all)>& on_step = {});

}  // namespace hbev
