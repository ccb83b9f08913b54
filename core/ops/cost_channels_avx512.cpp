#include "core/ops/cost_channels.h"

namespace hbev {

void matchFloatAvx512(const float* current, const float* previous, int channels, int tested, float bias,
                      const Tap<float>* taps, int count, float* cost) {
  matchSamples(current, previous, channels, tested, bias, taps, count, cost);
}

}  // namespace hbev
