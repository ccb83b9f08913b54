#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "core/base/size_text.h"
#include "core/doctor/findings.h"
#include "core/doctor/machine_facts.h"

namespace hbev {
namespace doctor {
namespace {

constexpr std::uint64_t kGigabyte = 1000000000;
constexpr std::uint64_t kLittleMemory = 4 * kGigabyte;  // nuScenes' tables and a scene of pictures fit
constexpr std::uint64_t kLittleDisk = 2 * kGigabyte;    // the index of nuScenes, thumbnails

Finding processor(const MachineFacts& facts) {
  const std::string area = "Processor";
  const std::string name = facts.processor.empty() ? "Unknown processor" : facts.processor;
  const std::string detail =
      fmt::format("{}, {}.", counted(facts.cores, "core", "cores"), facts.instructions);
  if (facts.instructions.starts_with("SSE")) {
    return note(area, name, detail, "Rays and networks are several times faster on a processor with AVX2.");
  }
  return good(area, name, detail);
}

/// Who sets a limit, to stand behind its size; empty of the machine itself.
std::string holderWords(const MemoryLimit& limit) {
  switch (limit.holder) {
    case MemoryLimit::Holder::ControlGroup:
      return ", the limit of this container or job";
    case MemoryLimit::Holder::AddressSpace:
      return ", the limit of this process (ulimit -v)";
    case MemoryLimit::Holder::Machine:
      break;
  }
  return {};
}

Finding memory(const MachineFacts& facts) {
  const MemoryLimit& limit = facts.memory_limit;
  const std::string title = sizeText(limit.bytes) + holderWords(limit);
  std::string detail = fmt::format("{} are free", sizeText(facts.memory_left.bytes));
  if (facts.memory_left.holder != limit.holder) detail += holderWords(facts.memory_left);
  detail += ".";
  if (limit.holder != MemoryLimit::Holder::Machine)
    detail += fmt::format(" The machine has {}.", sizeText(facts.memory_bytes));
  if (!limit.group.empty()) detail += fmt::format(" Control group: {}.", limit.group);
  if (limit.bytes < kLittleMemory) {
    return warning("Memory", title, detail,
                   "Play short scenes, and lower the memory budget in the settings.");
  }
  return good("Memory", title, detail);
}

Finding cacheDisk(const MachineFacts& facts) {
  const std::string folder = facts.cache_folder.string();
  if (!facts.cache_free_bytes) {
    return warning("Disk", "The cache folder cannot be used", folder,
                   "Set HOME or XDG_CACHE_HOME to a folder that can be written.");
  }
  const std::string title = sizeText(*facts.cache_free_bytes) + " are free for caches";
  if (*facts.cache_free_bytes < kLittleDisk)
    return warning("Disk", title, folder, "Make room: indexes and thumbnails are kept there.");
  return good("Disk", title, folder);
}

Finding torch(const MachineFacts& facts) {
  if (facts.torch_version.empty()) {
    return note("LibTorch", "This program was built without LibTorch",
                "Looking and scoring need none; networks do.");
  }
  return good("LibTorch", "LibTorch " + facts.torch_version);
}

std::string valueOf(const MachineFacts& facts, const std::string& name) {
  const auto found = facts.environment.find(name);
  return found == facts.environment.end() ? "" : found->second;
}

std::vector<Finding> threads(const MachineFacts& facts) {
  std::vector<Finding> findings;
  const std::string omp = valueOf(facts, "OMP_NUM_THREADS");
  unsigned wanted = 0;
  const auto parsed = std::from_chars(omp.data(), omp.data() + omp.size(), wanted);
  const bool number = !omp.empty() && parsed.ec == std::errc() && wanted > 0;
  if (!omp.empty() && !number) {
    findings.push_back(warning("Threads", "OMP_NUM_THREADS is no number", "It is \"" + omp + "\".",
                               "Set it to the number of cores, or unset it."));
  } else if (number && wanted < facts.cores) {
    findings.push_back(note("Threads",
                            fmt::format("OMP_NUM_THREADS={} leaves {} idle", wanted,
                                        counted(facts.cores - wanted, "core", "cores")),
                            "OpenMP's loops, such as a network's, use no more.",
                            "Unset it, unless you share the machine."));
  } else if (number && wanted > facts.cores) {
    findings.push_back(warning(
        "Threads", fmt::format("OMP_NUM_THREADS={} on {}", wanted, counted(facts.cores, "core", "cores")),
        "More threads than cores wait for each other.", "Unset it."));
  }
  const int threads = facts.openmp_threads.value_or(0);
  if (facts.openblas_kind == 1 && threads > 1 && valueOf(facts, "OPENBLAS_NUM_THREADS").empty()) {
    findings.push_back(note("Threads", "OpenBLAS brings threads of its own",
                            "Inside OpenMP's they multiply, and matrix products become slower.",
                            "Set OPENBLAS_NUM_THREADS=1, or install libopenblas0-openmp."));
  }
  if (findings.empty()) {
    const std::string detail =
        facts.openmp_threads ? fmt::format("OpenMP uses {}.", threads) : "No variable limits them.";
    findings.push_back(good("Threads", counted(facts.cores, "thread", "threads") + " for work", detail));
  }
  return findings;
}

Finding python(const MachineFacts& facts) {
  if (facts.python.empty())
    return note("Python", "No Python was found", "Only the comparison with nuScenes' devkit needs one.");
  return good("Python", facts.python, "Only the comparison with nuScenes' devkit needs it.");
}

}  // namespace

std::vector<Finding> judgeMachine(const MachineFacts& facts) {
  std::vector<Finding> findings{processor(facts), memory(facts), cacheDisk(facts)};
  for (Finding& finding : threads(facts))
    findings.push_back(std::move(finding));
  for (Finding& finding : judgeCuda(facts.cuda))
    findings.push_back(std::move(finding));
  findings.push_back(torch(facts));
  findings.push_back(python(facts));
  return findings;
}

}  // namespace doctor

std::vector<Finding> inspectMachine() {
  return doctor::judgeMachine(doctor::readMachine());
}

}  // namespace hbev
