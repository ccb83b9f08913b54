// Two predictions and the truth: which of the two is right about a voxel, and how far off velocities are.
#include <algorithm>

#include "render/coloring.h"

namespace hbev {

VoxelPaint paintComparison(const Occupancy& a, const Occupancy& b, const Occupancy& truth,
                           const ComparisonColors& colors) {
  requireSameGrid(a, truth);
  requireSameGrid(b, truth);
  VoxelPaint paint;
  paint.index.resize(truth.semantics.size());
  for (std::size_t i = 0; i < paint.index.size(); ++i) {
    const bool a_right = a.semantics[i] == truth.semantics[i], b_right = b.semantics[i] == truth.semantics[i];
    Comparison which = a_right ? Comparison::OnlyA : Comparison::OnlyB;
    if (a_right == b_right) which = a_right ? Comparison::BothRight : Comparison::BothWrong;
    if (!truth.mask_camera.empty() && truth.mask_camera[i] != 1) which = Comparison::Outside;
    paint.index[i] = std::uint8_t(which);
  }
  std::copy(colors.begin(), colors.end(), paint.colors.begin());
  return paint;
}

Occupancy withAny(const Occupancy& own, const Occupancy& opposite, const Occupancy& truth) {
  requireSameGrid(own, opposite);
  return withMissed(withMissed(own, opposite), truth);
}

Occupancy flowErrors(const Occupancy& prediction, const Occupancy& truth) {
  requireSameGrid(prediction, truth);
  Occupancy errors = prediction;
  const std::size_t voxels = errors.semantics.size();
  const bool known = prediction.flow.size() == 2 * voxels && truth.flow.size() == 2 * voxels;
  errors.flow.resize(2 * voxels);
  for (std::size_t i = 0; i < voxels; ++i) {
    const bool scored = known && prediction.semantics[i] == truth.semantics[i] &&
                        prediction.classes->moves(prediction.semantics[i]);
    if (!scored) errors.semantics[i] = prediction.classes->free();
    for (std::size_t axis = 2 * i; axis < 2 * i + 2; ++axis)
      errors.flow[axis] = scored ? prediction.flow[axis] - truth.flow[axis] : 0.0F;
  }
  return errors;
}

}  // namespace hbev
