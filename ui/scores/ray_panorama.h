// The panel around the panorama of rays: what its pixels say, how many rays there are, larger or smaller.
#pragma once

#include <QtCore/QPointer>
#include <QtWidgets/QWidget>

#include "ui/viewport/ray_drawing.h"

class QToolButton;

namespace hbev::ui {

class PanelHeader;
class PanelStack;
class PanoramaView;
class SegmentedControl;
class Studio;

class RayPanorama : public QWidget {
  Q_OBJECT
 public:
  explicit RayPanorama(Studio& studio, QWidget* parent = nullptr);
  PanoramaView& view() const { return *view_; }
  /// As its dock: half of the window, or as high as before.
  void toggleMaximised();

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  class Ramp;
  void showState();

  Studio& studio_;
  QPointer<ErrorView> errors_;  ///< gone before the window hides its panels for the last time
  PanelHeader* header_;
  Ramp* ramp_;
  SegmentedControl* modes_;
  QToolButton* maximise_;
  PanelStack* stack_;
  PanoramaView* view_;
  int usual_height_ = 0;  ///< 0 while not maximised
};

}  // namespace hbev::ui
