// Means that pass over NaN.
#pragma once

#include <cmath>
#include <limits>
#include <span>

namespace hbev {

/// The mean of all numbers that are not NaN; NaN when there are none.
inline double meanOfKnown(std::span<const double> values) {
  double sum = 0;
  int known = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++known;
  }
  return known > 0 ? sum / known : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace hbev
