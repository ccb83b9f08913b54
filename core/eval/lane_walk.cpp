#include "core/eval/lane_walk.h"

namespace hbev::lane_walk {

const Kernels kPortable{Walker<Vectors16, 2>::setUp, Walker<Vectors16, 2>::walk};

}  // namespace hbev::lane_walk
