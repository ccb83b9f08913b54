#include "core/data/occupancy.h"

#include <array>

namespace hbev {

std::vector<std::size_t> Occupancy::classCounts() const {
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t label : semantics)
    ++counts[label];
  return {counts.begin(), counts.begin() + classes->size()};
}

std::size_t Occupancy::occupiedCount() const {
  return semantics.size() - classCounts()[classes->free()];
}

}  // namespace hbev
