// Camera pictures, decoded. The only file of core/data that needs OpenCV.
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

/// Decodes a JPEG or PNG. With `max_width` the picture is decoded at the largest of 1, 1/2, 1/4, 1/8 that is
/// at least that wide (much faster for JPEGs). Throws Error: absent, no picture, larger than 64 megapixels.
Image readImage(const std::filesystem::path& file, int max_width = 0);

/// Writes a PNG or JPEG by the file's ending, by rename. Throws Error.
void writeImage(const std::filesystem::path& file, const Image& image, int jpeg_quality = 92);

}  // namespace hbev
