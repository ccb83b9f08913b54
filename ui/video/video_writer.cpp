#include "ui/video/video_writer.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/error.h"
#include "core/base/files.h"
#include "ui/video/video_encoder.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostWaiting = 4;
constexpr int kLargest_px = 8192;
constexpr double kSlowest = 0.05, kFastest = 240;
constexpr std::uintmax_t kLeastFree_bytes = 64U << 20U;
constexpr int kPngCompression = 3;  // a third slower at 9, for a tenth less

[[noreturn]] void failToWrite(const fs::path& target, const std::string& found) {
  throw Error({.summary = target.filename().string() + " cannot be written",
               .file = target,
               .expected = {},
               .found = found,
               .advice = "Check the free space and the permissions of the folder."});
}

/// Encoders write on without a word when the disk is full.
void requireSpace(const fs::path& target, const fs::path& written_to) {
  std::error_code code;
  const fs::space_info space = fs::space(written_to.parent_path(), code);
  if (!code && space.available < kLeastFree_bytes)
    failToWrite(target, fmt::format("{} MB free on the disk", space.available >> 20U));
}

}  // namespace

bool VideoTarget::isVideo() const {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return ending == ".mp4";
}

VideoWriter::VideoWriter(VideoTarget target) : target_(std::move(target)) {
  if (target_.path.empty()) throw Error({"No file is named for the video", {}, {}, {}, {}});
  target_.path = fs::absolute(target_.path).lexically_normal();
  if (!target_.path.has_filename()) target_.path = target_.path.parent_path();
  const auto isGood = [](int size_px) { return size_px >= 2 && size_px <= kLargest_px && size_px % 2 == 0; };
  if (!isGood(target_.width) || !isGood(target_.height)) {
    throw Error({.summary = "A video of this size cannot be made",
                 .file = target_.path,
                 .expected = fmt::format("even numbers of pixels, at most {}", kLargest_px),
                 .found = fmt::format("{} x {}", target_.width, target_.height),
                 .advice = {}});
  }
  if (!(target_.frames_per_second >= kSlowest && target_.frames_per_second <= kFastest)) {
    throw Error({.summary = "A video of this speed cannot be made",
                 .file = target_.path,
                 .expected = fmt::format("{} to {} pictures a second", kSlowest, kFastest),
                 .found = fmt::format("{}", target_.frames_per_second),
                 .advice = {}});
  }
  std::error_code code;
  fs::create_directories(target_.path.parent_path(), code);
  temporary_ = temporarySibling(target_.path);
  // FFmpeg chooses the kind of file by the ending.
  if (target_.isVideo()) temporary_ += ".mp4";
  requireSpace(target_.path, temporary_);
  sink_ = target_.isVideo() ? openVideo() : openFolder();
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

VideoWriter::~VideoWriter() {
  thread_.request_stop();
  thread_.join();
  sink_ = {};
  std::error_code code;
  fs::remove_all(temporary_, code);  // gone already when it was published
}

VideoWriter::Sink VideoWriter::openVideo() {
  if (fs::is_directory(target_.path)) failToWrite(target_.path, "a folder of this name");
  {
    std::ofstream probe(temporary_);
    if (!probe) failToWrite(target_.path, std::strerror(errno));
  }
  const VideoLibrary& library = videoLibrary();
  std::shared_ptr<VideoEncoder> encoder =
      library.open(temporary_.c_str(), target_.width, target_.height, target_.frames_per_second);
  if (!encoder) {
    std::error_code code;
    fs::remove(temporary_, code);
    throw Error({.summary = "No video can be made on this machine",
                 .file = target_.path,
                 .expected = "H.264 or MPEG-4 in OpenCV's FFmpeg",
                 .found = "neither takes this size and speed",
                 .advice = "Save a folder of pictures, from which other programs make a video."});
  }
  const auto giveUp = [this] { failToWrite(target_.path, "the encoder gave up"); };
  Sink sink;
  sink.add = [encoder, giveUp](const VideoFrame& frame) {
    if (!encoder->add(frame.bgra.data())) giveUp();
  };
  // A file that was cut off where the disk was full has no index, or one of fewer pictures.
  sink.close = [this, encoder, giveUp, &library] {
    if (!encoder->close()) giveUp();
    const int readable = library.count(temporary_.c_str());
    if (readable != int(written_)) {
      failToWrite(target_.path,
                  fmt::format("{} of {} pictures in the file", std::max(0, readable), written_));
    }
  };
  return sink;
}

VideoWriter::Sink VideoWriter::openFolder() {
  std::error_code code;
  if (fs::exists(target_.path) && !(fs::is_directory(target_.path) && fs::is_empty(target_.path))) {
    throw Error({.summary = target_.path.filename().string() + " is not an empty folder",
                 .file = target_.path,
                 .expected = "a new or empty folder for the pictures, or a name that ends in .mp4",
                 .found = fs::is_directory(target_.path) ? "a folder with files" : "a file",
                 .advice = {}});
  }
  if (!fs::create_directory(temporary_, code)) failToWrite(target_.path, code.message());
  Sink sink;
  sink.add = [this](const VideoFrame& frame) {
    const cv::Mat picture(frame.height, frame.width, CV_8UC4, const_cast<std::uint8_t*>(frame.bgra.data()));
    cv::Mat bgr;
    cv::cvtColor(picture, bgr, cv::COLOR_BGRA2BGR);
    const fs::path file = temporary_ / fmt::format("{:05}.png", written_ + 1);
    bool is_written = false;
    try {
      is_written = cv::imwrite(file.string(), bgr, {cv::IMWRITE_PNG_COMPRESSION, kPngCompression});
    } catch (const cv::Exception&) {
      is_written = false;
    }
    if (!is_written) failToWrite(target_.path, std::strerror(errno));
  };
  sink.close = [] {};
  return sink;
}

bool VideoWriter::hasRoom() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size() < kMostWaiting;
}

void VideoWriter::add(VideoFrame frame) {
  if (frame.width != target_.width || frame.height != target_.height ||
      frame.bgra.size() != std::size_t(4) * std::size_t(frame.width) * std::size_t(frame.height)) {
    throw Error({.summary = "A picture of the video has another size",
                 .file = target_.path,
                 .expected = fmt::format("{} x {}", target_.width, target_.height),
                 .found = fmt::format("{} x {}", frame.width, frame.height),
                 .advice = {}});
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kMostWaiting || is_done_; });
  if (is_done_) return;  // requireGood() says why
  waiting_.push_back(std::move(frame));
  changed_.notify_all();
}

void VideoWriter::finish() {
  const std::scoped_lock lock(mutex_);
  is_finishing_ = true;
  changed_.notify_all();
}

bool VideoWriter::isDone() const {
  const std::scoped_lock lock(mutex_);
  return is_done_;
}

void VideoWriter::requireGood() const {
  const std::scoped_lock lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

std::size_t VideoWriter::written() const {
  const std::scoped_lock lock(mutex_);
  return written_;
}

void VideoWriter::work(const std::stop_token& stop) {
  try {
    while (true) {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !waiting_.empty() || is_finishing_; })) return;
      if (waiting_.empty()) break;
      const VideoFrame frame = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      changed_.notify_all();
      requireSpace(target_.path, temporary_);
      sink_.add(frame);
      lock.lock();
      ++written_;
    }
    sink_.close();
    publish();
  } catch (const Error&) {
    const std::scoped_lock lock(mutex_);
    error_ = std::current_exception();
  } catch (const std::exception& failure) {  // no memory, or OpenCV's: the window knows our errors only
    const std::scoped_lock lock(mutex_);
    error_ =
        std::make_exception_ptr(Error({.summary = target_.path.filename().string() + " cannot be written",
                                       .file = target_.path,
                                       .expected = {},
                                       .found = failure.what(),
                                       .advice = {}}));
  }
  const std::scoped_lock lock(mutex_);
  is_done_ = true;
  changed_.notify_all();
}

void VideoWriter::publish() {
  if (written_ == 0) throw Error({"A video of no pictures cannot be made", target_.path, {}, {}, {}});
  publishFile(temporary_, target_.path);
}

}  // namespace hbev::ui
