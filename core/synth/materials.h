// Procedural textures: the colour of a surface at a point, filtered to the size of the pixel that sees it.
#pragma once

#include "core/synth/ground.h"
#include "core/synth/lighting.h"
#include "core/synth/shape.h"

namespace hbev::synth {

struct SurfacePoint {
  Material material = Material::Concrete;
  Eigen::Vector3f global{0, 0, 0};
  Eigen::Vector3f local{0, 0, 0};         ///< in the shape's frame
  Eigen::Vector3f normal{0, 0, 1};        ///< unit, global
  Eigen::Vector3f local_normal{0, 0, 1};  ///< unit, in the shape's frame
  Eigen::Vector3f local_view{0, 0, -1};   ///< unit, in the shape's frame: from the eye to the point
  Color tint{0.5F, 0.5F, 0.5F};
  std::uint32_t seed = 0;
  bool lights = true;     ///< of a vehicle: on when the look has lamps
  float footprint_m = 0;  ///< what one pixel covers here
};

struct SurfaceColor {
  Color albedo{0.5F, 0.5F, 0.5F};
  Color glow{0, 0, 0};
  float mirror = 0;  ///< share of light mirrored at a right angle; grows towards grazing angles
};

SurfaceColor surfaceColor(const SurfacePoint& point, const Ground& ground, const Lighting& lighting);

/// Share (0 to 1) of a lidar's pulse that comes back from a material that faces it.
float lidarReflectance(Material material);

}  // namespace hbev::synth
