// The learning rate of every step: a linear warm-up, then a constant that falls at given steps.
#pragma once

#include <cstdint>
#include <vector>

namespace hbev {

struct LearningRateSchedule {
  double base = 2e-4;
  std::int64_t warmup_steps = 200;
  double warmup_ratio = 1e-3;            ///< of the base, at step 0
  std::vector<std::int64_t> falls = {};  ///< steps from which on the rate is `factor` of what it was before
  double factor = 0.1;
  std::int64_t cosine_steps =
      0;  ///< beyond the warm-up it falls along a cosine to zero at this step; 0: does not

  /// Of step 0, 1, ... Source: mmcv's StepLrUpdaterHook with linear warm-up.
  double at(std::int64_t step) const;
};

}  // namespace hbev
