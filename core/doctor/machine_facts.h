// What is known of this machine, as plain facts; apart from the judgement, so that tests can invent machines.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/memory_limit.h"
#include "core/doctor/doctor.h"

namespace hbev::doctor {

struct CudaDevice {
  std::string name;
  std::uint64_t memory_bytes = 0;
};

/// NVIDIA's driver, asked through its own libraries; nothing of CUDA is linked.
struct CudaFacts {
  bool device_present = false;  ///< the PCI bus shows an NVIDIA display device
  bool driver_library = false;  ///< libcuda.so.1 can be loaded
  std::string driver_version;   ///< "580.65.06"; "" when NVML does not say
  int driver_cuda = 0;          ///< newest CUDA that the driver runs, 1000 * major + 10 * minor
  int toolkit_cuda = 0;         ///< CUDA that this program was built with, likewise; 0: built without
  std::string refusal;          ///< what cuInit answered when it failed
  std::vector<CudaDevice> devices;
};

struct MachineFacts {
  std::string processor;           ///< "AMD EPYC 7763 64-Core Processor"
  unsigned cores = 0;              ///< that this process may use
  std::string instructions;        ///< "AVX-512", "AVX2", "SSE4.2", ...
  std::uint64_t memory_bytes = 0;  ///< the machine's
  MemoryLimit memory_limit;        ///< what this process may take at most
  MemoryLimit memory_left;         ///< what it may still take
  std::filesystem::path cache_folder;
  std::optional<std::uint64_t> cache_free_bytes;
  CudaFacts cuda;
  std::string torch_version;          ///< "" when this program was built without LibTorch
  std::optional<int> openmp_threads;  ///< absent when no OpenMP runtime is loaded
  std::optional<int> openblas_kind;   ///< OpenBLAS' own word: 0 sequential, 1 pthreads, 2 OpenMP
  std::map<std::string, std::string>
      environment;     ///< those of OMP_*, OPENBLAS_*, MKL_*, CUDA_VISIBLE_DEVICES
  std::string python;  ///< path of python3, or ""
};

MachineFacts readMachine();
/// "1.13.1"; "" when this program was built without LibTorch.
std::string torchVersion();
std::vector<Finding> judgeMachine(const MachineFacts& facts);

CudaFacts readCuda();
std::vector<Finding> judgeCuda(const CudaFacts& facts);

/// "13.0" of 13000.
std::string cudaVersion(int version);

}  // namespace hbev::doctor
