// How much memory a process may take: the machine's is the least of it where a container, a batch job or the
// shell sets a limit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace hbev {

struct MemoryLimit {
  enum class Holder {
    Machine,       ///< its physical memory
    ControlGroup,  ///< of the kernel (cgroup, v1 or v2): containers, Slurm's jobs, systemd's units
    AddressSpace   ///< of the process itself: `ulimit -v`
  };
  std::uint64_t bytes = 0;  ///< 0: unknown
  Holder holder = Holder::Machine;
  std::string group;  ///< the control group that holds: "/slurm/uid_1000/job_7"; empty for other holders
};

/// What this process may take at most, all in all. `root` is where /proc and /sys are looked for; the limit
/// of the address space is always this process's own.
MemoryLimit memoryLimit(const std::filesystem::path& root = "/");

/// What it may take on top of what is taken already. A control group's files that lie in memory only because
/// they were read count as free, as the machine's do.
MemoryLimit memoryLeft(const std::filesystem::path& root = "/");

/// What the machine and the control groups leave, with what they may swap out, whatever limits the address
/// space, bytes; 0: unknown.
std::uint64_t machineMemoryAndSwap(const std::filesystem::path& root = "/");

/// What the limit of the process's address space (`ulimit -v`) leaves, bytes; nothing without a limit.
std::optional<std::uint64_t> addressSpaceLeft();

/// The line "KEY:   123 kB" of a file of /proc, bytes; 0 when it is not there.
std::uint64_t procBytes(const std::filesystem::path& file, const std::string& key);

}  // namespace hbev
