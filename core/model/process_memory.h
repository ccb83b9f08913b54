// What memory this process has taken and may still take. Knows no Torch.
#pragma once

#include <cstdint>

#include "core/base/memory_limit.h"

namespace hbev {

/// Memory that this process has used at most since the last call of resetPeakMemory(), bytes; 0: unknown.
std::uint64_t peakMemory();
void resetPeakMemory();

/// What this process may still take, bytes: what the machine has free, or less where a container, a batch job
/// or the shell sets a limit; 0: unknown.
std::uint64_t freeMemory();

/// Throws Error when a limit leaves less address space than it takes to load LibTorch: OpenBLAS, which comes
/// with it, asks again for ever when it is refused.
void demandRoomForTorch();

}  // namespace hbev
