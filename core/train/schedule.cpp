#include "core/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hbev {

double LearningRateSchedule::at(std::int64_t step) const {
  const auto fallen =
      std::count_if(falls.begin(), falls.end(), [&](std::int64_t fall) { return step >= fall; });
  const double regular = base * std::pow(factor, double(fallen));
  if (step >= warmup_steps) {
    if (cosine_steps <= warmup_steps) return regular;
    const double done = std::min(1.0, double(step - warmup_steps) / double(cosine_steps - warmup_steps));
    return regular * 0.5 * (1 + std::cos(std::numbers::pi * done));
  }
  const double missing = (1 - double(step) / double(warmup_steps)) * (1 - warmup_ratio);
  return regular * (1 - missing);
}

}  // namespace hbev
