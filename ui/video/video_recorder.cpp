#include "ui/video/video_recorder.h"

#include <cstring>
#include <utility>

#include "ui/video/video_stage.h"
#include "ui/video/video_writer.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

constexpr int kLook_ms = 5;
constexpr qint64 kMostWaiting_ms = 120'000;

VideoFrame frameOf(const QImage& image) {
  VideoFrame frame{image.width(), image.height(), {}};
  const auto row = std::size_t(4) * std::size_t(image.width());
  frame.bgra.resize(row * std::size_t(image.height()));
  for (int y = 0; y < image.height(); ++y)
    std::memcpy(frame.bgra.data() + row * std::size_t(y), image.constScanLine(y), row);
  return frame;
}

}  // namespace

VideoRecorder::VideoRecorder(MainWindow& window) : QObject(&window), window_(window) {
  timer_.setInterval(kLook_ms);
  connect(&timer_, &QTimer::timeout, this, &VideoRecorder::work);
  connect(&window.studio(), &Studio::datasetChanged, this, [this] {
    before_ = window_.studio().current();
    moment_before_ = 0;
    stop();
  });
}

VideoRecorder::~VideoRecorder() {
  end();
}

void VideoRecorder::start(const VideoPlan& plan) {
  if (isRunning() || !window_.studio().dataset()) return;
  plan_ = plan;
  try {
    begin();
  } catch (const Error& error) {
    end();
    Q_EMIT failed(error.problem());
  }
}

void VideoRecorder::begin() {
  Studio& studio = window_.studio();
  before_ = studio.current();
  moment_before_ = studio.sweeps().current();
  was_playing_ = studio.playback().isPlaying();
  is_away_ = true;
  studio.playback().setPlaying(false);
  studio.setCurrent(plan_.scene, std::size_t(plan_.first));
  stops_ = videoStops(studio, plan_);
  plan_.size = VideoStage::sizeFor(window_, plan_);  // whatever the window does until its disk answers
  const VideoTarget target{plan_.path.toStdString(), plan_.size.width(), plan_.size.height(),
                           videoRate(plan_, stops_)};
  writer_ = std::make_unique<VideoWriter>(target);
  progress_ = std::make_unique<Progress>([this](const Progress::State& state) { Q_EMIT progressed(state); });
  progress_->start(tr("Video of %1")
                       .arg(QString::fromStdString(studio.dataset()->scenes()[plan_.scene].name))
                       .toStdString(),
                   std::int64_t(stops_.size()));
  timer_.start();
}

void VideoRecorder::setStage() {
  stage_ = std::make_unique<VideoStage>(window_, plan_);
  at_ = 0;
  waited_.start();
  go(stops_[0]);
}

void VideoRecorder::stop() {
  if (!isRunning()) return;
  end();
  Q_EMIT stopped();
}

void VideoRecorder::end() {
  timer_.stop();
  writer_.reset();
  stage_.reset();
  if (!std::exchange(is_away_, false)) return;
  Studio& studio = window_.studio();
  studio.setCurrent(before_.scene, before_.index);
  if (moment_before_ > 0) studio.showMoment(moment_before_);
  if (was_playing_) studio.playback().setPlaying(true);
}

bool VideoRecorder::isThere(const VideoStop& stop) const {
  const Studio& studio = window_.studio();
  if (studio.current() != FrameKey{plan_.scene, std::size_t(stop.keyframe)}) return false;
  return stop.moment < 0 ? !studio.sweeps().between() : studio.sweeps().current() == stop.moment;
}

void VideoRecorder::go(const VideoStop& stop) {
  Studio& studio = window_.studio();
  if (stop.moment < 0 || studio.current().scene != plan_.scene)
    studio.setCurrent(plan_.scene, std::size_t(stop.keyframe));
  if (stop.moment >= 0) studio.showMoment(stop.moment);
}

void VideoRecorder::work() {
  try {
    writer_->requireGood();
    if (!stage_) {  // before anything moves: the writer may refuse, or its disk not answer
      if (writer_->isReady()) setStage();
      return;
    }
    if (at_ < stops_.size()) return takePicture();
    if (!writer_->isDone()) return;
    writer_->requireGood();
    const int pictures = int(writer_->written());
    end();
    Q_EMIT finished(plan_.path, pictures);
  } catch (const Error& error) {
    end();
    Q_EMIT failed(error.problem());
  }
}

void VideoRecorder::takePicture() {
  if (!isThere(stops_[at_])) go(stops_[at_]);  // somebody else went on meanwhile
  if (!writer_->hasRoom()) return;
  const auto image = stage_->picture();
  if (!image) {
    if (waited_.elapsed() < kMostWaiting_ms) return;
    throw Error({.summary = "A keyframe of the video is not shown after two minutes",
                 .file = {},
                 .expected = {},
                 .found = "keyframe " + std::to_string(stops_[at_].keyframe + 1),
                 .advice = "Look at it in the window, or leave it out."});
  }
  writer_->add(frameOf(*image));
  waited_.restart();
  if (++at_ == stops_.size()) {
    writer_->finish();
  } else {
    go(stops_[at_]);
  }
  progress_->advance();
}

}  // namespace hbev::ui
