// Uncompressed pictures (Netpbm's binary PPM): what packed data sets hold, readable without any library.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "core/data/images.h"

namespace hbev {

/// Whether bytes begin as a PPM does.
bool isPpm(std::span<const std::byte> begin);

/// 8-bit RGB. Throws Error: absent, no such picture, larger than 64 megapixels, truncated or with bytes left
/// over. Source of the format: netpbm.sourceforge.net/doc/ppm.html.
Image readPpm(const std::filesystem::path& file);
Image readPpm(const std::filesystem::path& file, std::span<const std::byte> bytes);

/// The file appears whole. Throws Error.
void writePpm(const std::filesystem::path& file, const Image& image);

}  // namespace hbev
