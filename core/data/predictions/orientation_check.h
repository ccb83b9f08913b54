// Whether predictions lie as the truth does, or in one of the fifteen other ways.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/data/predictions/orientation.h"

namespace hbev {

/// Adds up, for every orientation, the voxels in which prediction and truth have the same class, out of those
/// that are occupied in either.
class OrientationCheck {
 public:
  /// `others_too`: false when only the stored orientation makes sense.
  explicit OrientationCheck(bool others_too);
  /// One keyframe; class sets may differ, classes are compared by their names. Grids must be equal.
  void add(const Occupancy& prediction, const Occupancy& truth);

  /// Share of agreeing voxels, in the order of allOrientations().
  std::vector<double> agreement() const;
  /// The orientation that fits clearly better than as stored.
  std::optional<Orientation> better() const;
  /// What was found: whole sentences.
  std::string sentence() const;

 private:
  bool others_too_;
  std::size_t keyframes_ = 0;
  std::vector<std::size_t> same_, occupied_;
};

}  // namespace hbev
