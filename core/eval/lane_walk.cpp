#include "core/eval/lane_walk.h"

namespace hbev::lane_walk {

const Kernels kPortable{Walker<Vectors16, 1>::setUp, Walker<Vectors16, 1>::walk};

std::span<const Kernels* const> usableKernels() {
#ifdef HBEV_AVX
  static const Kernels* const all[] = {&kAvx512, &kAvx2, &kPortable};
  static const std::size_t too_wide = [] {
    if (!__builtin_cpu_supports("avx2")) return 2;
    const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                            __builtin_cpu_supports("fma");
    return has_avx512 ? 0 : 1;
  }();
  return std::span(all).subspan(too_wide);
#else
  static const Kernels* const all[] = {&kPortable};
  return all;
#endif
}

}  // namespace hbev::lane_walk
