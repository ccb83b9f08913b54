#include "core/data/images.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {
namespace {

constexpr std::int64_t kMaxPixels = std::int64_t(64) << 20;

Error unreadable(const std::filesystem::path& file, const std::string& found) {
  return Error({file.filename().string() + " cannot be read", file, "a JPEG or PNG picture", found,
                "Copy the file again."});
}

/// Width and height from a JPEG's or PNG's header, without decoding. Nothing when it is neither.
std::optional<cv::Size> pictureSize(const std::vector<std::byte>& bytes) {
  const auto at = [&](std::size_t i) { return std::to_integer<int>(bytes[i]); };
  if (bytes.size() > 24 && at(0) == 0x89 && at(1) == 'P') {
    const auto number = [&](std::size_t i) {
      return at(i) << 24 | at(i + 1) << 16 | at(i + 2) << 8 | at(i + 3);
    };
    return cv::Size(number(16), number(20));
  }
  if (bytes.size() < 4 || at(0) != 0xFF || at(1) != 0xD8) return std::nullopt;
  for (std::size_t i = 2; i + 9 < bytes.size();) {
    if (at(i) != 0xFF) return std::nullopt;
    const int marker = at(i + 1);
    const bool is_frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (is_frame) return cv::Size(at(i + 7) << 8 | at(i + 8), at(i + 5) << 8 | at(i + 6));
    i += marker == 0xFF ? 1 : std::size_t(2 + (at(i + 2) << 8 | at(i + 3)));
  }
  return std::nullopt;
}

/// Whether a JPEG goes on to its end mark. The decoder paints what is missing grey and says nothing, and a
/// picture that is half invented must not pass for a measurement. Bytes after the mark (padding, appended
/// data) are fine.
bool endsEarly(const std::vector<std::byte>& bytes) {
  if (bytes.size() < 2 || bytes[0] != std::byte{0xFF} || bytes[1] != std::byte{0xD8}) return false;
  // The mark cannot occur inside of the picture's data; a thumbnail's lies before the start of the scan.
  const auto find = [&](auto from, int marker) {
    const std::array mark{std::byte{0xFF}, std::byte(marker)};
    return std::search(from, bytes.end(), mark.begin(), mark.end());
  };
  auto scan = bytes.begin() + 2;
  while (bytes.end() - scan > 4 && *scan == std::byte{0xFF} && scan[1] != std::byte{0xDA}) {
    const bool filling = scan[1] == std::byte{0xFF};
    const auto length =
        filling
            ? 1
            : 2 + (std::to_integer<std::ptrdiff_t>(scan[2]) << 8 | std::to_integer<std::ptrdiff_t>(scan[3]));
    scan += std::min(length, bytes.end() - scan);
  }
  return find(scan, 0xD9) == bytes.end();
}

int decodeFlag(int width, int max_width) {
  if (max_width <= 0 || width / 2 < max_width) return cv::IMREAD_COLOR;
  if (width / 4 < max_width) return cv::IMREAD_REDUCED_COLOR_2;
  if (width / 8 < max_width) return cv::IMREAD_REDUCED_COLOR_4;
  return cv::IMREAD_REDUCED_COLOR_8;
}

}  // namespace

Image readImage(const std::filesystem::path& file, int max_width) {
  const std::vector<std::byte> bytes = readFile(file, std::uint64_t(256) << 20);
  const std::optional<cv::Size> size = pictureSize(bytes);
  if (!size || size->width <= 0 || size->height <= 0)
    throw unreadable(file, bytes.empty() ? "an empty file" : "something else");
  if (std::int64_t(size->width) * size->height > kMaxPixels) {
    throw unreadable(file, fmt::format("{} x {} pixels", size->width, size->height));
  }
  if (endsEarly(bytes)) throw unreadable(file, "one that ends before its last row");
  const cv::Mat encoded(1, int(bytes.size()), CV_8UC1, const_cast<std::byte*>(bytes.data()));
  cv::Mat decoded;
  try {
    decoded = cv::imdecode(encoded, decodeFlag(size->width, max_width) | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    throw unreadable(file, error.err);
  }
  if (decoded.empty()) throw unreadable(file, "a damaged or truncated one");
  Image image{decoded.cols, decoded.rows,
              std::vector<std::uint8_t>(std::size_t(decoded.cols) * std::size_t(decoded.rows) * 3)};
  cv::Mat target(decoded.rows, decoded.cols, CV_8UC3, image.rgb.data());
  cv::cvtColor(decoded, target, cv::COLOR_BGR2RGB);
  return image;
}

void writeImage(const std::filesystem::path& file, const Image& image, int jpeg_quality) {
  if (image.width <= 0 || image.height <= 0) {
    throw Error(
        {file.filename().string() + " cannot be written", file, "a picture", "one without pixels", {}});
  }
  const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> encoded;
  bool written = false;
  try {
    written = cv::imencode(file.extension().string(), bgr, encoded, {cv::IMWRITE_JPEG_QUALITY, jpeg_quality});
  } catch (const cv::Exception&) {
    written = false;
  }
  if (!written) {
    throw Error({file.filename().string() + " cannot be written",
                 file,
                 "a name that ends in .png or .jpg",
                 file.extension().empty() ? "no ending" : file.extension().string(),
                 {}});
  }
  writeFile(file, std::as_bytes(std::span(encoded)));
}

}  // namespace hbev
