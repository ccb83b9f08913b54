// TOML texts that may be parsed.
#pragma once

#include <algorithm>
#include <string_view>

namespace hbev {

/// Whether `text` has so many dots that its keys may stand a hundred thousand sections deep: "a.a.a.a".
/// toml++ calls itself for each section, so that half a megabyte of them ends the program. Configurations
/// have some thirty dots.
inline bool isTooDeepForToml(std::string_view text) {
  constexpr int kMostDots = 4096;
  return std::ranges::count(text, '.') > kMostDots;
}

}  // namespace hbev
