// Camera pictures: JPEG and PNG, whole and reduced. Checksums of PNG's chunks are put right, so that what is
// in them gets decoded.
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

std::string withChecksums(std::string_view picture) {
  constexpr std::size_t kSignature = 8, kAround = 12;  // bytes; of a chunk: length, name, checksum
  std::string whole(picture);
  if (!picture.starts_with("\x89PNG")) return whole;
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
  file.write(withChecksums(fuzz::textOf(data, size)));
  const int max_width = size % 2 == 0 ? 0 : 8;
  fuzz::readOrRefuse([&] {
    const Image image = readImage(file.path(), max_width);
    fuzz::require(image.width > 0 && image.height > 0, "a picture has pixels");
    fuzz::require(image.rgb.size() == std::size_t(image.width) * std::size_t(image.height) * 3,
                  "three bytes for each pixel");
  });
  return 0;
}
