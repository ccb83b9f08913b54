// The library hbevocc-video: OpenCV's VideoWriter with FFmpeg. Nothing else of the project is in it.
#include <array>

#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "ui/video/video_encoder.h"

namespace hbev::ui {
namespace {

class OpenCvEncoder final : public VideoEncoder {
 public:
  bool open(const char* file, int width, int height, double frames_per_second) {
    // H.264 in yuv420p is what browsers play; MPEG-4 is in every FFmpeg.
    constexpr std::array<std::array<char, 4>, 2> kCodecs{{{'a', 'v', 'c', '1'}, {'m', 'p', '4', 'v'}}};
    size_ = {width, height};
    for (const auto& codec : kCodecs) {
      const int code = cv::VideoWriter::fourcc(codec[0], codec[1], codec[2], codec[3]);
      if (writer_.open(file, cv::CAP_FFMPEG, code, frames_per_second, size_)) return true;
    }
    return false;
  }

  bool add(const std::uint8_t* bgra) override {
    try {
      const cv::Mat picture(size_, CV_8UC4, const_cast<std::uint8_t*>(bgra));
      cv::cvtColor(picture, bgr_, cv::COLOR_BGRA2BGR);
      writer_.write(bgr_);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  bool close() override {
    try {
      writer_.release();
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

 private:
  cv::VideoWriter writer_;
  cv::Size size_;
  cv::Mat bgr_;
};

std::unique_ptr<VideoEncoder> openVideo(const char* file, int width, int height, double frames_per_second) {
  try {
    auto encoder = std::make_unique<OpenCvEncoder>();
    if (encoder->open(file, width, height, frames_per_second)) return encoder;
  } catch (const std::exception&) {
    return nullptr;
  }
  return nullptr;
}

int countFrames(const char* file) {
  try {
    cv::VideoCapture video;
    if (!video.open(file, cv::CAP_FFMPEG)) return -1;
    return int(video.get(cv::CAP_PROP_FRAME_COUNT));
  } catch (const std::exception&) {
    return -1;
  }
}

}  // namespace
}  // namespace hbev::ui

extern "C" __attribute__((visibility("default"))) const hbev::ui::VideoLibrary* hbevVideoLibrary() {
  static const hbev::ui::VideoLibrary library{HBEV_VERSION, hbev::ui::openVideo, hbev::ui::countFrames};
  return &library;
}
