// The card's kernels without a card: the same bodies, run thread after thread with the card's lanes, packs
// and chunks.
#pragma once

#include "core/ops/kernel_table.h"

namespace hbev::test {

OpKernels hostKernels();

}  // namespace hbev::test
