#include "core/base/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

#include <sys/resource.h>

namespace hbev {
namespace {

namespace fs = std::filesystem;

/// The first number in a file; nothing where there is none, as of "max".
std::optional<std::uint64_t> numberIn(const fs::path& file) {
  std::ifstream stream(file);
  std::uint64_t number = 0;
  if (!(stream >> number)) return std::nullopt;
  return number;
}

/// The sum of the values of `keys` in a file of lines "KEY VALUE".
std::uint64_t sumIn(const fs::path& file, std::initializer_list<std::string_view> keys) {
  std::ifstream stream(file);
  std::uint64_t sum = 0, value = 0;
  for (std::string key; stream >> key >> value;)
    if (std::ranges::find(keys, key) != keys.end()) sum += value;
  return sum;
}

std::uint64_t difference(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

/// A folder of the control groups' file system that limits this process.
struct ControlGroup {
  fs::path folder;
  std::string name;  ///< below the file system: "/slurm/job_7"
  bool v2 = false;

  std::optional<std::uint64_t> limit() const {
    return numberIn(folder / (v2 ? "memory.max" : "memory.limit_in_bytes"));
  }
  std::uint64_t left(std::uint64_t limit) const {
    const std::uint64_t used =
        numberIn(folder / (v2 ? "memory.current" : "memory.usage_in_bytes")).value_or(0);
    const fs::path facts = folder / "memory.stat";
    const std::uint64_t cached = v2 ? sumIn(facts, {"active_file", "inactive_file", "slab_reclaimable"})
                                    : sumIn(facts, {"total_active_file", "total_inactive_file"});
    return difference(limit, difference(used, cached));
  }
  /// What it lets be swapped out yet, of `machine` bytes that the machine has.
  std::uint64_t swapLeft(std::uint64_t machine) const {
    // v1 counts memory and swap together.
    const auto most = numberIn(folder / (v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes"));
    if (!most) return machine;
    const std::uint64_t used =
        numberIn(folder / (v2 ? "memory.swap.current" : "memory.memsw.usage_in_bytes")).value_or(0);
    const std::uint64_t memory =
        v2 ? 0 : difference(limit().value_or(0), numberIn(folder / "memory.usage_in_bytes").value_or(0));
    return std::min(machine, difference(difference(*most, used), memory));
  }
};

/// Mount points are written with spaces and the like as octal numbers: "\040".
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool octal = text[i] == '\\' && text.size() - i > 3 &&
                       std::all_of(text.begin() + std::ptrdiff_t(i) + 1, text.begin() + std::ptrdiff_t(i) + 4,
                                   [](char digit) { return digit >= '0' && digit <= '7'; });
    plain += octal ? char((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0') : text[i];
    if (octal) i += 3;
  }
  return plain;
}

bool listHolds(const std::string& list, std::string_view word) {
  std::istringstream words(list);
  for (std::string each; std::getline(words, each, ',');)
    if (each == word) return true;
  return false;
}

/// The group of this process as /proc/self/cgroup names it, in the hierarchy that counts memory.
std::optional<std::string> ownGroup(const fs::path& root, bool v2) {
  std::ifstream stream(root / "proc/self/cgroup");
  for (std::string line; std::getline(stream, line);) {  // "4:memory:/job_7", "0::/job_7"
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (v2 ? line.starts_with("0:") && controllers.empty() : listHolds(controllers, "memory"))
      return line.substr(second + 1);
  }
  return std::nullopt;
}

/// Where the file system of the control groups is, and which group its root is: a container sees its own
/// only.
struct GroupMount {
  fs::path place;
  std::string group;
  bool v2 = false;
};

std::vector<GroupMount> groupMounts(const fs::path& root) {
  std::vector<GroupMount> mounts;
  std::ifstream stream(root / "proc/self/mountinfo");
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string skipped, group, place, word, type, source, options;
    words >> skipped >> skipped >> skipped >> group >> place;
    while (words >> word && word != "-") {
    }
    words >> type >> source >> options;
    if (type == "cgroup2" || (type == "cgroup" && listHolds(options, "memory")))
      mounts.push_back({unescaped(place), unescaped(group), type == "cgroup2"});
  }
  return mounts;
}

/// That of this process and those above it, as far as they can be seen.
std::vector<ControlGroup> controlGroups(const fs::path& root) {
  std::vector<ControlGroup> groups;
  for (const GroupMount& mount : groupMounts(root)) {
    const std::optional<std::string> own = ownGroup(root, mount.v2);
    if (!own) continue;
    // A container may be told its name outside, which its own file system does not hold.
    const fs::path below = fs::path(*own).lexically_relative(mount.group).lexically_normal();
    const bool outside = below.empty() || below.begin()->string() == "..";
    const fs::path top = root / mount.place.relative_path();
    for (fs::path each = outside        ? fs::path()
                         : below == "." ? fs::path()
                                        : below;
         ; each = each.parent_path()) {
      const fs::path name = each.empty() ? fs::path(mount.group) : mount.group / each;
      groups.push_back({top / each, name.string(), mount.v2});
      if (each.empty()) break;
    }
  }
  return groups;
}

std::optional<std::uint64_t> addressSpaceLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

/// Keeps the less; 0 of the machine is unknown.
void bound(MemoryLimit& all, const MemoryLimit& other) {
  const MemoryLimit known{std::max<std::uint64_t>(other.bytes, 1), other.holder, other.group};
  if (all.bytes == 0 || known.bytes < all.bytes) all = known;
}

}  // namespace

std::uint64_t procBytes(const fs::path& file, const std::string& key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string word;
    std::uint64_t kilobytes = 0;
    if (words >> word >> kilobytes && word == key + ":") return kilobytes * 1024;
  }
  return 0;
}

std::optional<std::uint64_t> addressSpaceLeft() {
  const auto limit = addressSpaceLimit();
  if (!limit) return std::nullopt;
  return difference(*limit, procBytes("/proc/self/status", "VmSize"));
}

MemoryLimit memoryLimit(const fs::path& root) {
  MemoryLimit all{procBytes(root / "proc/meminfo", "MemTotal"), MemoryLimit::Holder::Machine, {}};
  for (const ControlGroup& group : controlGroups(root)) {
    if (const auto limit = group.limit()) bound(all, {*limit, MemoryLimit::Holder::ControlGroup, group.name});
  }
  if (const auto limit = addressSpaceLimit()) bound(all, {*limit, MemoryLimit::Holder::AddressSpace, {}});
  return all;
}

MemoryLimit memoryLeft(const fs::path& root) {
  MemoryLimit all{procBytes(root / "proc/meminfo", "MemAvailable"), MemoryLimit::Holder::Machine, {}};
  for (const ControlGroup& group : controlGroups(root)) {
    if (const auto limit = group.limit())
      bound(all, {group.left(*limit), MemoryLimit::Holder::ControlGroup, group.name});
  }
  if (const auto left = addressSpaceLeft()) bound(all, {*left, MemoryLimit::Holder::AddressSpace, {}});
  return all;
}

std::uint64_t machineMemoryAndSwap(const fs::path& root) {
  const std::uint64_t memory = procBytes(root / "proc/meminfo", "MemAvailable");
  if (memory == 0) return 0;
  const std::uint64_t swap = procBytes(root / "proc/meminfo", "SwapFree");
  std::uint64_t least = memory + swap;
  for (const ControlGroup& group : controlGroups(root)) {
    if (const auto limit = group.limit())
      least = std::min(least, std::max<std::uint64_t>(group.left(*limit) + group.swapLeft(swap), 1));
  }
  return least;
}

}  // namespace hbev
