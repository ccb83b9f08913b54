// Compiled for AVX-512 (F, BW, DQ, VL) and called only where the processor has it.
#include "core/eval/lane_walk.h"

namespace hbev::lane_walk {

const Kernels kAvx512{Walker<Vectors64, 2>::setUp, Walker<Vectors64, 2>::walk};

}  // namespace hbev::lane_walk
