// A picture with a gradient and coloured corners.
#pragma once

#include "core/data/images.h"

namespace hbev::test {

inline Image madeImage(int width, int height) {
  Image image{width, height, std::vector<std::uint8_t>(std::size_t(width) * std::size_t(height) * 3)};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* pixel = &image.rgb[3 * (std::size_t(y) * std::size_t(width) + std::size_t(x))];
      pixel[0] = std::uint8_t(255 * x / width);
      pixel[1] = std::uint8_t(255 * y / height);
      pixel[2] = std::uint8_t(x < width / 4 && y < height / 4 ? 255 : 40);
    }
  }
  return image;
}

}  // namespace hbev::test
