// Finds and loads the library hbevocc-video.
#include "core/base/module_library.h"
#include "ui/video/video_encoder.h"

namespace hbev::ui {
namespace {

const VideoLibrary& loadVideoLibrary() {
  static const ModuleLibrary library(
      {.file = installedFile("lib/hbevocc-studio/" HBEV_VIDEO_LIBRARY),
       .title = "The library for videos",
       .needs = "OpenCV's videoio",
       .advice = "Build or install the program again, or save a folder of pictures."});
  return library.table<VideoLibrary>("hbevVideoLibrary");
}

}  // namespace

const VideoLibrary& videoLibrary() {
  static const VideoLibrary& library = loadVideoLibrary();  // after an error the next call tries again
  return library;
}

}  // namespace hbev::ui
