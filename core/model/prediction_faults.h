// When a run of predictions gives up: a broken file fails every keyframe that looks at it, and is one fault.
// Knows no Torch.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "core/base/error.h"

namespace hbev {

/// Counts failures between two keyframes that could be predicted.
class PredictionFaults {
 public:
  void succeeded() {
    in_a_row_ = 0;
    faults_.clear();
  }

  /// True when the run should give up: three faults in a row, which are no longer the keyframes', or more
  /// failures than the faults explain. `frames`: ModelConfig::frames(), in as many keyframes a file is seen.
  bool failed(const Problem& problem, int frames) {
    ++in_a_row_;
    faults_.insert(problem.file.empty() ? problem.summary : problem.file.native());
    return faults_.size() >= kMostFaults || in_a_row_ > faults_.size() * std::size_t(frames);
  }

  std::size_t inARow() const { return in_a_row_; }

 private:
  static constexpr std::size_t kMostFaults = 3;
  std::size_t in_a_row_ = 0;
  std::set<std::string> faults_;
};

}  // namespace hbev
