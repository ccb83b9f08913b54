#include "core/synth/random.h"

#include <cmath>

namespace hbev::synth {
namespace {

float lattice(std::int32_t x, std::int32_t y, std::uint32_t seed) {
  std::uint32_t h = std::uint32_t(x) * 0x8DA6B343U ^ std::uint32_t(y) * 0xD8163841U ^ seed * 0xCB1AB31FU;
  h = (h ^ (h >> 15)) * 0x2C1B3C6DU;
  h = (h ^ (h >> 12)) * 0x297A2D39U;
  return float((h ^ (h >> 15)) >> 8) * (1.0F / 16777216.0F);
}

}  // namespace

float noise(float x, float y, std::uint32_t seed) {
  const float fx = std::floor(x);
  const float fy = std::floor(y);
  const auto ix = std::int32_t(fx);
  const auto iy = std::int32_t(fy);
  float u = x - fx;
  float v = y - fy;
  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  const float low = lattice(ix, iy, seed) * (1 - u) + lattice(ix + 1, iy, seed) * u;
  const float high = lattice(ix, iy + 1, seed) * (1 - u) + lattice(ix + 1, iy + 1, seed) * u;
  return low * (1 - v) + high * v;
}

float fractalNoise(float x, float y, std::uint32_t seed) {
  float sum = 0;
  float weight = 0.5F;
  for (std::uint32_t octave = 0; octave < 4; ++octave) {
    sum += weight * noise(x, y, seed + octave);
    // Turned as well as scaled, so that the lattices do not line up.
    const float turned = 1.6F * x - 1.2F * y;
    y = 1.2F * x + 1.6F * y;
    x = turned;
    weight *= 0.5F;
  }
  return sum / 0.9375F;
}

}  // namespace hbev::synth
