// .npz archives: broken zips, and whole zips around broken arrays.
#include <array>

#include "core/io/npz.h"
#include "tests/fuzz/archive.h"

using namespace hbev;

namespace {

constexpr std::array<std::string_view, 4> kNames{"semantics", "flow", "arr_0", "a/b"};
constexpr std::size_t kMaxFilled = 100'000;
constexpr std::size_t kMaxBytes = std::size_t(1) << 20;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  file.write(fuzz::archiveOf(data, size, kNames, kMaxFilled));
  fuzz::readOrRefuse([&] {
    const NpzReader npz(file.path());
    std::size_t read = 0;
    for (const std::string& name : npz.names()) {
      if (++read > 8) break;  // a directory may name thousands
      fuzz::require(npz.contains(name), "every name can be asked for");
      fuzz::readOrRefuse([&] { npz.header(name).description(); });
      fuzz::readOrRefuse([&] {
        const NpyArray array = npz.read(name, kMaxBytes);
        fuzz::require(array.header().byteCount() <= kMaxBytes, "the limit holds");
        fuzz::require(array.values<double>().size() == array.count(), "as many values as the shape says");
      });
    }
  });
  return 0;
}
