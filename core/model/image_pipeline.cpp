#include "core/model/image_pipeline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <stdexcept>

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include "core/base/error.h"
#include "core/model/resize.h"

namespace hbev {
namespace {

constexpr std::array<float, 3> kMean{123.675F, 116.28F, 103.53F}, kDeviation{58.395F, 57.12F, 57.375F};

double radians(double degrees) {
  return degrees / 180 * std::numbers::pi;
}

/// Python's round(value, 15): by way of its decimal digits.
double rounded15(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.15f", value);
  return std::strtod(text.data(), nullptr);
}

void mirror(Image& image) {
  for (int y = 0; y < image.height; ++y) {
    std::uint8_t* row = image.rgb.data() + std::size_t(y) * std::size_t(image.width) * 3;
    for (int left = 0, right = image.width - 1; left < right; ++left, --right)
      std::swap_ranges(row + 3 * left, row + 3 * left + 3, row + 3 * right);
  }
}

/// Pillow's Image.rotate(): the nearest pixel in 16.16 fixed point, black outside. As there, turns of a half
/// circle and none are exact.
Image turned(const Image& image, double degrees) {
  double angle = std::fmod(degrees, 360.0);
  if (angle < 0) angle += 360.0;
  if (angle == 0) return image;
  Image result{image.width, image.height, std::vector<std::uint8_t>(image.rgb.size(), 0)};
  if (angle == 180) {
    for (std::size_t i = 0, last = image.rgb.size() / 3 - 1; i <= last; ++i)
      std::copy_n(&image.rgb[3 * (last - i)], 3, &result.rgb[3 * i]);
    return result;
  }
  const double turn = -(angle * (std::numbers::pi / 180));
  std::array<double, 6> m{rounded15(std::cos(turn)),  rounded15(std::sin(turn)), 0,
                          rounded15(-std::sin(turn)), rounded15(std::cos(turn)), 0};
  const double x = image.width / 2.0, y = image.height / 2.0;
  m[2] = m[0] * -x + m[1] * -y + m[2] + x;
  m[5] = m[3] * -x + m[4] * -y + m[5] + y;
  const auto fixed = [](double value) { return int(std::floor(value * 65536.0 + 0.5)); };
  const int x_by_x = fixed(m[0]), x_by_y = fixed(m[1]), y_by_x = fixed(m[3]), y_by_y = fixed(m[4]);
  int row_x = fixed(m[2] + m[0] * 0.5 + m[1] * 0.5), row_y = fixed(m[5] + m[3] * 0.5 + m[4] * 0.5);
  std::uint8_t* out = result.rgb.data();
  for (int row = 0; row < image.height; ++row, row_x += x_by_y, row_y += y_by_y) {
    int at_x = row_x, at_y = row_y;
    for (int column = 0; column < image.width; ++column, at_x += x_by_x, at_y += y_by_x, out += 3) {
      const int from_x = at_x >> 16, from_y = at_y >> 16;
      if (from_x < 0 || from_x >= image.width || from_y < 0 || from_y >= image.height) continue;
      std::copy_n(&image.rgb[3 * (std::size_t(from_y) * std::size_t(image.width) + std::size_t(from_x))], 3,
                  out);
    }
  }
  return result;
}

/// Every normalised value there can be: [channel of the network][byte]. OpenCV's arithmetic: the mean is
/// taken away in single precision, the division is a product in double.
const std::array<std::array<float, 256>, 3>& normalisedValues() {
  static const auto table = [] {
    std::array<std::array<float, 256>, 3> values{};
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const double factor = 1 / double(kDeviation[channel]);
      for (std::size_t byte = 0; byte < 256; ++byte)
        values[channel][byte] = float(double(float(byte) - kMean[channel]) * factor);
    }
    return values;
  }();
  return table;
}

}  // namespace

ImageChange testChange(const ImageConfig& config, int picture_width, int picture_height) {
  ImageChange change;
  change.scale = double(config.width) / double(picture_width);
  change.width = int(picture_width * change.scale);
  change.height = int(picture_height * change.scale);
  change.left = std::max(0, change.width - config.width) / 2;
  change.top = change.height - config.height;
  change.crop_width = config.width;
  change.crop_height = config.height;
  return change;
}

Eigen::Matrix4f matrixOf(const ImageChange& change) {
  Eigen::Matrix2f turn = Eigen::Matrix2f::Identity() * float(change.scale);
  Eigen::Vector2f shift(-float(change.left), -float(change.top));
  const Eigen::Vector2f size(float(change.crop_width), float(change.crop_height));
  if (change.mirrored) {
    const Eigen::Matrix2f flip = Eigen::Vector2f(-1, 1).asDiagonal();
    turn = (flip * turn).eval();
    shift = (flip * shift + Eigen::Vector2f(size.x(), 0)).eval();
  }
  const double angle = radians(change.turn_deg);
  Eigen::Matrix2f rotation;
  rotation << float(std::cos(angle)), float(std::sin(angle)), float(-std::sin(angle)), float(std::cos(angle));
  const Eigen::Vector2f center = size / 2;
  Eigen::Matrix4f matrix = Eigen::Matrix4f::Identity();
  matrix.topLeftCorner<2, 2>() = rotation * turn;
  matrix.block<2, 1>(0, 2) = rotation * shift + (rotation * -center + center);
  return matrix;
}

Eigen::Matrix3d pixelMatrixOf(const ImageChange& change) {
  Eigen::Matrix3d matrix = matrixOf(change).topLeftCorner<3, 3>().cast<double>();
  matrix(2, 2) = 1;
  return matrix;
}

Image changedImage(const Image& picture, const ImageChange& change) {
  if (picture.width <= 0 || picture.height <= 0 || change.width <= 0 || change.height <= 0 ||
      picture.rgb.size() != std::size_t(picture.width) * std::size_t(picture.height) * 3) {
    throw Error({"A picture has no usable size",
                 {},
                 "a width and a height above 0",
                 fmt::format("{} x {}, to be resized to {} x {}", picture.width, picture.height, change.width,
                             change.height),
                 {}});
  }
  const ResizePlan plan(picture.width, picture.height, change.width, change.height,
                        {change.left, change.top, change.crop_width, change.crop_height});
  Image result{
      change.crop_width, change.crop_height,
      std::vector<std::uint8_t>(std::size_t(change.crop_width) * std::size_t(change.crop_height) * 3, 0)};
  tbb::parallel_for(tbb::blocked_range<int>(0, change.crop_height, ResizePlan::kRowsPerBlock),
                    [&](const tbb::blocked_range<int>& rows) {
                      plan.resizeRows(picture, rows.begin(), rows.end(), result);
                    });
  if (change.mirrored) mirror(result);
  return turned(result, change.turn_deg);
}

void normalise(const Image& image, std::span<float> planes) {
  const std::size_t pixels = std::size_t(image.width) * std::size_t(image.height);
  if (planes.size() != 3 * pixels || image.rgb.size() != 3 * pixels)
    throw std::invalid_argument("normalise: the planes do not have the picture's size");
  const auto& values = normalisedValues();
  float* blue = planes.data();
  float* green = blue + pixels;
  float* red = green + pixels;
  for (std::size_t i = 0; i < pixels; ++i) {
    red[i] = values[2][image.rgb[3 * i]];
    green[i] = values[1][image.rgb[3 * i + 1]];
    blue[i] = values[0][image.rgb[3 * i + 2]];
  }
}

}  // namespace hbev
