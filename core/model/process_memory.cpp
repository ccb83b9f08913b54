#include "core/model/process_memory.h"

#include <fstream>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/processors.h"

namespace hbev {
namespace {

// What loading LibTorch took: its libraries, and for each processor a thread of OpenBLAS with its heap.
constexpr std::uint64_t kTorchBytes = 450'000'000, kThreadBytes = 75'000'000;

}  // namespace

std::uint64_t peakMemory() {
  return procBytes("/proc/self/status", "VmHWM");
}

void resetPeakMemory() {
  std::ofstream("/proc/self/clear_refs") << '5';
}

std::uint64_t freeMemory() {
  return memoryLeft().bytes;
}

void demandRoomForTorch() {
  const auto left = addressSpaceLeft();
  const std::uint64_t needed = kTorchBytes + kThreadBytes * std::uint64_t(usableProcessors());
  if (!left || *left >= needed) return;
  throw Error({.summary = "The limit of this process's memory leaves too little for the network",
               .file = {},
               .expected = fmt::format("{:.1f} GB", double(needed) / 1e9),
               .found = fmt::format("{:.1f} GB", double(*left) / 1e9),
               .advice = "Start it from a shell without the limit (ulimit -v)."});
}

}  // namespace hbev
