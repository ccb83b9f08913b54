#include "core/data/jpeg.h"

#include <memory>
#include <string_view>
#include <turbojpeg.h>

namespace hbev {
namespace {

struct Destroy {
  void operator()(void* handle) const { tjDestroy(handle); }
};

std::unique_ptr<void, Destroy>& threadsDecompressor() {
  thread_local std::unique_ptr<void, Destroy> handle;
  return handle;
}

/// One decompressor a thread: making one costs as much as a small picture.
tjhandle decompressor() {
  std::unique_ptr<void, Destroy>& handle = threadsDecompressor();
  if (!handle) handle.reset(tjInitDecompress());
  return handle.get();
}

/// After a failure: a decompressor that met damage may refuse every picture that follows.
void discardDecompressor() {
  threadsDecompressor().reset();
}

const unsigned char* data(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// What libjpeg says, in our words where people meet it.
std::string damageOf(const char* said) {
  const std::string_view text(said);
  if (text.starts_with("Premature end of JPEG")) return "one that ends before its last row";
  return "a damaged one (" + std::string(text) + ")";
}

/// Remarks on the header that do not touch a single pixel.
bool isHarmless(std::string_view said) {
  return said.starts_with("Warning: unknown JFIF revision") ||
         said.starts_with("Unknown Adobe color transform");
}

}  // namespace

std::optional<JpegSize> jpegSize(std::span<const std::byte> bytes) {
  if (bytes.size() < 4 || bytes[0] != std::byte{0xFF} || bytes[1] != std::byte{0xD8}) return std::nullopt;
  JpegSize size;
  int subsampling = 0, colorspace = 0;
  const int failed = tjDecompressHeader3(decompressor(), data(bytes), bytes.size(), &size.width, &size.height,
                                         &subsampling, &colorspace);
  if (!failed) return size;
  const bool is_fatal = tjGetErrorCode(decompressor()) == TJERR_FATAL;
  discardDecompressor();
  if (is_fatal || size.width <= 0 || size.height <= 0) return std::nullopt;
  return size;
}

DecodedJpeg decodeJpeg(std::span<const std::byte> bytes, int reduction, ImageQuality quality) {
  DecodedJpeg decoded;
  const std::optional<JpegSize> size = jpegSize(bytes);
  if (!size) {
    decoded.damage = "one without a readable header";
    return decoded;
  }
  Image& image = decoded.image;
  image.width = (size->width + reduction - 1) / reduction;
  image.height = (size->height + reduction - 1) / reduction;
  image.rgb.resize(std::size_t(image.width) * std::size_t(image.height) * 3);
  const int speed = quality == ImageQuality::Fast ? TJFLAG_FASTUPSAMPLE | TJFLAG_FASTDCT : 0;
  const auto decode = [&](int flags) {
    return tjDecompress2(decompressor(), data(bytes), bytes.size(), image.rgb.data(), image.width, 0,
                         image.height, TJPF_RGB, flags);
  };
  // A picture of a hundred scans takes minutes and shows no more than one of ten.
  bool failed = decode(TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | speed) != 0;
  if (failed && isHarmless(tjGetErrorStr2(decompressor()))) failed = decode(TJFLAG_LIMITSCANS | speed) != 0;
  if (failed) {
    decoded.damage = damageOf(tjGetErrorStr2(decompressor()));
    image = {};
    discardDecompressor();
  }
  return decoded;
}

}  // namespace hbev
