#include "core/model/probabilities.h"

#include <algorithm>
#include <cmath>

namespace hbev {

float entropyOf(std::span<const Eigen::half> probabilities) {
  if (probabilities.size() < 2) return 0;
  float sum = 0;
  for (const Eigen::half value : probabilities) {
    const auto p = float(value);
    if (p > 0) sum -= p * std::log(p);
  }
  return std::clamp(sum / std::log(float(probabilities.size())), 0.0F, 1.0F);
}

float marginOf(std::span<const Eigen::half> probabilities) {
  float first = 0, second = 0;
  for (const Eigen::half value : probabilities) {
    const auto p = float(value);
    if (p > first) {
      second = first;
      first = p;
    } else {
      second = std::max(second, p);
    }
  }
  return std::clamp(first - second, 0.0F, 1.0F);
}

}  // namespace hbev
