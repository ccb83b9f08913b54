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

/// Samples between the same four pixels, `count` of them: the pixels are read once for all.
template <int count, class T>
inline void matchTogether(const T* current, const T* previous, int channels, int tested, T bias,
                          const Tap<T>* taps, T* cost) {
  const T *a = previous + taps->offset[0], *b = previous + taps->offset[1];
  const T *c = previous + taps->offset[2], *d = previous + taps->offset[3];
  T wa[count], wb[count], wc[count], wd[count], sum[count];
  for (int i = 0; i < count; ++i) {
    wa[i] = taps[i].weight[0], wb[i] = taps[i].weight[1];
    wc[i] = taps[i].weight[2], wd[i] = taps[i].weight[3];
    sum[i] = 0;
  }
  for (int k = 0; k < channels; ++k) {
    const T ours = current[k], ak = a[k], bk = b[k], ck = c[k], dk = d[k];
#pragma GCC unroll 4
    for (int i = 0; i < count; ++i)
      sum[i] += std::abs(ours - (wa[i] * ak + wb[i] * bk + wc[i] * ck + wd[i] * dk));
  }
  for (int i = 0; i < count; ++i) {
    const T seen = wa[i] * a[tested] + wb[i] * b[tested] + wc[i] * c[tested] + wd[i] * d[tested];
    cost[i] = seen == 0 ? sum[i] + bias : sum[i];
  }
}

/// cost[i] = the sum over channels of |current - sample i|, plus `bias` where the sample of channel `tested`
/// is zero.
template <class T>
inline void matchSamples(const T* current, const T* previous, int channels, int tested, T bias,
                         const Tap<T>* taps, int count, T* cost) {
  const auto samePixels = [&](int i, int j) {
    for (int corner = 0; corner < 4; ++corner) {
      if (taps[i].offset[corner] != taps[j].offset[corner]) return false;
    }
    return true;
  };
  const auto outside = [&](int i) {
    return taps[i].weight[0] == 0 && taps[i].weight[1] == 0 && taps[i].weight[2] == 0 &&
           taps[i].weight[3] == 0;
  };
  int unseen = -1;  // a sample outside the picture: they all cost the same
  for (int i = 0; i < count;) {
    if (unseen >= 0 && outside(i)) {
      cost[i++] = cost[unseen];
      continue;
    }
    if (outside(i)) unseen = i;
    int run = 1;
    while (unseen != i && run < 4 && i + run < count && !outside(i + run) && samePixels(i, i + run))
      ++run;
    switch (run) {
      case 4:
        matchTogether<4>(current, previous, channels, tested, bias, taps + i, cost + i);
        break;
      case 3:
        matchTogether<3>(current, previous, channels, tested, bias, taps + i, cost + i);
        break;
      case 2:
        matchTogether<2>(current, previous, channels, tested, bias, taps + i, cost + i);
        break;
      default:
        matchTogether<1>(current, previous, channels, tested, bias, taps + i, cost + i);
    }
    i += run;
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
