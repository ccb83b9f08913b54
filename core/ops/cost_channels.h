// The inner loop of the stereo cost volume: one pixel against many samples of the other picture, all
// channels. Knows no Torch, so that it compiles quickly for each kind of vector unit.
#pragma once

#include <cmath>
#include <cstdint>

namespace hbev {

/// A bilinear sample: four pixels by their offset (in elements, channel 0) and weight. Corners outside have
/// weight 0.
template <class T>
struct Tap {
  std::int64_t offset[4];
  T weight[4];
};

/// cost[i] = the sum over channels of |current - sample i|, plus `bias` where the sample of channel `tested`
/// is zero.
template <class T>
inline void matchSamples(const T* current, const T* previous, int channels, int tested, T bias,
                         const Tap<T>* taps, int count, T* cost) {
  for (int i = 0; i < count; ++i) {
    const Tap<T>& tap = taps[i];
    const T *a = previous + tap.offset[0], *b = previous + tap.offset[1];
    const T *c = previous + tap.offset[2], *d = previous + tap.offset[3];
    const T wa = tap.weight[0], wb = tap.weight[1], wc = tap.weight[2], wd = tap.weight[3];
    T sum = 0;
    for (int k = 0; k < channels; ++k) {
      sum += std::abs(current[k] - (wa * a[k] + wb * b[k] + wc * c[k] + wd * d[k]));
    }
    const T seen = wa * a[tested] + wb * b[tested] + wc * c[tested] + wd * d[tested];
    cost[i] = seen == 0 ? sum + bias : sum;
  }
}

using MatchFloat = void (*)(const float*, const float*, int, int, float, const Tap<float>*, int, float*);
using MatchDouble = void (*)(const double*, const double*, int, int, double, const Tap<double>*, int,
                             double*);

/// The fastest that this processor can run.
MatchFloat matchFloat();
MatchDouble matchDouble();

#ifdef HBEV_AVX
void matchFloatAvx2(const float*, const float*, int, int, float, const Tap<float>*, int, float*);
void matchFloatAvx512(const float*, const float*, int, int, float, const Tap<float>*, int, float*);
void matchDoubleAvx2(const double*, const double*, int, int, double, const Tap<double>*, int, double*);
#endif

}  // namespace hbev
