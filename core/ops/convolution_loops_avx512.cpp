#include "core/ops/convolution_loops_body.h"

namespace hbev {

const ConvolutionLoops kLoopsAvx512 = Loops<16>::table();

}  // namespace hbev
