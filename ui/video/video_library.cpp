// Finds and loads the library hbevocc-video.
#include <array>
#include <dlfcn.h>
#include <filesystem>
#include <string_view>

#include "core/base/error.h"
#include "ui/video/video_encoder.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVideoFile = HBEV_VIDEO_LIBRARY;

/// Beside the program; where it is installed; where it was built, for the tests.
fs::path findVideoLibrary() {
  std::error_code none;
  const fs::path program = fs::read_symlink("/proc/self/exe", none);
  const std::array places{program.parent_path() / kVideoFile,
                          program.parent_path().parent_path() / "lib" / "hbevocc-studio" / kVideoFile,
                          fs::path(HBEV_VIDEO_BUILT_IN) / kVideoFile};
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, none)) return place;
  }
  throw Error({.summary = "The library for videos is absent",
               .file = places.front(),
               .expected = std::string(kVideoFile) + " beside the program",
               .found = "no such file",
               .advice = "Build or install the program again, or save a folder of pictures."});
}

const VideoLibrary* loadVideoLibrary() {
  const fs::path file = findVideoLibrary();
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed: FFmpeg's tables stay
  using Entry = const VideoLibrary* (*)();
  const auto entry = handle ? reinterpret_cast<Entry>(dlsym(handle, "hbevVideoLibrary")) : nullptr;
  const VideoLibrary* library = entry ? entry() : nullptr;
  if (library && std::string_view(library->version) == HBEV_VERSION) return library;
  const char* why = library ? library->version : dlerror();
  throw Error({.summary = "The library for videos cannot be loaded",
               .file = file,
               .expected = "version " HBEV_VERSION ", and OpenCV's videoio",
               .found = why ? why : "nothing of videos in it",
               .advice = "Build or install the program again, or save a folder of pictures."});
}

}  // namespace

const VideoLibrary& videoLibrary() {
  static const VideoLibrary* const library = loadVideoLibrary();  // after an error the next call tries again
  return *library;
}

}  // namespace hbev::ui
