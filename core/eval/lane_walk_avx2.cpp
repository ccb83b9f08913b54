// Compiled for AVX2 and called only where the processor has it.
#include "core/eval/lane_walk.h"

namespace hbev::lane_walk {

void walkAvx2(const Cells& cells, std::size_t count, Block& block) {
  Walker<Vectors32, 2>::run(cells, count, block);
}

}  // namespace hbev::lane_walk
