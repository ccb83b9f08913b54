// Makes a video of the current scene: goes from picture to picture, waits until each is loaded and drawn, and
// hands it to the writer. Afterwards the window is where it was.
#pragma once

#include <memory>
#include <vector>

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/frame.h"
#include "core/data/sample_loader.h"
#include "ui/video/video_plan.h"

namespace hbev::ui {

class MainWindow;
class VideoStage;
class VideoWriter;

class VideoRecorder : public QObject {
  Q_OBJECT
 public:
  explicit VideoRecorder(MainWindow& window);
  /// Stops.
  ~VideoRecorder() override;

  /// Nothing happens while one is being made. failed() may come at once. Waits for no disk.
  void start(const VideoPlan& plan);
  /// stopped() follows; nothing is left of the file, a moment later.
  void stop();
  bool isRunning() const { return writer_ != nullptr; }
  /// Of the video that is being made, or was made last, with the size that it has.
  const VideoPlan& plan() const { return plan_; }

 Q_SIGNALS:
  void progressed(const hbev::Progress::State& state);
  void finished(const QString& path, int pictures);
  void failed(const hbev::Problem& problem);
  void stopped();

 private:
  void begin();
  void setStage();
  void work();
  void takePicture();
  void go(const VideoStop& stop);
  bool isThere(const VideoStop& stop) const;
  /// The window is as it was.
  void end();

  MainWindow& window_;
  VideoPlan plan_;
  std::vector<VideoStop> stops_;
  std::size_t at_ = 0;
  std::unique_ptr<VideoStage> stage_;
  std::unique_ptr<VideoWriter> writer_;
  std::unique_ptr<Progress> progress_;
  QTimer timer_;
  QElapsedTimer waited_;
  FrameKey before_;
  int moment_before_ = 0;
  bool is_away_ = false, was_playing_ = false;
};

}  // namespace hbev::ui
