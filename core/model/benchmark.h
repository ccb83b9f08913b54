// How fast a network is on a device, part by part, on pictures and cameras of its own making: no data needed.
// Knows no Torch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/model/predictor.h"

namespace hbev {

struct BenchmarkOptions {
  std::string device = "auto";  ///< as PredictorOptions
  int threads = 0;
  PredictMode mode = PredictMode::Exact;
  int repeats = 3;
  bool half = false;  ///< convolutions and products of matrices in half precision
  /// Operations as the reference composes them. In exact mode only.
  bool reference_style = false;
};

struct BenchmarkResult {
  std::string device;             ///< "CPU, 2 threads"
  std::vector<StageTime> stages;  ///< medians over the repeats, in the order of predictorStages()
  std::vector<double> seconds;    ///< of each repeat, in their order
  double median = 0;
  bool is_on_card = false;
  std::uint64_t peak_bytes = 0;    ///< of the process; on a card, of tensors there
  std::uint64_t memory_bytes = 0;  ///< what streaming remembers
  std::uint64_t parameters = 0;
  /// In half precision: the share of one keyframe's voxels whose class is that of full precision, in exact
  /// mode.
  std::optional<double> same_in_half{};
  bool no_memory_to_compare = false;  ///< for that
};

double medianOf(std::vector<double> values);  ///< 0 of none

/// One pass first that is not counted, then the repeats. Six cameras around a car that drives straight on;
/// weights are untrained. `on_pass` is told how many passes of all are done. Throws Error.
BenchmarkResult benchmarkNetwork(const ModelConfig& config, const BenchmarkOptions& options,
                                 const std::function<void(int done, int all)>& on_pass = {});

}  // namespace hbev
