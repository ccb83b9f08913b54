// Pictures become a video file, or a folder of numbered PNG files, on a thread of its own. No Qt.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
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
/// not at all.
class VideoWriter {
 public:
  /// Throws Error for a size or rate that no video has, a place that cannot be written, a folder that holds
  /// other things, and encoders that refuse.
  explicit VideoWriter(VideoTarget target);
  /// What is unfinished is removed.
  ~VideoWriter();
  VideoWriter(const VideoWriter&) = delete;
  VideoWriter& operator=(const VideoWriter&) = delete;

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
  /// Where pictures go: an encoder, or a folder.
  struct Sink {
    std::function<void(const VideoFrame&)> add;
    std::function<void()> close;
  };
  Sink openVideo();
  Sink openFolder();
  void work(const std::stop_token& stop);
  void publish();

  VideoTarget target_;
  std::filesystem::path temporary_;
  Sink sink_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<VideoFrame> waiting_;
  std::size_t written_ = 0;
  bool is_finishing_ = false, is_done_ = false;
  std::exception_ptr error_;
  std::jthread thread_;
};

}  // namespace hbev::ui
