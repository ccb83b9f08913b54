// Camera pictures: JPEG and PNG, whole and reduced.
#include "core/data/images.h"
#include "tests/fuzz/target.h"

using namespace hbev;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  file.write(fuzz::textOf(data, size));
  const int max_width = size % 2 == 0 ? 0 : 8;
  fuzz::readOrRefuse([&] {
    const Image image = readImage(file.path(), max_width);
    fuzz::require(image.width > 0 && image.height > 0, "a picture has pixels");
    fuzz::require(image.rgb.size() == std::size_t(image.width) * std::size_t(image.height) * 3,
                  "three bytes for each pixel");
  });
  return 0;
}
