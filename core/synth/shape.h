// A thing that can stand in the world, and where it stands.
#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "core/geometry/box.h"
#include "core/geometry/pose.h"
#include "core/synth/mesh.h"

namespace hbev::synth {

using Color = Eigen::Vector3f;  ///< linear light, 0 to 1 for surfaces

/// x forward, y left, z up from the ground; m.
struct Shape {
  Mesh mesh;
  std::vector<OrientedBox> solids;  ///< what is full inside, for the labels
  Eigen::Vector3d size{0, 0, 0};    ///< length, width, height of the annotated box, which stands on z = 0
};

/// Placement::label of the ground, whose class depends on the place.
inline constexpr std::uint8_t kGroundLabel = 255;

struct Placement {
  std::size_t shape = 0;  ///< index into the world's shapes
  Pose global_from_shape;
  std::uint8_t label = kGroundLabel;  ///< OpenOcc class
  Color tint{0.5F, 0.5F, 0.5F};
  std::uint32_t seed = 0;  ///< varies the texture
  bool lights = true;      ///< its lights are on when the look has lamps; parked vehicles' are not
};

}  // namespace hbev::synth
