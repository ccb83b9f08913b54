#include "core/ops/cost_channels.h"

namespace hbev {

void matchFloatAvx2(const float* current, const float* previous, int channels, int tested, float bias,
                    const Tap<float>* taps, int count, float* cost) {
  matchSamples(current, previous, channels, tested, bias, taps, count, cost);
}

void matchDoubleAvx2(const double* current, const double* previous, int channels, int tested, double bias,
                     const Tap<double>* taps, int count, double* cost) {
  matchSamples(current, previous, channels, tested, bias, taps, count, cost);
}

}  // namespace hbev
