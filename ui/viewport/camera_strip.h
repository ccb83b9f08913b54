// The six pictures of the keyframe, with voxels, lidar, boxes or the network's depth drawn over them; a click
// flies to the camera's eye, or probes the depth of a pixel.
#pragma once

#include <array>
#include <memory>

#include <QtWidgets/QWidget>

#include "ui/state/studio.h"
#include "ui/viewport/camera_tile.h"

namespace hbev::ui {

class DepthLegend;
class PanelHeader;
class PanelStack;
class SegmentedControl;
class ValueSlider;

class CameraStrip : public QWidget {
  Q_OBJECT
 public:
  explicit CameraStrip(Studio& studio, QWidget* parent = nullptr);
  ~CameraStrip() override;
  /// The camera that the active viewport looks through, or -1.
  void setSeenFrom(int camera);
  void setHeaderVisible(bool visible);
  /// Overlays of what is shown are under way.
  bool isPainting() const { return painting_ || overlay_waits_; }
  CameraTile& tile(Camera camera) { return *tiles_[std::size_t(camera)]; }
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;

 Q_SIGNALS:
  void cameraClicked(int camera);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void showFrame();
  void wishOverlays();
  void showDepthState();
  void showNothing();
  QString problemOf(const Frame& frame, Camera camera) const;

  Studio& studio_;
  PanelHeader* header_;
  SegmentedControl* overlay_;
  ValueSlider* opacity_;
  DepthLegend* legend_;
  PanelStack* stack_;
  QWidget* row_;
  std::array<CameraTile*, kCameraCount> tiles_{};
  TaskQueue queue_{1};
  std::uint64_t generation_ = 0;  ///< of the overlays: those of an older one are not shown any more
  bool painting_ = false, overlay_waits_ = false;
};

}  // namespace hbev::ui
