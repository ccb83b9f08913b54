// Semantic voxels with optional flow and masks: a prediction's or the truth's.
#pragma once

#include <cstdint>
#include <vector>

#include "core/data/classes.h"
#include "core/geometry/grid.h"

namespace hbev {

/// Immutable once shared. Arrays are in C order over [x, y, z].
struct Occupancy {
  GridSpec grid;
  const ClassSet* classes = &ClassSet::openocc();
  std::vector<std::uint8_t> semantics;    ///< [X, Y, Z], class numbers of `classes`
  std::vector<float> flow;                ///< [X, Y, Z, 2], m/s in ego x and y; empty when there is none
  std::vector<std::uint8_t> mask_camera;  ///< [X, Y, Z], 1 = seen by a camera; empty when there is none
  std::vector<std::uint8_t> mask_lidar;   ///< [X, Y, Z], 1 = seen by the lidar; empty when there is none

  bool isFree(std::size_t index) const { return semantics[index] == classes->free(); }
  std::size_t occupiedCount() const;
  /// Voxels of each class, indexed by class number.
  std::vector<std::size_t> classCounts() const;
};

}  // namespace hbev
