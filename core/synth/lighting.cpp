#include "core/synth/lighting.h"

#include <algorithm>
#include <cmath>

#include "core/synth/random.h"

namespace hbev::synth {

Lighting lightingOf(Look look) {
  switch (look) {
    case Look::Day:
      return {.to_sun = Eigen::Vector3f(-0.35F, -0.62F, 0.72F).normalized(),
              .sun = {2.7F, 2.45F, 2.05F},
              .zenith = {0.16F, 0.34F, 0.72F},
              .horizon = {0.62F, 0.75F, 0.90F},
              .sunset = {0.18F, 0.14F, 0.06F},
              .ground = {0.30F, 0.27F, 0.23F},
              .ambient = 1.05F,
              .haze_per_m = 0.0016F,
              .clouds = 0.45F,
              .exposure = 0.78F};
    case Look::Dusk:
      return {.to_sun = Eigen::Vector3f(0.83F, 0.35F, 0.16F).normalized(),
              .sun = {2.6F, 1.25F, 0.48F},
              .zenith = {0.10F, 0.13F, 0.30F},
              .horizon = {0.62F, 0.42F, 0.38F},
              .sunset = {1.25F, 0.50F, 0.12F},
              .ground = {0.20F, 0.15F, 0.13F},
              .ambient = 0.85F,
              .haze_per_m = 0.0028F,
              .clouds = 0.55F,
              .lamps = 1,
              .lamp_light = 0.22F,
              .glare = 0.35F,
              .exposure = 0.95F};
    case Look::Rain:
      return {.to_sun = Eigen::Vector3f(-0.2F, 0.3F, 0.93F).normalized(),
              .sun = {0.22F, 0.22F, 0.22F},
              .zenith = {0.40F, 0.43F, 0.47F},
              .horizon = {0.56F, 0.59F, 0.62F},
              .sunset = {0, 0, 0},
              .ground = {0.20F, 0.20F, 0.20F},
              .ambient = 0.95F,
              .haze_per_m = 0.0075F,
              .clouds = 1,
              .wet = 1,
              .lamps = 0.55F,
              .lamp_light = 0.10F,
              .glare = 0.25F,
              .exposure = 1.0F};
    case Look::Night:
      break;
  }
  return {.to_sun = Eigen::Vector3f(0.35F, -0.45F, 0.82F).normalized(),  // the moon
          .sun = {0.030F, 0.036F, 0.052F},
          .zenith = {0.006F, 0.009F, 0.022F},
          .horizon = {0.050F, 0.042F, 0.044F},
          .sunset = {0, 0, 0},
          .ground = {0.030F, 0.024F, 0.018F},
          .ambient = 1.0F,
          .haze_per_m = 0.0022F,
          .clouds = 0.35F,
          .lamps = 0.8F,
          .lamp_light = 1,
          .glare = 0.7F,
          .exposure = 1.5F};
}

Color skyGradient(const Lighting& lighting, const Eigen::Vector3f& direction) {
  const float up = std::max(direction.z(), 0.0F);
  const float low = std::exp(-4.5F * up);
  Color color = lighting.zenith + (lighting.horizon - lighting.zenith) * low;
  const float towards = std::max(direction.dot(lighting.to_sun), 0.0F);
  return color + lighting.sunset * (0.75F * std::pow(towards, 6.0F) * low + 0.5F * std::pow(towards, 40.0F));
}

Color skyColor(const Lighting& lighting, const Eigen::Vector3f& direction) {
  Color color = skyGradient(lighting, direction);
  const float up = direction.z();
  if (up > 0.01F) {
    const float scale = 1.6F / (up + 0.12F);
    const float field = fractalNoise(direction.x() * scale + 7, direction.y() * scale + 3, 77);
    const float fine = fractalNoise(direction.x() * scale * 3.1F, direction.y() * scale * 3.1F, 78);
    const float edge = 0.66F - 0.34F * lighting.clouds;
    const float cover = std::clamp((0.75F * field + 0.25F * fine - edge) * 4.0F, 0.0F, 1.0F);
    const float thin = std::clamp(up * 7, 0.0F, 1.0F);
    const Color lit = 0.55F * lighting.horizon + 0.28F * lighting.sun.cwiseMin(Color(1.6F, 1.6F, 1.6F)) +
                      0.4F * lighting.sunset * std::max(direction.dot(lighting.to_sun), 0.0F);
    const Color shaded = lighting.clouds > 0.9F ? Color(0.85F * lighting.horizon) : lit;
    color += (shaded - color) * (cover * thin * 0.85F);
  }
  if (lighting.clouds < 0.9F) {
    const float towards = std::max(direction.dot(lighting.to_sun), 0.0F);
    color += lighting.sun * (3.0F * std::clamp((towards - 0.9995F) * 4000.0F, 0.0F, 1.0F) +
                             0.12F * std::pow(towards, 220.0F));
  }
  return color;
}

}  // namespace hbev::synth
