// NVIDIA's driver and cards, found at run time: the program starts the same where there is neither.
#include <array>
#include <dlfcn.h>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "core/base/size_text.h"
#include "core/doctor/findings.h"
#include "core/doctor/machine_facts.h"

namespace hbev::doctor {
namespace {

namespace fs = std::filesystem;

/// A shared library that stays loaded: NVIDIA's do not like to be unloaded.
class Library {
 public:
  explicit Library(const char* name) : handle_(dlopen(name, RTLD_LAZY | RTLD_LOCAL)) {}
  explicit operator bool() const { return handle_ != nullptr; }
  template <class Function>
  Function function(const char* name) const {
    return handle_ ? reinterpret_cast<Function>(dlsym(handle_, name)) : nullptr;
  }

 private:
  void* handle_;
};

std::string firstLine(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

bool hasNvidiaDevice() {
  std::error_code code;
  for (const auto& device : fs::directory_iterator("/sys/bus/pci/devices", code)) {
    if (firstLine(device.path() / "vendor") == "0x10de" &&
        firstLine(device.path() / "class").starts_with("0x03"))
      return true;
  }
  return false;
}

std::string driverVersion() {
  const Library nvml("libnvidia-ml.so.1");
  const auto init = nvml.function<int (*)()>("nvmlInit_v2");
  const auto version = nvml.function<int (*)(char*, unsigned)>("nvmlSystemGetDriverVersion");
  const auto shutdown = nvml.function<int (*)()>("nvmlShutdown");
  std::array<char, 96> text{};
  if (init == nullptr || version == nullptr || shutdown == nullptr || init() != 0) return {};
  const bool known = version(text.data(), unsigned(text.size() - 1)) == 0;
  shutdown();
  return known ? text.data() : "";
}

// The handful of the CUDA driver's functions that name its devices (CUDA driver API).
struct Driver {
  int (*init)(unsigned) = nullptr;
  int (*version)(int*) = nullptr;
  int (*deviceCount)(int*) = nullptr;
  int (*device)(int*, int) = nullptr;
  int (*name)(char*, int, int) = nullptr;
  int (*memory)(std::size_t*, int) = nullptr;
  int (*errorText)(int, const char**) = nullptr;

  explicit Driver(const Library& library)
      : init(library.function<int (*)(unsigned)>("cuInit")),
        version(library.function<int (*)(int*)>("cuDriverGetVersion")),
        deviceCount(library.function<int (*)(int*)>("cuDeviceGetCount")),
        device(library.function<int (*)(int*, int)>("cuDeviceGet")),
        name(library.function<int (*)(char*, int, int)>("cuDeviceGetName")),
        memory(library.function<int (*)(std::size_t*, int)>("cuDeviceTotalMem_v2")),
        errorText(library.function<int (*)(int, const char**)>("cuGetErrorString")) {}
  bool isComplete() const { return init && version && deviceCount && device && name && memory && errorText; }
};

std::vector<CudaDevice> devicesOf(const Driver& driver) {
  std::vector<CudaDevice> devices;
  int count = 0;
  if (driver.deviceCount(&count) != 0) return devices;
  for (int i = 0; i < count; ++i) {
    int device = 0;
    std::array<char, 256> name{};
    std::size_t memory = 0;
    if (driver.device(&device, i) != 0 || driver.name(name.data(), int(name.size() - 1), device) != 0 ||
        driver.memory(&memory, device) != 0)
      continue;
    devices.push_back({name.data(), memory});
  }
  return devices;
}

}  // namespace

CudaFacts readCuda() {
  CudaFacts facts;
#ifdef HBEV_CUDA_TOOLKIT
  facts.toolkit_cuda = HBEV_CUDA_TOOLKIT;
#endif
  facts.device_present = hasNvidiaDevice();
  const Library library("libcuda.so.1");
  const Driver driver(library);
  facts.driver_library = bool(library) && driver.isComplete();
  if (!facts.driver_library) return facts;
  if (const int answer = driver.init(0); answer != 0) {
    const char* text = nullptr;
    facts.refusal = driver.errorText(answer, &text) == 0 && text ? text : fmt::format("error {}", answer);
    return facts;
  }
  facts.driver_version = driverVersion();
  if (driver.version(&facts.driver_cuda) != 0) facts.driver_cuda = 0;
  facts.devices = devicesOf(driver);
  return facts;
}

std::string cudaVersion(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

std::vector<Finding> judgeCuda(const CudaFacts& facts) {
  const std::string area = "Graphics card";
  if (!facts.driver_library) {
    if (!facts.device_present) {
      return {
          note(area, "No NVIDIA card was found", "Everything works on the processor, networks more slowly.")};
    }
    return {warning(area, "There is an NVIDIA card, but not its driver",
                    "libcuda.so.1 cannot be loaded; networks run on the processor.",
                    "Install NVIDIA's driver (Debian: nvidia-driver) and start the machine again.")};
  }
  if (!facts.refusal.empty() || facts.devices.empty()) {
    const std::string said = facts.refusal.empty() ? "it names no card" : "it says: " + facts.refusal;
    const std::string detail = "The driver's library is there, but " + said + ".";
    if (!facts.device_present) return {note(area, "No NVIDIA card can be used", detail)};
    return {warning(area, "The NVIDIA card cannot be used", detail,
                    "Look at what nvidia-smi says; after an update of the driver, start the machine again.")};
  }
  std::vector<Finding> findings;
  const std::string runs = facts.driver_cuda > 0 ? "runs CUDA up to " + cudaVersion(facts.driver_cuda) : "";
  for (const CudaDevice& device : facts.devices) {
    findings.push_back(good(area, fmt::format("{}, {}", device.name, sizeText(device.memory_bytes)),
                            fmt::format("Driver {} {}.", facts.driver_version, runs)));
  }
  if (facts.toolkit_cuda == 0) {
    findings.push_back(note(area, "This program was built without CUDA", "Networks run on the processor.",
                            "Install the CUDA Toolkit and build again."));
  } else if (facts.driver_cuda / 1000 < facts.toolkit_cuda / 1000) {
    findings.push_back(warning(
        area, "The driver is older than the CUDA of this program",
        fmt::format("The driver {}; the program was built with {}.", runs, cudaVersion(facts.toolkit_cuda)),
        "Install a newer driver, or build with an older CUDA Toolkit."));
  } else {
    findings.push_back(good(area, "Driver and program fit together",
                            "The program was built with CUDA " + cudaVersion(facts.toolkit_cuda) + "."));
  }
  return findings;
}

}  // namespace hbev::doctor
