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

struct LoadedLibrary {
  fs::path file;
  void* handle = nullptr;
  const NetworkLibrary* network = nullptr;
};

void* entryOf(const fs::path& file, void* handle, const char* name) {
  if (void* entry = handle == nullptr ? nullptr : dlsym(handle, name)) return entry;
  throw Error({.summary = "The network's library cannot be loaded",
               .file = file,
               .expected = "a library that fits this program, and LibTorch as it was built with",
               .found = lastLinkError(),
               .advice = "Build or install the program again."});
}

LoadedLibrary loadLibrary() {
  LoadedLibrary library{.file = findLibrary()};
  // Global, as if the program were linked with it: OpenBLAS is looked for by name. Never closed: LibTorch's
  // threads and tables live as long as the program.
  library.handle = dlopen(library.file.c_str(), RTLD_NOW | RTLD_GLOBAL);
  using Entry = const NetworkLibrary* (*)();
  library.network = reinterpret_cast<Entry>(entryOf(library.file, library.handle, kEntry))();
  if (library.network->version != kVersion) {
    throw Error({.summary = "The network's library belongs to another version of the program",
                 .file = library.file,
                 .expected = std::string(kVersion),
                 .found = library.network->version,
                 .advice = "Build or install the program again."});
  }
  return library;
}

const LoadedLibrary& loadedLibrary() {
  static const LoadedLibrary library = loadLibrary();  // after an error the next call tries again
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
bool hasCardDriver() {
  constexpr std::array kSigns{"/proc/driver/nvidia", "/dev/nvidiactl", "/dev/dxg"};
  return std::ranges::any_of(kSigns, [](const char* sign) {
    std::error_code none;
    return fs::exists(sign, none);
  });
}

}  // namespace

#ifdef HBEV_NETWORK_LIBRARY
bool hasNetworkLibrary() {
  return true;
}

const NetworkLibrary& networkLibrary() {
  return *loadedLibrary().network;
}

void* networkLibraryEntry(const char* name) {
  const LoadedLibrary& library = loadedLibrary();
  return entryOf(library.file, library.handle, name);
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
  if (hasCardDriver()) return networkLibrary().devices();
  const int processors = std::max(1, int(std::thread::hardware_concurrency()));
  return {{"cpu", fmt::format("CPU, {} thread{}", processors, processors == 1 ? "" : "s")}};
}

}  // namespace hbev
