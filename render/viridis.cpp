#include "render/viridis.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace hbev {

Rgb viridis(double t) {
  // Nine stops of the map; straight lines between them stay within two steps of 255 of the full table.
  static constexpr std::array<Rgb, 9> kStops{{{0x44, 0x01, 0x54},
                                              {0x47, 0x2D, 0x7B},
                                              {0x3B, 0x52, 0x8B},
                                              {0x2C, 0x72, 0x8E},
                                              {0x21, 0x91, 0x8C},
                                              {0x28, 0xAE, 0x80},
                                              {0x5E, 0xC9, 0x62},
                                              {0xAD, 0xDC, 0x30},
                                              {0xFD, 0xE7, 0x25}}};
  const double position = std::clamp(t, 0.0, 1.0) * (kStops.size() - 1);
  const auto below = std::min(std::size_t(position), kStops.size() - 2);
  const double share = position - double(below);
  const auto between = [&](std::uint8_t a, std::uint8_t b) {
    return std::uint8_t(std::lround(a + share * (b - a)));
  };
  const Rgb &a = kStops[below], &b = kStops[below + 1];
  return {between(a.r, b.r), between(a.g, b.g), between(a.b, b.b)};
}

Rgb hueColor(double hue, double saturation) {
  const auto channel = [&](double offset) {
    const double around = (hue + offset - std::floor(hue + offset)) * 6;
    const double pure = std::clamp(std::abs(around - 3) - 1, 0.0, 1.0);
    return std::uint8_t(std::lround(255 * (1 - saturation * (1 - pure))));
  };
  return {channel(0), channel(2.0 / 3), channel(1.0 / 3)};
}

}  // namespace hbev
