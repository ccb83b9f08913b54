#include "ui/video/video_writer.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <fstream>
#include <functional>
#include <mutex>

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/error.h"
#include "core/base/files.h"
#include "ui/state/left_threads.h"
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

void requirePossible(const VideoTarget& target) {
  const auto isGood = [](int size_px) { return size_px >= 2 && size_px <= kLargest_px && size_px % 2 == 0; };
  if (!isGood(target.width) || !isGood(target.height)) {
    throw Error({.summary = "A video of this size cannot be made",
                 .file = target.path,
                 .expected = fmt::format("even numbers of pixels, at most {}", kLargest_px),
                 .found = fmt::format("{} x {}", target.width, target.height),
                 .advice = {}});
  }
  if (!(target.frames_per_second >= kSlowest && target.frames_per_second <= kFastest)) {
    throw Error({.summary = "A video of this speed cannot be made",
                 .file = target.path,
                 .expected = fmt::format("{} to {} pictures a second", kSlowest, kFastest),
                 .found = fmt::format("{}", target.frames_per_second),
                 .advice = {}});
  }
}

}  // namespace

bool VideoTarget::isVideo() const {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return ending == ".mp4";
}

/// What the thread works on.
class VideoWriter::Work {
 public:
  explicit Work(VideoTarget target) : target_(std::move(target)) {}
  const VideoTarget& target() const { return target_; }
  void run(const std::stop_token& stop);

  mutable std::mutex mutex;
  std::condition_variable_any changed;
  // Guarded by the mutex.
  std::deque<VideoFrame> waiting;
  std::size_t written = 0;
  bool is_ready = false, is_finishing = false, is_done = false;
  std::exception_ptr error;

 private:
  /// Where pictures go: an encoder, or a folder.
  struct Sink {
    std::function<void(const VideoFrame&)> add;
    std::function<void()> close;
  };
  Sink open();
  Sink openVideo();
  Sink openFolder();
  /// Until all are written. False: it was stopped.
  bool writeAll(const Sink& sink, const std::stop_token& stop);
  void make(const std::stop_token& stop);
  void publish();

  const VideoTarget target_;
  std::filesystem::path temporary_;
};

VideoWriter::VideoWriter(VideoTarget target) {
  if (target.path.empty()) throw Error({"No file is named for the video", {}, {}, {}, {}});
  target.path = fs::absolute(target.path).lexically_normal();
  if (!target.path.has_filename()) target.path = target.path.parent_path();
  requirePossible(target);
  work_ = std::make_shared<Work>(std::move(target));
  thread_ = std::jthread([work = work_](const std::stop_token& stop) { work->run(stop); });
}

VideoWriter::~VideoWriter() {
  thread_.request_stop();
  thread_.detach();
  addLeftThread([work = work_](std::chrono::steady_clock::time_point wait_until) {
    std::unique_lock lock(work->mutex);
    return work->changed.wait_until(lock, wait_until, [&] { return work->is_done; });
  });
}

bool VideoWriter::isReady() const {
  const std::scoped_lock lock(work_->mutex);
  return work_->is_ready;
}

bool VideoWriter::hasRoom() const {
  const std::scoped_lock lock(work_->mutex);
  return work_->waiting.size() < kMostWaiting;
}

void VideoWriter::add(VideoFrame frame) {
  const VideoTarget& target = work_->target();
  if (frame.width != target.width || frame.height != target.height ||
      frame.bgra.size() != std::size_t(4) * std::size_t(frame.width) * std::size_t(frame.height)) {
    throw Error({.summary = "A picture of the video has another size",
                 .file = target.path,
                 .expected = fmt::format("{} x {}", target.width, target.height),
                 .found = fmt::format("{} x {}", frame.width, frame.height),
                 .advice = {}});
  }
  std::unique_lock lock(work_->mutex);
  work_->changed.wait(lock, [this] { return work_->waiting.size() < kMostWaiting || work_->is_done; });
  if (work_->is_done) return;  // requireGood() says why
  work_->waiting.push_back(std::move(frame));
  work_->changed.notify_all();
}

void VideoWriter::finish() {
  const std::scoped_lock lock(work_->mutex);
  work_->is_finishing = true;
  work_->changed.notify_all();
}

bool VideoWriter::isDone() const {
  const std::scoped_lock lock(work_->mutex);
  return work_->is_done;
}

void VideoWriter::requireGood() const {
  const std::scoped_lock lock(work_->mutex);
  if (work_->error) std::rethrow_exception(work_->error);
}

std::size_t VideoWriter::written() const {
  const std::scoped_lock lock(work_->mutex);
  return work_->written;
}

VideoWriter::Work::Sink VideoWriter::Work::open() {
  std::error_code code;
  fs::create_directories(target_.path.parent_path(), code);
  temporary_ = temporarySibling(target_.path);
  // FFmpeg chooses the kind of file by the ending.
  if (target_.isVideo()) temporary_ += ".mp4";
  requireSpace(target_.path, temporary_);
  return target_.isVideo() ? openVideo() : openFolder();
}

VideoWriter::Work::Sink VideoWriter::Work::openVideo() {
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
    if (readable != int(written)) {
      failToWrite(target_.path, fmt::format("{} of {} pictures in the file", std::max(0, readable), written));
    }
  };
  return sink;
}

VideoWriter::Work::Sink VideoWriter::Work::openFolder() {
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
    const fs::path file = temporary_ / fmt::format("{:05}.png", written + 1);
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

bool VideoWriter::Work::writeAll(const Sink& sink, const std::stop_token& stop) {
  while (true) {
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [this] { return !waiting.empty() || is_finishing; });
    if (stop.stop_requested()) return false;
    if (waiting.empty()) return true;
    const VideoFrame frame = std::move(waiting.front());
    waiting.pop_front();
    lock.unlock();
    changed.notify_all();
    requireSpace(target_.path, temporary_);
    sink.add(frame);
    lock.lock();
    ++written;
  }
}

void VideoWriter::Work::make(const std::stop_token& stop) {
  const Sink sink = open();
  {
    const std::scoped_lock lock(mutex);
    is_ready = true;
  }
  if (!writeAll(sink, stop)) return;
  sink.close();
  if (!stop.stop_requested()) publish();
}

void VideoWriter::Work::run(const std::stop_token& stop) {
  std::exception_ptr failure;
  try {
    make(stop);
  } catch (const Error&) {
    failure = std::current_exception();
  } catch (const std::exception& other) {  // no memory, or OpenCV's: the window knows our errors only
    failure =
        std::make_exception_ptr(Error({.summary = target_.path.filename().string() + " cannot be written",
                                       .file = target_.path,
                                       .expected = {},
                                       .found = other.what(),
                                       .advice = {}}));
  }
  std::error_code code;
  if (!temporary_.empty()) fs::remove_all(temporary_, code);  // gone already when it was published
  const std::scoped_lock lock(mutex);
  error = failure;
  is_done = true;
  changed.notify_all();
}

void VideoWriter::Work::publish() {
  if (written == 0) throw Error({"A video of no pictures cannot be made", target_.path, {}, {}, {}});
  publishFile(temporary_, target_.path);
}

}  // namespace hbev::ui
