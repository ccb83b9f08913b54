// Pictures become a video file, or a folder of numbered PNG files, on a thread of its own. No Qt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

namespace hbev::ui {

struct VideoTarget {
  std::filesystem::path path;  ///< *.mp4 is a video, anything else a folder of 00001.png, 00002.png, ...
  int width = 0, height = 0;   ///< px; even, as H.264 halves the colours
  double frames_per_second = 2;

  bool isVideo() const;
};

/// Rows of 4 bytes a pixel (blue, green, red, none) from the top, without gaps.
struct VideoFrame {
  int width = 0, height = 0;
  std::vector<std::uint8_t> bgra;
};

/// Writes under a temporary name beside the target, which appears whole when the last picture is written, or
/// not at all. Only its thread asks the disk.
class VideoWriter {
 public:
  /// Throws Error for a size or rate that no video has. What else speaks against it requireGood() throws: a
  /// place that cannot be written, a folder that holds other things, encoders that refuse.
  explicit VideoWriter(VideoTarget target);
  /// What is unfinished is removed, a moment later: nobody waits for the thread.
  ~VideoWriter();
  VideoWriter(const VideoWriter&) = delete;
  VideoWriter& operator=(const VideoWriter&) = delete;

  /// The place was found to be good: pictures are written from now on.
  bool isReady() const;
  /// False while several pictures wait to be encoded.
  bool hasRoom() const;
  /// Waits for room. Throws Error for a picture of another size.
  void add(VideoFrame frame);
  /// No more pictures come.
  void finish();
  /// All pictures are written and the file is there, or it went wrong.
  bool isDone() const;
  /// Throws the Error that the thread ended with, if any: a full disk, an encoder that gave up.
  void requireGood() const;
  std::size_t written() const;

 private:
  class Work;

  std::shared_ptr<Work> work_;  ///< outlives the writer where a disk does not answer
  std::jthread thread_;
};

}  // namespace hbev::ui
