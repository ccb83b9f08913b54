#include "core/model/compute_device.h"

#include <algorithm>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <new>
#include <optional>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include "core/base/error.h"

namespace hbev {
namespace {

int processors() {
  return std::max(1, int(std::thread::hardware_concurrency()));
}

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

/// What the limit of the process's address space leaves, bytes; nothing without a limit.
std::optional<std::uint64_t> leftOfLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  const std::uint64_t used = procBytes("/proc/self/status", "VmSize:");
  return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

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
  if (!leftOfLimit()) return needed;
  return needed - std::uint64_t(kProgramBytes) + kBlasBuffer * std::size_t(at::get_num_threads() + 1);
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

/// Values of the weights, by the sizes of what has most of them: the image encoder, and the layers on the
/// coarsest map.
double roughParameters(const ModelConfig& config) {
  const double encoder = config.backbone.depth <= 18   ? 11.2e6
                         : config.backbone.depth <= 34 ? 21.3e6
                         : config.backbone.depth <= 50 ? 23.5e6
                                                       : 42.5e6;
  const double width = config.backbone.base_channels / 64.0, coarse = config.bev_encoder.channels[2];
  return encoder * width * width + 130 * coarse * coarse;
}

}  // namespace

std::vector<DeviceInfo> predictorDevices() {
  std::vector<DeviceInfo> devices{
      {"cpu", fmt::format("CPU, {} thread{}", processors(), processors() == 1 ? "" : "s")}};
  if (!torch::cuda::is_available()) return devices;
  const std::size_t count = torch::cuda::device_count();
  const std::vector<std::string> names = cardNames();
  for (std::size_t i = 0; i < count; ++i) {
    devices.push_back(
        {fmt::format("cuda:{}", i), names.size() == count ? names[i] : fmt::format("CUDA device {}", i)});
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
  const int threads = wanted > 0 ? std::min(wanted, 1024) : processors();
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

std::uint64_t peakMemory() {
  return procBytes("/proc/self/status", "VmHWM:");
}

void resetPeakMemory() {
  std::ofstream("/proc/self/clear_refs") << '5';
}

std::uint64_t freeMemory() {
  const std::uint64_t machine = procBytes("/proc/meminfo", "MemAvailable:");
  const auto left = leftOfLimit();
  if (!left) return machine;
  const std::uint64_t known = std::max<std::uint64_t>(*left, 1);  // 0 would mean unknown
  return machine > 0 ? std::min(machine, known) : known;
}

void demandMemory(const ModelConfig& config, int threads) {
  using Take = void* (*)(int);
  using Give = void (*)(void*);
  static const auto take = reinterpret_cast<Take>(dlsym(RTLD_DEFAULT, "blas_memory_alloc"));
  static const auto give = reinterpret_cast<Give>(dlsym(RTLD_DEFAULT, "blas_memory_free"));
  const auto left = leftOfLimit();
  if (!left) return;
  if (*left < stillNeeded(config, 0)) throw std::bad_alloc();
  std::vector<void*> buffers;
  for (int i = 0; take && give && i < threads && canMap(kBlasBuffer); ++i)
    buffers.push_back(take(0));
  for (void* const buffer : buffers)
    give(buffer);  // stays OpenBLAS's
}

std::uint64_t memoryNeeded(const ModelConfig& config, std::uint64_t weights) {
  // Fitted to what predictions took (docs/performance.md). The program with LibTorch; the weights, and what
  // is prepared of them for faster convolutions; what the image encoder holds of six pictures; all frames'
  // pictures and lifted maps; the maps of the encoder from above; and every voxel's classes, several times.
  const double bytes = weights > 0 ? double(weights) : 4 * roughParameters(config);
  const double pixels = double(kCameras) * config.image.height * config.image.width;
  const double pictures = pixels * 3 * 4 * config.frames();
  const double cells = double(config.lift.x.cells()) * config.lift.y.cells();
  const double lifted =
      cells * 4 * config.lift.channels * config.lift.z.cells() * (config.past_keyframes + 1);
  const double maps = cells * 4 * (config.bev_encoder.channels[0] + 2.0 * config.bev_encoder.out_channels);
  const double voxels = cells * 4 * config.head.heights * (config.classSet().size() + 2);
  return std::uint64_t(kProgramBytes + 3 * bytes + 9 * pixels * config.backbone.base_channels +
                       1.5 * (pictures + lifted) + 6 * maps + 6.3 * voxels);
}

Error outOfMemory(const ModelConfig& config, std::uint64_t weights) {
  const std::uint64_t available = freeMemory(), wanted = stillNeeded(config, weights);
  std::vector<std::string> fitting;
  for (const NamedConfig& named : namedConfigs()) {
    const std::uint64_t needed = stillNeeded(readModelConfig(named.file), 0);
    // What needs as much would fail as this one did, whatever is said to be free.
    if (named.name != config.name && needed < std::min(available, wanted))
      fitting.push_back(fmt::format("{} ({})", named.name, gigabytes(needed)));
  }
  return Error({.summary = fmt::format("There is too little memory to predict with {}", config.name),
                .file = {},
                .expected = "about " + gigabytes(wanted),
                .found = available > 0 ? gigabytes(available) + " free" : "",
                .advice = fitting.empty() ? "Close other programs, or raise the limit where one is set."
                                          : fmt::format("Close other programs; these would fit: {}.",
                                                        fmt::join(fitting, ", "))});
}

}  // namespace hbev
