// What street lamps and the ego car's headlights throw on a surface at dusk and at night.
#pragma once

#include <span>
#include <vector>

#include "core/synth/lighting.h"
#include "core/synth/shape.h"
#include "core/synth/world.h"

namespace hbev::synth {

/// The lights of one moment; thread-safe. Dark where the look has no lamp light.
class LampLight {
 public:
  LampLight(const World& world, const Lighting& lighting, std::span<const Placement> placements,
            std::span<const Shape* const> shapes);
  /// Light that arrives at `point` on a surface that faces along `normal` (both global). No shadows: lamps
  /// stand above what they light, and headlights beside the eye.
  Color at(const Eigen::Vector3f& point, const Eigen::Vector3f& normal) const;

 private:
  struct Beam {
    Eigen::Vector3f origin;
    Eigen::Vector3f forward, left;  ///< unit, global
  };
  Color fromLamps(const Eigen::Vector3f& point, const Eigen::Vector3f& normal) const;
  Color fromHeadlights(const Eigen::Vector3f& point, const Eigen::Vector3f& normal) const;
  std::size_t cellOf(float x, float y) const;

  float strength_;
  std::vector<Eigen::Vector3f> lamps_;
  std::vector<std::vector<std::uint32_t>> cells_;  ///< lamps that reach into each cell
  Eigen::Vector2f low_{0, 0};
  std::size_t columns_ = 0, rows_ = 0;
  std::vector<Beam> beams_;
};

}  // namespace hbev::synth
