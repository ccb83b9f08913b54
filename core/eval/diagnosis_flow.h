// Whether predicted flow is in metres per second, pointing where things go.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/data/occupancy.h"
#include "core/eval/ray_ends.h"

namespace hbev {

/// Compares speeds and directions where both have the same moving class and the truth drives.
class FlowCheck {
 public:
  /// One keyframe; does nothing when either has no flow. Grids must be equal.
  void add(const Occupancy& prediction, const Occupancy& truth);
  /// The same of rays that met the same class.
  void add(const RayEnds& prediction, const RayEnds& truth, const ClassSet& classes);
  /// What is wrong and how to mend it; nothing when flow looks right or too little drives to tell.
  std::optional<std::string> sentence() const;

 private:
  void addPair(const float* prediction, const float* truth);

  std::vector<float> predicted_mps_, true_mps_;
  double cosines_ = 0;          ///< sum, of the voxels that the prediction lets move
  double swapped_cosines_ = 0;  ///< the same with x and y exchanged
  std::size_t moving_ = 0;
};

}  // namespace hbev
