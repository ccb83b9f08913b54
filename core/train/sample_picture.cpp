#include "core/train/sample_picture.h"

#include <algorithm>
#include <cstddef>

#include "core/data/ppm.h"

namespace hbev {
namespace {

constexpr Rgb kNothingThere{24, 26, 30}, kBetween{96, 98, 102};
constexpr int kGap = 4;  // pixels between the two, and between rows

/// Of the column of voxels that begins at `column`.
Rgb topmostColor(const Occupancy& occupancy, std::size_t column) {
  for (int z = occupancy.grid.dims.z() - 1; z >= 0; --z) {
    const std::uint8_t label = occupancy.semantics[column + std::size_t(z)];
    if (label < occupancy.classes->free()) return occupancy.classes->color(label, Palette::Studio);
  }
  return kNothingThere;
}

/// `left`, `top`: the view's corner in the picture.
void drawTopView(Image& picture, const Occupancy& occupancy, int left, int top) {
  const Eigen::Vector3i& dims = occupancy.grid.dims;
  for (int x = 0; x < dims.x(); ++x) {
    for (int y = 0; y < dims.y(); ++y) {
      const Rgb color = topmostColor(
          occupancy, (std::size_t(x) * std::size_t(dims.y()) + std::size_t(y)) * std::size_t(dims.z()));
      const int row = top + dims.x() - 1 - x, place = left + dims.y() - 1 - y;
      std::uint8_t* pixel =
          &picture.rgb[3 * (std::size_t(row) * std::size_t(picture.width) + std::size_t(place))];
      pixel[0] = color.r, pixel[1] = color.g, pixel[2] = color.b;
    }
  }
}

}  // namespace

void addTopViews(Image& picture, const Occupancy& prediction, const Occupancy& truth) {
  const Eigen::Vector3i& dims = prediction.grid.dims;
  if (truth.grid.dims != dims) return;
  const int top = picture.height == 0 ? 0 : picture.height + kGap;
  picture.width = 2 * dims.y() + kGap;
  picture.height = top + dims.x();
  const std::size_t pixels = std::size_t(picture.width) * std::size_t(picture.height);
  const std::size_t before = picture.rgb.size() / 3;
  picture.rgb.resize(3 * pixels);
  for (std::size_t i = before; i < pixels; ++i)
    std::ranges::copy(std::initializer_list<std::uint8_t>{kBetween.r, kBetween.g, kBetween.b},
                      picture.rgb.begin() + std::ptrdiff_t(3 * i));
  drawTopView(picture, prediction, 0, top);
  drawTopView(picture, truth, dims.y() + kGap, top);
}

std::filesystem::path writeSamplePicture(const std::filesystem::path& file_without_ending,
                                         const Image& picture) {
  std::filesystem::path file = file_without_ending;
#ifdef HBEV_HAS_OPENCV
  file += ".png";
  writeImage(file, picture);
#else
  file += ".ppm";
  writePpm(file, picture);
#endif
  return file;
}

}  // namespace hbev
