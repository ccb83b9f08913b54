#include "core/model/process_memory.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>

#include "core/base/error.h"

namespace hbev {
namespace {

// What loading LibTorch took: its libraries, and for each processor a thread of OpenBLAS with its heap.
constexpr std::uint64_t kTorchBytes = 450'000'000, kThreadBytes = 75'000'000;

/// "Key:   123 kB" in a file of /proc, as bytes; 0 when it is not there.
std::uint64_t procBytes(const char* file, const std::string& key) {
  std::ifstream stream(file);
  std::string word;
  while (stream >> word) {
    std::uint64_t kilobytes = 0;
    if (word == key && stream >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

}  // namespace

std::uint64_t peakMemory() {
  return procBytes("/proc/self/status", "VmHWM:");
}

void resetPeakMemory() {
  std::ofstream("/proc/self/clear_refs") << '5';
}

std::optional<std::uint64_t> addressSpaceLeft() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  const std::uint64_t used = procBytes("/proc/self/status", "VmSize:");
  return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

std::uint64_t freeMemory() {
  const std::uint64_t machine = procBytes("/proc/meminfo", "MemAvailable:");
  const auto left = addressSpaceLeft();
  if (!left) return machine;
  const std::uint64_t known = std::max<std::uint64_t>(*left, 1);  // 0 would mean unknown
  return machine > 0 ? std::min(machine, known) : known;
}

std::uint64_t machineMemoryAndSwap() {
  const std::uint64_t memory = procBytes("/proc/meminfo", "MemAvailable:");
  return memory > 0 ? memory + procBytes("/proc/meminfo", "SwapFree:") : 0;
}

void demandRoomForTorch() {
  const auto left = addressSpaceLeft();
  const std::uint64_t needed = kTorchBytes + kThreadBytes * std::max(1U, std::thread::hardware_concurrency());
  if (!left || *left >= needed) return;
  throw Error({.summary = "The limit of this process's memory leaves too little for the network",
               .file = {},
               .expected = fmt::format("{:.1f} GB", double(needed) / 1e9),
               .found = fmt::format("{:.1f} GB", double(*left) / 1e9),
               .advice = "Raise the limit: `ulimit -v unlimited` takes it away."});
}

}  // namespace hbev
