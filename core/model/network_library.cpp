#include "core/model/network_library.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/module_library.h"
#include "core/base/processors.h"
#include "core/model/process_memory.h"

namespace hbev {
namespace {

#ifdef HBEV_NETWORK_LIBRARY
ModuleChoice networkChoice() {
  demandRoomForTorch();
  // Shares its names: OpenBLAS is looked for by name.
  return {.file = installedFile("lib/hbevocc-studio/" HBEV_NETWORK_LIBRARY),
          .title = "The network's library",
          .needs = "LibTorch as it was built with",
          .shares_names = true};
}

const ModuleLibrary& networkModule() {
  static const ModuleLibrary library(networkChoice());  // after an error the next call tries again
  return library;
}
#else
[[noreturn]] void failWithoutNetwork() {
  throw Error({.summary = "This program was built without LibTorch, which the network needs",
               .file = {},
               .expected = {},
               .found = {},
               .advice = "Install libtorch-dev and libtomlplusplus-dev and build it again."});
}
#endif

/// Whether a driver for NVIDIA's cards is there, also under Windows' Linux.
bool hasCudaDriver() {
  constexpr std::array kSigns{"/proc/driver/nvidia", "/dev/nvidiactl", "/dev/dxg"};
  return std::ranges::any_of(kSigns, [](const char* sign) {
    std::error_code none;
    return std::filesystem::exists(sign, none);
  });
}

}  // namespace

#ifdef HBEV_NETWORK_LIBRARY
bool hasNetworkLibrary() {
  return true;
}

const NetworkLibrary& networkLibrary() {
  static const NetworkLibrary& network = networkModule().table<NetworkLibrary>("hbevNetworkLibrary");
  return network;
}

void* networkLibraryEntry(const char* name) {
  networkLibrary();  // of this program's version
  return networkModule().entry(name);
}
#else
bool hasNetworkLibrary() {
  return false;
}

const NetworkLibrary& networkLibrary() {
  failWithoutNetwork();
}

void* networkLibraryEntry(const char*) {
  failWithoutNetwork();
}
#endif

std::vector<DeviceInfo> devicesOfMachine() {
  if (hasCudaDriver()) return networkLibrary().devices();
  const int threads = usableProcessors();
  return {{"cpu", fmt::format("CPU, {} thread{}", threads, threads == 1 ? "" : "s")}};
}

}  // namespace hbev
