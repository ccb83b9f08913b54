#include "core/model/compute_device.h"

#include <algorithm>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <thread>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
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
  throw Error({.summary = "There is no such device to predict on",
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
  return procBytes("/proc/meminfo", "MemAvailable:");
}

std::uint64_t memoryNeeded(const ModelConfig& config, std::uint64_t weights) {
  // Fitted to what predictions took (docs/performance.md). The program with LibTorch; the weights, and what
  // is prepared of them for faster convolutions; what the image encoder holds of six pictures; all frames'
  // pictures and lifted maps; the maps of the encoder from above; and every voxel's classes, several times.
  const double program = 0.2e9;
  const double bytes = weights > 0 ? double(weights) : 4 * roughParameters(config);
  const double pixels = double(kCameras) * config.image.height * config.image.width;
  const double pictures = pixels * 3 * 4 * config.frames();
  const double cells = double(config.lift.x.cells()) * config.lift.y.cells();
  const double lifted =
      cells * 4 * config.lift.channels * config.lift.z.cells() * (config.past_keyframes + 1);
  const double maps = cells * 4 * (config.bev_encoder.channels[0] + 2.0 * config.bev_encoder.out_channels);
  const double voxels = cells * 4 * config.head.heights * (config.classSet().size() + 2);
  return std::uint64_t(program + 3 * bytes + 9 * pixels * config.backbone.base_channels +
                       1.5 * (pictures + lifted) + 6 * maps + 6.3 * voxels);
}

}  // namespace hbev
