// The part of the world that stands still: streets, buildings, trees, lamps, grown from a location's name and
// a seed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/synth/ground.h"
#include "core/synth/random.h"
#include "core/synth/shape.h"

namespace hbev::synth {

struct Building {
  Pose global_from_building;
  Eigen::Vector3d size;  ///< m
};

struct City {
  std::string location;
  Ground ground;  ///< roads()[0] is the main road
  std::vector<Building> buildings;
  std::vector<Shape> shapes;          ///< shapes[0] is the ground
  std::vector<Placement> placements;  ///< placements[0] is the ground

  const Road& mainRoad() const { return ground.roads().front(); }
  /// Whether `point` is inside a building's walls, or closer than `margin_m` to them.
  bool isBuilt(const Eigen::Vector2d& point, double margin_m) const;
};

/// "old-town", "harbour" or "ring-road".
City buildCity(std::string_view location, std::uint64_t seed);

/// The square that everything is in; m, global.
inline constexpr double kWorldExtent = 800;

}  // namespace hbev::synth
