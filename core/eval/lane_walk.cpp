#include "core/eval/lane_walk.h"

namespace hbev::lane_walk {

void walk(const Cells& cells, std::size_t count, Block& block) {
  Walker<Vectors16, 2>::run(cells, count, block);
}

}  // namespace hbev::lane_walk
