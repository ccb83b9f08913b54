// JPEGs by libjpeg-turbo: straight to RGB, at full size or a fraction of it; damage is an error, not grey
// stripes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "core/data/images.h"

namespace hbev {

struct JpegSize {
  int width = 0, height = 0;
};

/// Of the header, without decoding. Nothing when the bytes do not begin as a JPEG does.
std::optional<JpegSize> jpegSize(std::span<const std::byte> bytes);

/// A picture, or in `damage` what is wrong with it. The picture is decoded at 1 / `reduction` (1, 2, 4 or 8)
/// of its size, rounded up.
struct DecodedJpeg {
  Image image;
  std::string damage;  ///< "it ends before its last row"; empty when all is well
};
DecodedJpeg decodeJpeg(std::span<const std::byte> bytes, int reduction, ImageQuality quality);

}  // namespace hbev
