#include "core/ops/convolution_loops_body.h"

namespace hbev {

const ConvolutionLoops kLoopsAvx2 = Loops<8>::table();

}  // namespace hbev
