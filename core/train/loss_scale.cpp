#include "core/train/loss_scale.h"

namespace hbev {

void LossScale::update(bool finite) {
  if (!finite) {
    scale *= backoff;
    good_steps = 0;
  } else if (++good_steps == growth_interval) {
    scale *= growth;
    good_steps = 0;
  }
}

}  // namespace hbev
