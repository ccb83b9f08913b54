#include "core/data/ppm.h"

#include <array>
#include <cctype>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {
namespace {

constexpr std::size_t kMostPpmPixels = std::size_t(64) << 20;

Error noPpm(const std::filesystem::path& file, const std::string& found) {
  return Error({.summary = file.filename().string() + " cannot be read",
                .file = file,
                .expected = "an uncompressed picture (PPM), as hbevocc prepare writes it",
                .found = found,
                .advice = "Prepare the data again; JPEGs need a build with OpenCV."});
}

/// The next number of the header, which may have comments; moves `at` behind it.
std::size_t headerNumber(std::span<const std::byte> bytes, std::size_t& at) {
  const auto letter = [&] { return at < bytes.size() ? std::to_integer<unsigned char>(bytes[at]) : 0; };
  while (std::isspace(letter()) || letter() == '#') {
    if (letter() == '#') {
      while (at < bytes.size() && letter() != '\n')
        ++at;
    }
    ++at;
  }
  std::size_t value = 0;
  for (; std::isdigit(letter()) && value < kMostPpmPixels; ++at)
    value = value * 10 + std::size_t(letter() - '0');
  return value;
}

}  // namespace

bool isPpm(std::span<const std::byte> begin) {
  return begin.size() > 2 && begin[0] == std::byte('P') && begin[1] == std::byte('6') &&
         std::isspace(std::to_integer<unsigned char>(begin[2]));
}

Image readPpm(const std::filesystem::path& file, std::span<const std::byte> bytes) {
  if (!isPpm(bytes)) throw noPpm(file, "another kind of file");
  std::size_t at = 2;
  const std::size_t width = headerNumber(bytes, at), height = headerNumber(bytes, at);
  const std::size_t largest = headerNumber(bytes, at);
  ++at;  // one blank ends the header
  if (width == 0 || height == 0 || largest != 255 || width > kMostPpmPixels / height)
    throw noPpm(file, fmt::format("{} x {} pixels up to {}", width, height, largest));
  const std::size_t size = 3 * width * height;
  if (at > bytes.size() || bytes.size() - at != size) {
    throw noPpm(file, fmt::format("{} bytes of pixels where {} should be",
                                  at > bytes.size() ? 0 : bytes.size() - at, size));
  }
  Image image{int(width), int(height), std::vector<std::uint8_t>(size)};
  std::memcpy(image.rgb.data(), bytes.data() + at, size);
  return image;
}

Image readPpm(const std::filesystem::path& file) {
  constexpr std::size_t kHeader = 4096;
  return readPpm(file, readFile(file, 3 * kMostPpmPixels + kHeader));
}

void writePpm(const std::filesystem::path& file, const Image& image) {
  const std::string header = fmt::format("P6\n{} {}\n255\n", image.width, image.height);
  std::vector<std::byte> bytes(header.size() + image.rgb.size());
  std::memcpy(bytes.data(), header.data(), header.size());
  std::memcpy(bytes.data() + header.size(), image.rgb.data(), image.rgb.size());
  writeFile(file, bytes);
}

}  // namespace hbev
