// Compiled for AVX2 and called only where the processor has it.
#include "core/eval/lane_walk.h"

namespace hbev::lane_walk {

const Kernels kAvx2{Walker<Vectors32, 1>::setUp, Walker<Vectors32, 1>::walk};

}  // namespace hbev::lane_walk
