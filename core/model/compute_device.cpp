#include "core/model/compute_device.h"

#include <algorithm>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <new>
#include <optional>
#include <vector>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include "core/base/error.h"
#include "core/base/processors.h"
#include "core/data/keyframe.h"
#include "core/model/process_memory.h"
#include "core/model/training_memory.h"

namespace hbev {
namespace {

constexpr double kProgramBytes = 0.2e9;                      // with LibTorch
constexpr std::size_t kBlasBuffer = std::size_t(136) << 20;  // of one thread, with its alignment

bool canMap(std::size_t bytes) {
  void* const block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) return false;
  munmap(block, bytes);
  return true;
}

/// What predicting takes beside what the process has taken already; in address space, where that is limited.
std::uint64_t stillNeeded(const ModelConfig& config, std::uint64_t weights) {
  const std::uint64_t needed = memoryNeeded(config, weights);
  return addressSpaceLeft() ? inAddressSpace(needed) : needed;
}

std::string gigabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} GB", double(bytes) / 1e9);
}

/// The names of NVIDIA's cards by its driver, in the order of the bus.
std::vector<std::string> cardNames() {
  std::vector<std::filesystem::path> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", none))
    files.push_back(entry.path() / "information");
  std::ranges::sort(files);
  std::vector<std::string> names;
  for (const auto& file : files) {
    std::ifstream stream(file);
    std::string line;
    if (!std::getline(stream, line) || !line.starts_with("Model:")) continue;
    const std::size_t begin = line.find_first_not_of(" \t", 6);
    if (begin != std::string::npos) names.push_back(line.substr(begin));
  }
  return names;
}

}  // namespace

std::vector<DeviceInfo> predictorDevices() {
  const int threads = usableProcessors();
  std::vector<DeviceInfo> devices{{"cpu", fmt::format("CPU, {} thread{}", threads, threads == 1 ? "" : "s")}};
  if (!torch::cuda::is_available()) return devices;
  const std::size_t count = torch::cuda::device_count();
  const std::vector<std::string> names = cardNames();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id = fmt::format("cuda:{}", i);
    devices.push_back({id, names.size() == count ? names[i] : fmt::format("CUDA device {}", i),
                       totalCardMemory(torch::Device(id))});
  }
  return devices;
}

std::string torchVersion() {
  return fmt::format("{}.{}.{}", TORCH_VERSION_MAJOR, TORCH_VERSION_MINOR, TORCH_VERSION_PATCH);
}

DeviceInfo findDevice(const std::string& id) {
  const std::vector<DeviceInfo> devices = predictorDevices();
  if (id == "auto") return devices.size() > 1 ? devices[1] : devices[0];
  std::vector<std::string> ids;
  for (const DeviceInfo& device : devices) {
    if (device.id == id || (id == "cuda" && device.id == "cuda:0")) return device;
    ids.push_back(device.id);
  }
  throw Error({.summary = "There is no such device",
               .file = {},
               .expected = fmt::format("auto, {}", fmt::join(ids, ", ")),
               .found = id,
               .advice = id.starts_with("cuda")
                             ? "This LibTorch sees no such GPU: `packaging/run --cuda` installs one that can."
                             : ""});
}

torch::Device torchDevice(const DeviceInfo& device) {
  return torch::Device(device.id);
}

int useThreads(int wanted) {
  const int threads = wanted > 0 ? std::min(wanted, 1024) : usableProcessors();
  using SetThreads = void (*)(int);
  static const auto set_blas_threads =
      reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  // Before LibTorch: an OpenBLAS built with OpenMP sets the calling thread's OpenMP threads with its own.
  if (set_blas_threads) set_blas_threads(1);
  at::set_num_threads(threads);
  return threads;
}

void synchronize(const torch::Device& device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

void demandMemory(const ModelConfig& config, int threads) {
  demandMemory(memoryNeeded(config, 0), threads);
}

void demandMemory(std::uint64_t needed, int threads) {
  using Take = void* (*)(int);
  using Give = void (*)(void*);
  static const auto take = reinterpret_cast<Take>(dlsym(RTLD_DEFAULT, "blas_memory_alloc"));
  static const auto give = reinterpret_cast<Give>(dlsym(RTLD_DEFAULT, "blas_memory_free"));
  const auto left = addressSpaceLeft();
  if (!left) return;
  if (*left < inAddressSpace(needed)) throw std::bad_alloc();
  std::vector<void*> buffers;
  for (int i = 0; take && give && i < threads && canMap(kBlasBuffer); ++i)
    buffers.push_back(take(0));
  for (void* const buffer : buffers)
    give(buffer);  // stays OpenBLAS's
}

std::uint64_t inAddressSpace(std::uint64_t needed) {
  return needed - std::uint64_t(kProgramBytes) + kBlasBuffer * std::size_t(at::get_num_threads() + 1);
}

std::uint64_t memoryNeeded(const ModelConfig& config, std::uint64_t weights) {
  // Fitted to what predictions took (docs/performance.md). The program with LibTorch; the weights, and what
  // is prepared of them for faster convolutions; what the image encoder holds of six pictures; all frames'
  // pictures and lifted maps; the maps of the encoder from above; and every voxel's classes, several times.
  const double bytes = weights > 0 ? double(weights) : 4 * roughParameters(config);
  const double pixels = double(kCameraCount) * config.image.height * config.image.width;
  const double pictures = pixels * 3 * 4 * config.frames();
  const double cells = double(config.lift.x.cells()) * config.lift.y.cells();
  const double lifted =
      cells * 4 * config.lift.channels * config.lift.z.cells() * (config.past_keyframes + 1);
  const double maps = cells * 4 * (config.bev_encoder.channels[0] + 2.0 * config.bev_encoder.out_channels);
  const double voxels = cells * 4 * config.head.heights * (config.classSet().size() + 2);
  return std::uint64_t(kProgramBytes + 3 * bytes + 9 * pixels * config.backbone.base_channels +
                       1.5 * (pictures + lifted) + 6 * maps + 6.3 * voxels);
}

std::string freeCardMemory(const CardMemory& card) {
  if (card.total_bytes == 0) return "the card's memory is full";
  return fmt::format("{} of the card's {} free", gigabytes(card.free_bytes), gigabytes(card.total_bytes));
}

Error outOfMemory(const ModelConfig& config, std::uint64_t weights, const std::optional<CardMemory>& card) {
  const auto neededFor = [&](const ModelConfig& each, std::uint64_t bytes) {
    return card ? memoryNeeded(each, bytes) : stillNeeded(each, bytes);
  };
  const std::uint64_t available = card ? card->free_bytes : freeMemory(), wanted = neededFor(config, weights);
  std::vector<std::string> fitting;
  for (const NamedConfig& named : namedConfigs()) {
    const std::uint64_t needed = neededFor(readModelConfig(named.file), 0);
    // What needs as much would fail as this one did, whatever is said to be free.
    if (named.name != config.name && needed < std::min(available, wanted))
      fitting.push_back(fmt::format("{} ({})", named.name, gigabytes(needed)));
  }
  std::string found = available > 0 ? gigabytes(available) + " free" : "";
  std::string close = "Close other programs", end = ", or raise the limit where one is set.";
  if (card) {
    found = freeCardMemory(*card);
    close = "Close other programs that use the card (`nvidia-smi` lists them)";
    end = ", or take another card, or the processor.";
  }
  return Error(
      {.summary = fmt::format("There is too little memory{} to predict with {}", card ? " on the card" : "",
                              config.name),
       .file = {},
       .expected = "about " + gigabytes(wanted),
       .found = found,
       .advice = close +
                 (fitting.empty() ? end : fmt::format("; these would fit: {}.", fmt::join(fitting, ", ")))});
}

}  // namespace hbev
