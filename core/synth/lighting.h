// The light of a scene: sun, sky, haze and wetness for each look.
#pragma once

#include "core/synth/scenario.h"
#include "core/synth/shape.h"

namespace hbev::synth {

/// Linear light; the renderer's exposure makes pixels of it.
struct Lighting {
  Eigen::Vector3f to_sun;  ///< unit, global
  Color sun;               ///< what a surface that faces the sun receives
  Color zenith, horizon;   ///< of the sky
  Color sunset;            ///< added to the horizon below the sun
  Color ground;            ///< what the ground throws back
  float ambient = 1;       ///< share of the sky's light that reaches a surface
  float haze_per_m = 0;
  float clouds = 0;      ///< 0 blue, 1 overcast
  float wet = 0;         ///< 1 when the road mirrors
  float lamps = 0;       ///< 1 when windows and lights are lit
  float lamp_light = 0;  ///< what street lamps and headlights add to the street; 1 at night
  float glare = 0;       ///< halos around what shines
  float exposure = 1;
};

Lighting lightingOf(Look look);

/// The sky in `direction` (unit, global).
Color skyColor(const Lighting& lighting, const Eigen::Vector3f& direction);
/// The same without clouds and sun: for mirrors and haze.
Color skyGradient(const Lighting& lighting, const Eigen::Vector3f& direction);

}  // namespace hbev::synth
