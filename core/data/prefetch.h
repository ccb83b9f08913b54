// What to load before it is asked for: the order of a scene's positions by how soon somebody may look at
// them.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace hbev {

struct PrefetchPlan {
  std::size_t current = 0, count = 0;  ///< of positions in the scene
  int direction = 1;                   ///< of play or of the last step: 1 or -1
  std::size_t ahead = 4, behind = 1;   ///< how many positions are needed soon
  /// First and last position that play repeats, both inside: what follows the last is the first.
  std::optional<std::pair<std::size_t, std::size_t>> loop = std::nullopt;
};

struct PrefetchOrder {
  std::vector<std::size_t> positions;  ///< every one of the scene once, the current one first
  std::size_t soon = 0;                ///< how many of them are needed soon
};

/// The current position, `ahead` in the direction, `behind` against it; then, as memory allows, the rest of
/// the scene: on to its end, and what lies behind by its distance.
PrefetchOrder prefetchOrder(const PrefetchPlan& plan);

}  // namespace hbev
