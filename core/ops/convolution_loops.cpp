#include "core/ops/convolution_loops_body.h"

namespace hbev {

const ConvolutionLoops& convolutionLoops() {
#ifdef HBEV_AVX
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    return kLoopsAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return kLoopsAvx2;
#endif
  static constexpr ConvolutionLoops kPlain = Loops<4>::table();
  return kPlain;
}

}  // namespace hbev
