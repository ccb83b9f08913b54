#include "render/certainty.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "render/viridis.h"

namespace hbev {
namespace {

void requireSameVoxels(const Occupancy& occupancy, const ClassProbabilities& probabilities) {
  const auto classes = std::size_t(probabilities.classes->size());
  if (occupancy.classes != probabilities.classes || occupancy.grid != probabilities.grid ||
      probabilities.values.size() != occupancy.semantics.size() * classes) {
    throw Error(
        {"These probabilities are not of these voxels",
         {},
         "the same class set and grid",
         std::string(occupancy.classes->name()) + " and " + std::string(probabilities.classes->name()),
         "Predict this keyframe again."});
  }
}

float valueOf(std::span<const Eigen::half> probabilities, Coloring coloring, int label) {
  switch (coloring) {
    case Coloring::Entropy:
      return entropyOf(probabilities);
    case Coloring::Margin:
      return marginOf(probabilities);
    default:
      return float(probabilities[std::size_t(label)]);
  }
}

}  // namespace

CertaintyPaint paintCertainty(const Occupancy& occupancy, const ClassProbabilities& probabilities,
                              Coloring coloring, std::optional<int> label) {
  requireSameVoxels(occupancy, probabilities);
  if (!needsProbabilities(coloring) || (label && (*label < 0 || *label >= occupancy.classes->size())))
    throw Error({"This colouring does not show probabilities", {}, {}, {}, {}});
  CertaintyPaint result;
  VoxelPaint& paint = result.paint;
  paint.index.assign(occupancy.semantics.size(), 0);
  double sum = 0;
  for (std::size_t i = 0; i < paint.index.size(); ++i) {
    if (occupancy.isFree(i)) continue;  // never drawn
    const float raw = valueOf(probabilities.at(i), coloring, label.value_or(occupancy.semantics[i]));
    const double value = std::isfinite(raw) ? std::clamp(double(raw), 0.0, 1.0) : 0.0;
    paint.index[i] = std::uint8_t(std::lround(value * 255));
    ++result.counts[std::min(CertaintyPaint::kBins - 1, std::size_t(value * CertaintyPaint::kBins))];
    ++result.voxels;
    sum += value;
  }
  if (result.voxels > 0) result.mean = sum / double(result.voxels);
  for (std::size_t i = 0; i < paint.colors.size(); ++i)
    paint.colors[i] = viridis(double(i) / 255);
  return result;
}

}  // namespace hbev
