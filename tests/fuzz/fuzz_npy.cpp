// .npy images: the header's dictionary, every element type, order and byte order.
#include <cmath>
#include <cstring>

#include "core/io/npy.h"
#include "tests/fuzz/target.h"

using namespace hbev;

namespace {

/// What was read must survive being written and read again.
template <class T>
void requireRoundTrip(const NpyArray& array) {
  std::vector<T> values;
  if (!fuzz::readOrRefuse([&] { values = array.values<T>(); })) return;
  fuzz::require(values.size() == array.count(), "as many values as the shape says");
  const NpyArray again = parseNpy(formatNpy<T>(values, array.shape()), "again.npy");
  fuzz::require(again.shape() == array.shape(), "the shape comes back");
  const std::vector<T> back = again.values<T>();
  fuzz::require(values.empty() || std::memcmp(values.data(), back.data(), values.size() * sizeof(T)) == 0,
                "the values come back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::readOrRefuse([&] {
    const NpyArray array = parseNpy(std::as_bytes(std::span(data, size)), "fuzzed.npy");
    fuzz::require(array.header().byteCount() <= size, "no more elements than bytes");
    requireRoundTrip<std::uint8_t>(array);
    requireRoundTrip<std::int32_t>(array);
    requireRoundTrip<std::int64_t>(array);
    requireRoundTrip<float>(array);
    requireRoundTrip<double>(array);
  });
  return 0;
}
