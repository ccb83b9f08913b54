// What memory this process has taken and may still take. Knows no Torch.
#pragma once

#include <cstdint>
#include <optional>

namespace hbev {

/// Memory that this process has used at most since the last call of resetPeakMemory(), bytes; 0: unknown.
std::uint64_t peakMemory();
void resetPeakMemory();

/// What the limit of the process's address space (ulimit -v) leaves, bytes; nothing without a limit.
std::optional<std::uint64_t> addressSpaceLeft();

/// What this process may still take, bytes: what the machine has free, or less where a limit is set; 0:
/// unknown.
std::uint64_t freeMemory();
/// What the machine has free or may still swap out, whatever limits are set; 0: unknown.
std::uint64_t machineMemoryAndSwap();

/// Throws Error when a limit leaves less address space than it takes to load LibTorch: OpenBLAS, which comes
/// with it, asks again for ever when it is refused.
void demandRoomForTorch();

}  // namespace hbev
