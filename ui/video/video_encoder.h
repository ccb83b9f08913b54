// What the library hbevocc-video gives to the window: OpenCV's video encoders, which bring ninety further
// libraries along. It is loaded when the first video is made, so that the window's start does not wait for
// it.
#pragma once

#include <cstdint>
#include <memory>

namespace hbev::ui {

/// Knows no Error: what has gone wrong is for its user to say.
class VideoEncoder {
 public:
  virtual ~VideoEncoder() = default;
  /// Rows of 4 bytes a pixel (blue, green, red, none) without gaps, of the size that it was opened with.
  /// False when the encoder gave up.
  virtual bool add(const std::uint8_t* bgra) = 0;
  /// Writes the rest. False when the encoder gave up.
  virtual bool close() = 0;
};

struct VideoLibrary {
  const char* version;  ///< of the program it was built with
  /// Null when no encoder takes it. H.264 where there is one, as browsers play it, else MPEG-4.
  std::unique_ptr<VideoEncoder> (*open)(const char* file, int width, int height, double frames_per_second);
  /// How many pictures a video has, by decoding its index; -1 when it cannot be read.
  int (*count)(const char* file);
};

/// Loads it at the first call; any thread may call. Throws Error when it is absent, damaged, or of another
/// version.
const VideoLibrary& videoLibrary();

}  // namespace hbev::ui
