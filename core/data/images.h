// Camera pictures, decoded: JPEGs by libjpeg-turbo, PNGs by OpenCV, which only images.cpp needs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace hbev {

/// 8-bit RGB, rows from the top, no padding.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

/// How a JPEG's colours and frequencies are worked out. Fast is off by a shade or two at sharp edges.
enum class ImageQuality { Fine, Fast };

/// Decodes a JPEG or PNG, or reads a PPM as it is. With `min_width` the picture is decoded at the smallest of
/// 1, 1/2, 1/4, 1/8 of its size that is at least that wide (much faster for JPEGs). Throws Error: absent, no
/// picture, larger than 64 megapixels, damaged or cut off anywhere.
Image readImage(const std::filesystem::path& file, int min_width = 0,
                ImageQuality quality = ImageQuality::Fine);

/// Writes a PNG or JPEG by the file's ending, by rename. Throws Error.
void writeImage(const std::filesystem::path& file, const Image& image, int jpeg_quality = 92);

}  // namespace hbev
