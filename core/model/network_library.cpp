#include "core/model/network_library.h"

#include <algorithm>
#include <array>
#include <dlfcn.h>
#include <filesystem>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVersion = HBEV_VERSION;

#ifdef HBEV_NETWORK_LIBRARY
constexpr std::string_view kFileName = HBEV_NETWORK_LIBRARY;
constexpr const char* kEntry = "hbevNetworkLibrary";

/// Beside the program; where it is installed; where it was built, for the tests.
fs::path findLibrary() {
  std::vector<fs::path> places;
  std::error_code none;
  if (const fs::path program = fs::read_symlink("/proc/self/exe", none); !none) {
    places.push_back(program.parent_path() / kFileName);
    places.push_back(program.parent_path().parent_path() / "lib" / "hbevocc-studio" / kFileName);
  }
  places.push_back(fs::path(HBEV_BUILT_IN) / kFileName);
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, none)) return place;
  }
  throw Error({.summary = "The network's library is absent",
               .file = places.front(),
               .expected = std::string(kFileName) + " beside the program",
               .found = "no such file",
               .advice = "Build or install the program again."});
}

std::string lastLinkError() {
  const char* text = dlerror();
  return text == nullptr ? "nothing of the network in it" : text;
}

const NetworkLibrary& load() {
  const fs::path file = findLibrary();
  // Global, as if the program were linked with it: OpenBLAS is looked for by name. Never closed: LibTorch's
  // threads and tables live as long as the program.
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
  using Entry = const NetworkLibrary* (*)();
  const auto entry = library == nullptr ? nullptr : reinterpret_cast<Entry>(dlsym(library, kEntry));
  if (entry == nullptr) {
    throw Error({.summary = "The network's library cannot be loaded",
                 .file = file,
                 .expected = "a library that fits this program, and LibTorch as it was built with",
                 .found = lastLinkError(),
                 .advice = "Build or install the program again."});
  }
  const NetworkLibrary& found = *entry();
  if (found.version != kVersion) {
    throw Error({.summary = "The network's library belongs to another version of the program",
                 .file = file,
                 .expected = std::string(kVersion),
                 .found = found.version,
                 .advice = "Build or install the program again."});
  }
  return found;
}
#else
const NetworkLibrary& load() {
  throw Error({.summary = "This program was built without LibTorch, which the network needs",
               .file = {},
               .expected = {},
               .found = {},
               .advice = "Install libtorch-dev and libtomlplusplus-dev and build it again."});
}
#endif

/// Whether a driver for NVIDIA's cards is there, also under Windows' Linux.
bool hasCardDriver() {
  constexpr std::array kSigns{"/proc/driver/nvidia", "/dev/nvidiactl", "/dev/dxg"};
  return std::ranges::any_of(kSigns, [](const char* sign) {
    std::error_code none;
    return fs::exists(sign, none);
  });
}

}  // namespace

bool hasNetworkLibrary() {
#ifdef HBEV_NETWORK_LIBRARY
  return true;
#else
  return false;
#endif
}

const NetworkLibrary& networkLibrary() {
  static const NetworkLibrary& library = load();  // after an error the next call tries again
  return library;
}

std::vector<DeviceInfo> devicesOfMachine() {
  if (hasCardDriver()) return networkLibrary().devices();
  const int processors = std::max(1, int(std::thread::hardware_concurrency()));
  return {{"cpu", fmt::format("CPU, {} thread{}", processors, processors == 1 ? "" : "s")}};
}

}  // namespace hbev
