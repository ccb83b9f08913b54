// How sure the network was of every voxel, as a colour: probability, entropy, or margin.
#pragma once

#include <array>
#include <optional>

#include "core/model/probabilities.h"
#include "render/coloring.h"

namespace hbev {

/// Whether a colouring shows the network's probabilities.
constexpr bool needsProbabilities(Coloring coloring) {
  return coloring == Coloring::Probability || coloring == Coloring::Entropy || coloring == Coloring::Margin;
}

/// Colours of the occupied voxels, and how their values are spread.
struct CertaintyPaint {
  static constexpr std::size_t kBins = 32;
  VoxelPaint paint;                         ///< values 0 to 1 through viridis
  std::array<std::size_t, kBins> counts{};  ///< of occupied voxels, bin i: from i / kBins
  std::size_t voxels = 0;
  double mean = 0;  ///< of the occupied voxels
};

/// `coloring` is one of those that need probabilities. Probability is that of class `label`, or without one
/// of the voxel's own class; entropy is divided by the logarithm of the number of classes; margin is the
/// largest probability less the second largest. Throws Error when grid or class set differ.
CertaintyPaint paintCertainty(const Occupancy& occupancy, const ClassProbabilities& probabilities,
                              Coloring coloring, std::optional<int> label = {});

}  // namespace hbev
