#include "core/doctor/machine_facts.h"

#include <array>
#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include "core/base/files.h"
#include "core/base/processors.h"

namespace hbev::doctor {
namespace {

namespace fs = std::filesystem;

std::string processorName() {
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

/// The widest vector instructions, which decide how fast rays and networks are.
std::string vectorInstructions() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) return "AVX-512";
  if (__builtin_cpu_supports("avx2")) return "AVX2";
  if (__builtin_cpu_supports("avx")) return "AVX";
  return __builtin_cpu_supports("sse4.2") ? "SSE4.2" : "SSE2";
#elif defined(__aarch64__)
  return "NEON";
#else
  return {};
#endif
}

/// Free bytes where `folder` is or would be made.
std::optional<std::uint64_t> freeBytes(fs::path folder) {
  std::error_code code;
  while (!folder.empty() && !fs::exists(folder, code) && folder != folder.parent_path())
    folder = folder.parent_path();
  if (folder.empty()) return std::nullopt;
  const fs::space_info space = fs::space(folder, code);
  if (code) return std::nullopt;
  return space.available;
}

/// What a library that is loaded already answers; nothing is loaded for the question.
std::optional<int> askLoaded(const char* function) {
  const auto ask = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, function));
  if (ask == nullptr) return std::nullopt;
  return ask();
}

std::map<std::string, std::string> threadEnvironment() {
  std::map<std::string, std::string> found;
  for (const char* name : {"OMP_NUM_THREADS", "OMP_WAIT_POLICY", "OMP_PROC_BIND", "OPENBLAS_NUM_THREADS",
                           "GOTO_NUM_THREADS", "MKL_NUM_THREADS", "CUDA_VISIBLE_DEVICES"}) {
    if (const char* value = std::getenv(name)) found[name] = value;
  }
  return found;
}

std::string findPython() {
  const char* variable = std::getenv("PATH");
  std::string_view path = variable ? variable : "";
  while (!path.empty()) {
    const std::size_t colon = path.find(':');
    const fs::path candidate = fs::path(path.substr(0, colon)) / "python3";
    if (access(candidate.c_str(), X_OK) == 0) return candidate.string();
    path = colon == std::string_view::npos ? "" : path.substr(colon + 1);
  }
  return {};
}

}  // namespace

std::string torchVersion() {
#ifdef HBEV_TORCH_VERSION
  return HBEV_TORCH_VERSION;
#else
  return "";
#endif
}

MachineFacts readMachine() {
  MachineFacts facts;
  facts.processor = processorName();
  facts.cores = unsigned(usableProcessors());
  facts.instructions = vectorInstructions();
  facts.memory_bytes = procBytes("/proc/meminfo", "MemTotal");
  facts.memory_limit = memoryLimit();
  facts.memory_left = memoryLeft();
  facts.cache_folder = userCacheFolder();
  facts.cache_free_bytes = freeBytes(facts.cache_folder);
  facts.cuda = readCuda();
  facts.torch_version = torchVersion();
  facts.openmp_threads = askLoaded("omp_get_max_threads");
  facts.openblas_kind = askLoaded("openblas_get_parallel");
  facts.environment = threadEnvironment();
  facts.python = findPython();
  return facts;
}

}  // namespace hbev::doctor
