#include "core/synth/glare.h"

#include <algorithm>

namespace hbev::synth {
namespace {

constexpr int kCell = 4;          // px that are looked at together
constexpr float kBright = 0.86F;  // display value from which a channel shines

struct Small {
  int width, height;
  std::vector<Color> colors;
  Color& at(int x, int y) { return colors[std::size_t(y) * std::size_t(width) + std::size_t(x)]; }
};

/// What shines, a cell at a time.
Small brightParts(const std::vector<Color>& colors, int width, int height) {
  Small small{(width + kCell - 1) / kCell, (height + kCell - 1) / kCell, {}};
  small.colors.assign(std::size_t(small.width) * std::size_t(small.height), Color(0, 0, 0));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Color& color = colors[std::size_t(y) * std::size_t(width) + std::size_t(x)];
      const float above = color.maxCoeff() - kBright;
      if (above > 0) small.at(x / kCell, y / kCell) += color * (above / (1 - kBright)) / float(kCell * kCell);
    }
  }
  return small;
}

/// The mean over 2 * radius + 1 cells along one axis.
void blur(Small& small, int radius, bool along_x) {
  const int length = along_x ? small.width : small.height;
  const int lines = along_x ? small.height : small.width;
  std::vector<Color> line(std::size_t(length), Color(0, 0, 0));
  for (int i = 0; i < lines; ++i) {
    const auto cell = [&](int k) -> Color& { return along_x ? small.at(k, i) : small.at(i, k); };
    for (int k = 0; k < length; ++k) {
      Color sum{0, 0, 0};
      for (int o = std::max(k - radius, 0); o <= std::min(k + radius, length - 1); ++o)
        sum += cell(o);
      line[std::size_t(k)] = sum / float(2 * radius + 1);
    }
    for (int k = 0; k < length; ++k)
      cell(k) = line[std::size_t(k)];
  }
}

/// The halo at a pixel, without steps between cells.
Color between(Small& small, int x, int y) {
  const float fx = std::clamp((float(x) + 0.5F) / kCell - 0.5F, 0.0F, float(small.width - 1));
  const float fy = std::clamp((float(y) + 0.5F) / kCell - 0.5F, 0.0F, float(small.height - 1));
  const int x0 = int(fx), y0 = int(fy);
  const int x1 = std::min(x0 + 1, small.width - 1), y1 = std::min(y0 + 1, small.height - 1);
  const float tx = fx - float(x0), ty = fy - float(y0);
  return (small.at(x0, y0) * (1 - tx) + small.at(x1, y0) * tx) * (1 - ty) +
         (small.at(x0, y1) * (1 - tx) + small.at(x1, y1) * tx) * ty;
}

}  // namespace

void addGlare(std::vector<Color>& colors, int width, int height, float strength) {
  if (strength <= 0) return;
  Small halo = brightParts(colors, width, height);
  const int radius = std::max(1, width / 352);
  for (int pass = 0; pass < 3; ++pass) {
    blur(halo, radius, true);
    blur(halo, radius, false);
  }
  Small wide = halo;
  for (int pass = 0; pass < 2; ++pass) {
    blur(wide, 4 * radius, true);
    blur(wide, 4 * radius, false);
  }
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      Color& color = colors[std::size_t(y) * std::size_t(width) + std::size_t(x)];
      const Color add = (strength * (0.5F * between(halo, x, y) + 0.5F * between(wide, x, y))).cwiseMin(1.0F);
      color += (Color(1, 1, 1) - color.cwiseMin(1.0F)).cwiseProduct(add);
    }
  }
}

}  // namespace hbev::synth
