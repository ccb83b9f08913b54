// An oriented box: nuScenes annotations, actors of the demo world.
#pragma once

#include <array>
#include <utility>

#include <Eigen/Core>

#include "core/geometry/pose.h"

namespace hbev {

/// x along the length (heading), y along the width, z along the height; the pose's origin is the box's
/// centre.
struct OrientedBox {
  Pose frame_from_box;
  Eigen::Vector3d size{0, 0, 0};  ///< length, width, height, m

  /// Corners in the frame: bit 0 of the index picks +x, bit 1 +y, bit 2 +z.
  std::array<Eigen::Vector3d, 8> corners() const;
  bool contains(const Eigen::Vector3d& point) const;
};

/// The twelve edges as pairs of corner indices.
const std::array<std::pair<int, int>, 12>& boxEdges();

OrientedBox operator*(const Pose& target_from_frame, const OrientedBox& box);

}  // namespace hbev
