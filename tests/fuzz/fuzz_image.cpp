// Camera pictures: JPEG and PNG, whole and reduced. Checksums of PNG's chunks are put right, so that what is
// in them gets decoded; and most pictures are kept below a megapixel, because time spent on filling large
// ones finds nothing.
#include "core/data/images.h"
#include "tests/fuzz/target.h"
#include "tests/io/raw_zip.h"

using namespace hbev;

namespace {

std::uint32_t bigEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4))
    value = value << 8 | std::uint8_t(byte);
  return value;
}

/// Every frame header of a JPEG and the header of a PNG with less than 1024 rows and columns.
std::string withModestSize(std::string picture) {
  constexpr std::size_t kJpegHeight = 5, kJpegWidth = 7, kPngWidth = 16, kPngHeight = 20;
  const auto clear = [&](std::size_t at, unsigned kept) {
    if (at < picture.size()) picture[at] = char(std::uint8_t(picture[at]) & kept);
  };
  if (picture.starts_with("\x89PNG")) {
    for (const std::size_t at : {kPngWidth, kPngHeight}) {
      clear(at, 0);
      clear(at + 1, 0);
      clear(at + 2, 3);
    }
    return picture;
  }
  for (std::size_t at = picture.find('\xFF'); at != picture.npos; at = picture.find('\xFF', at + 1)) {
    const auto marker = at + 1 < picture.size() ? std::uint8_t(picture[at + 1]) : 0;
    if ((marker & 0xF0) != 0xC0 || marker == 0xC4 || marker == 0xCC) continue;  // tables, not frames
    clear(at + kJpegHeight, 3);
    clear(at + kJpegWidth, 3);
  }
  return picture;
}

std::string withChecksums(std::string whole) {
  constexpr std::size_t kSignature = 8, kAround = 12;  // bytes; of a chunk: length, name, checksum
  if (!whole.starts_with("\x89PNG")) return whole;
  for (std::size_t at = kSignature; at + kAround <= whole.size();) {
    const std::size_t length = bigEndian(std::string_view(whole).substr(at));
    if (length > whole.size() - at - kAround) break;
    const std::uint32_t sum = test::crc32Of(whole.substr(at + 4, length + 4));
    for (std::size_t i = 0; i < 4; ++i)
      whole[at + 8 + length + i] = char(sum >> (24 - 8 * i) & 0xFF);
    at += length + kAround;
  }
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  const std::string picture(fuzz::textOf(data, size));
  file.write(withChecksums(fuzz::isOneIn(256, data, size) ? picture : withModestSize(picture)));
  const int max_width = size % 2 == 0 ? 0 : 8;
  fuzz::readOrRefuse([&] {
    const Image image = readImage(file.path(), max_width);
    fuzz::require(image.width > 0 && image.height > 0, "a picture has pixels");
    fuzz::require(image.rgb.size() == std::size_t(image.width) * std::size_t(image.height) * 3,
                  "three bytes for each pixel");
  });
  return 0;
}
