// Where a video's pictures are taken: the viewports, and the cameras above them, stand on it in the video's
// size while the window waits; or the window itself.
#pragma once

#include <memory>
#include <optional>

#include <QtCore/QRect>
#include <QtGui/QImage>

#include "ui/video/video_plan.h"

class QWidget;

namespace hbev::ui {

class MainWindow;

class VideoStage {
 public:
  VideoStage(MainWindow& window, const VideoPlan& plan);
  /// Everything is where it was.
  ~VideoStage();

  /// Of every picture; even.
  QSize size() const { return size_; }
  /// What is shown now, once all of it is loaded and drawn. The window's: RGB32, without a ratio.
  std::optional<QImage> picture();

  /// Of the pictures that a plan makes, for its estimate.
  static QSize sizeFor(MainWindow& window, const VideoPlan& plan);

 private:
  bool isLoaded() const;
  void setUp();
  void resizeWindow();
  std::optional<QImage> viewportsPicture();
  void paintStates(QImage& viewports) const;
  void paintCaption(QImage& image) const;

  MainWindow& window_;
  VideoPlan plan_;
  QSize size_;
  double ratio_ = 1;    ///< device pixels of a logical one
  int caption_px_ = 0;  ///< of the picture's height
  int cameras_px_ = 0;
  std::unique_ptr<QWidget> stage_;
  std::optional<QSize> window_size_;  ///< that it had, when it was changed
};

}  // namespace hbev::ui
