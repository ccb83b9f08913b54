// How sure the network was: the probabilities of every class in every voxel, and what follows from them.
// Knows no Torch.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/data/classes.h"
#include "core/geometry/grid.h"

namespace hbev {

/// Immutable once shared.
struct ClassProbabilities {
  GridSpec grid;
  const ClassSet* classes = &ClassSet::openocc();
  std::vector<Eigen::half> values;  ///< [X, Y, Z, C] in C order; sum to one over the classes but for rounding

  std::size_t voxels() const { return values.size() / std::size_t(classes->size()); }
  /// The C probabilities of the voxel with that index in C order.
  std::span<const Eigen::half> at(std::size_t voxel) const {
    return std::span(values).subspan(voxel * std::size_t(classes->size()), std::size_t(classes->size()));
  }
};

/// -sum p log p / log C: 0 where the network is certain, 1 where every class is as likely as any other.
float entropyOf(std::span<const Eigen::half> probabilities);
/// The largest probability less the second largest: 0 where two classes tie, 1 where one is certain.
float marginOf(std::span<const Eigen::half> probabilities);

}  // namespace hbev
