#include "core/base/processors.h"

#include <algorithm>
#include <thread>
#ifdef __linux__
#include <sched.h>
#endif

namespace hbev {

int usableProcessors() {
#ifdef __linux__
  cpu_set_t bound;
  CPU_ZERO(&bound);
  // Fails on machines with more processors than the set has places for.
  if (::sched_getaffinity(0, sizeof(bound), &bound) == 0) return std::max(1, CPU_COUNT(&bound));
#endif
  return machineProcessors();
}

int machineProcessors() {
  // Debian 12's counts what is switched on.
  return std::max(1, int(std::thread::hardware_concurrency()));
}

}  // namespace hbev
