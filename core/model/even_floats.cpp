#include "core/model/even_floats.h"

#include <cmath>

namespace hbev {
namespace {

constexpr std::int64_t kGroup = 8, kGroupsTogether = 2;

}  // namespace

std::vector<float> evenFloats(float first, float last, std::int64_t count) {
  std::vector<float> numbers;
  if (count <= 0) return numbers;
  numbers.reserve(std::size_t(count));
  if (count == 1) return {first};
  const float step = (last - first) / float(count - 1);
  // From whichever end is nearer, so that both ends are exact.
  const auto at = [&](std::int64_t i) {
    return i < count / 2 ? std::fma(step, float(i), first) : std::fma(-step, float(count - i - 1), last);
  };
  const std::int64_t grouped = count - count % (kGroup * kGroupsTogether);
  for (std::int64_t begin = 0; begin < grouped; begin += kGroup) {
    const float base = at(begin);
    for (std::int64_t i = 0; i < kGroup; ++i)
      numbers.push_back(base + step * float(i));
  }
  for (std::int64_t i = grouped; i < count; ++i)
    numbers.push_back(at(i));
  return numbers;
}

}  // namespace hbev
