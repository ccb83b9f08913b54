#include "core/data/images.h"

#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/jpeg.h"
#include "core/data/ppm.h"

namespace hbev {
namespace {

constexpr std::int64_t kMaxPixels = std::int64_t(64) << 20;

Error unreadable(const std::filesystem::path& file, const std::string& found) {
  return Error({file.filename().string() + " cannot be read", file, "a JPEG or PNG picture", found,
                "Copy the file again."});
}

/// Width and height from a PNG's header, without decoding. Nothing when it is none. All of the signature
/// counts: what only begins like it would go to one of OpenCV's many other decoders, some of which abort on
/// damage.
std::optional<cv::Size> pngSize(const std::vector<std::byte>& bytes) {
  constexpr std::string_view kSignature = "\x89PNG\r\n\x1A\n";
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (bytes.size() <= 24 || !text.starts_with(kSignature)) return std::nullopt;
  const auto at = [&](std::size_t i) { return std::to_integer<int>(bytes[i]); };
  const auto number = [&](std::size_t i) {
    return at(i) << 24 | at(i + 1) << 16 | at(i + 2) << 8 | at(i + 3);
  };
  return cv::Size(number(16), number(20));
}

void requireSane(const std::filesystem::path& file, int width, int height) {
  if (width <= 0 || height <= 0) throw unreadable(file, "one without pixels");
  if (std::int64_t(width) * height > kMaxPixels)
    throw unreadable(file, fmt::format("{} x {} pixels", width, height));
}

/// The largest of 1, 2, 4, 8 by which `width` can be divided and is not less than wanted.
int reductionFor(int width, int min_width) {
  int reduction = 1;
  while (min_width > 0 && reduction < 8 && width / (2 * reduction) >= min_width)
    reduction *= 2;
  return reduction;
}

Image readPng(const std::filesystem::path& file, const std::vector<std::byte>& bytes, int reduction) {
  const cv::Mat encoded(1, int(bytes.size()), CV_8UC1, const_cast<std::byte*>(bytes.data()));
  cv::Mat decoded;
  try {
    decoded = cv::imdecode(encoded, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (decoded.empty()) throw unreadable(file, "a damaged or truncated one");
    if (reduction > 1) cv::resize(decoded, decoded, {}, 1.0 / reduction, 1.0 / reduction, cv::INTER_AREA);
  } catch (const cv::Exception& error) {
    throw unreadable(file, error.err);
  }
  Image image{decoded.cols, decoded.rows,
              std::vector<std::uint8_t>(std::size_t(decoded.cols) * std::size_t(decoded.rows) * 3)};
  cv::Mat target(decoded.rows, decoded.cols, CV_8UC3, image.rgb.data());
  cv::cvtColor(decoded, target, cv::COLOR_BGR2RGB);
  return image;
}

}  // namespace

Image readImage(const std::filesystem::path& file, int min_width, ImageQuality quality) {
  const std::vector<std::byte> bytes = readFile(file, std::uint64_t(256) << 20);
  if (const std::optional<JpegSize> size = jpegSize(bytes)) {
    requireSane(file, size->width, size->height);
    DecodedJpeg decoded = decodeJpeg(bytes, reductionFor(size->width, min_width), quality);
    if (!decoded.damage.empty()) throw unreadable(file, decoded.damage);
    return std::move(decoded.image);
  }
  if (const std::optional<cv::Size> size = pngSize(bytes)) {
    requireSane(file, size->width, size->height);
    return readPng(file, bytes, reductionFor(size->width, min_width));
  }
  if (isPpm(bytes)) return readPpm(file, bytes);
  const bool begins_as_jpeg = bytes.size() > 2 && bytes[0] == std::byte{0xFF} && bytes[1] == std::byte{0xD8};
  throw unreadable(file, bytes.empty()    ? "an empty file"
                         : begins_as_jpeg ? "a JPEG without a usable header"
                                          : "something else");
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
