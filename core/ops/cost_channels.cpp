#include "core/ops/cost_channels.h"

namespace hbev {

MatchFloat matchFloat() {
#ifdef HBEV_AVX
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    return matchFloatAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return matchFloatAvx2;
#endif
  return matchSamples<float>;
}

MatchDouble matchDouble() {
#ifdef HBEV_AVX
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return matchDoubleAvx2;
#endif
  return matchSamples<double>;
}

}  // namespace hbev
