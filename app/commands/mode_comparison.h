// How streaming predictions differ from exact ones: voxel by voxel, and in their scores where there are
// labels.
#pragma once

#include <optional>

#include "core/eval/split_report.h"
#include "core/model/predictor.h"

namespace hbev {

class ModeComparison {
 public:
  /// Scores are told where the data set has labels in the predictions' classes.
  explicit ModeComparison(std::shared_ptr<const Dataset> dataset);

  /// Throws Error when the two are of different kinds.
  void add(const FrameKey& key, const Occupancy& streaming, const Occupancy& exact);
  /// A keyframe that streaming predicted without a memory, that is exactly.
  void addWithoutPast() { ++without_past_; }
  /// What was found, on standard output; says so when there was nothing to compare.
  void print() const;

 private:
  struct Scored {
    explicit Scored(const ClassSet& classes) : streaming(classes), exact(classes) {}
    SplitReport streaming, exact;
  };
  void score(const FrameKey& key, const Occupancy& streaming, const Occupancy& exact);

  std::shared_ptr<const Dataset> dataset_;
  PredictionDifference difference_;
  std::size_t compared_ = 0, without_past_ = 0;
  std::optional<Scored> scored_;
};

}  // namespace hbev
