// One view into the frame: Open3D geometry in a QOpenGLWidget, with the overlay, the mouse, and picking.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>
#include <QtCore/QVariantAnimation>
#include <QtOpenGLWidgets/QOpenGLWidget>

#include "render/frame_scene.h"
#include "render/picking.h"
#include "ui/state/studio.h"
#include "ui/viewport/hud.h"
#include "ui/viewport/scene_canvas.h"

namespace hbev::ui {

/// Over the ground along the grid's axes that are nearest to the screen's directions; and in height.
enum class VoxelStep { Left, Right, Ahead, Back, Higher, Lower };

class PredictedSource;

class Viewport : public QOpenGLWidget {
  Q_OBJECT
 public:
  Viewport(Studio& studio, Side side, QWidget* parent = nullptr);
  ~Viewport() override;

  Side side() const { return side_; }
  const ViewCamera& camera() const { return camera_; }
  /// `animate`: a flight of 220 ms, cut short by any input. Does not emit cameraMoved().
  void setCamera(const ViewCamera& camera, bool animate);
  /// Where a flight under way ends; without one the camera as it is.
  const ViewCamera& destination() const { return destination_; }
  bool isFlying() const { return flight_.state() == QAbstractAnimation::Running; }
  /// Shows the other side's source while held down.
  void setFlipped(bool flipped);
  /// Looks at everything, or at the selection when there is one.
  void frameAll();
  void frameSelection();
  /// Picks the next voxel that is seen here in one of the grid's directions, from the picked one; picks the
  /// one at the view's centre when none is picked. False when there is none, and then nothing changes.
  bool stepVoxel(VoxelStep step);
  /// Logical pixel of a voxel's centre, for linked hovering and tests.
  std::optional<QPointF> pixelOf(const Eigen::Vector3i& voxel) const;
  /// Something else covers so much of it at the sides, px: the overlay stays clear of that.
  void setInsets(int left, int right);
  /// What is written over it: everything; or, where room is short, whose picture it is and what is pointed
  /// at.
  enum class Overlay { Full, Badge };
  void setOverlay(Overlay overlay);
  /// Whether the overlay says how fast this machine draws and loads: it does, but in pictures for others.
  void setTellsSpeed(bool tells);
  /// What the overlay says of the last frame drawn.
  HudContent hudContent() const;
  /// What is seen has all rays: while much moves, only a share of them is drawn.
  bool isComplete() const { return !isVisible() || !canvas_ || canvas_->isComplete(); }
  /// "OpenGL 4.5 · llvmpipe": known after the first frame.
  const QString& glName() const { return gl_name_; }

 Q_SIGNALS:
  /// Somebody moved this viewport's camera.
  void cameraMoved();
  void activated();
  void glFailed(const hbev::Problem& problem);

 protected:
  void initializeGL() override;
  void paintGL() override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  bool event(QEvent* event) override;

 private:
  /// What changed since the last frame and must go to the GPU with the context current.
  struct Dirty {
    bool voxels = true, filter = true, paint = true, flow = true, frame = true, selection = true, ray = true;
    bool rays = true;
  };

  Side shownSide() const { return flipped_ ? other(side_) : side_; }
  void releaseGl();
  void onViewChanged(const ViewSettings& before);
  void upload();
  void uploadVoxels();
  VoxelPaint showVoxels(const std::shared_ptr<const Occupancy>& occupancy);
  VoxelPaint showOutcomes(const Occupancy& prediction, const Occupancy& truth);
  VoxelPaint showComparison(const Occupancy& own, const Occupancy& opposite, const Occupancy& truth);
  VoxelPaint makePaint(const Occupancy& occupancy, Coloring coloring);
  void countClasses(const Occupancy& occupancy);
  void countOutcomes();
  void uploadFlow(const Occupancy& occupancy);
  /// What outcomes of `side` are held against; null when there is nothing.
  std::shared_ptr<const Occupancy> truthOf(Side side) const;
  void uploadFrame();
  void uploadBoxes();
  DrawStyle drawStyle() const;
  void addTitle(HudContent& content) const;
  /// All that only a full overlay says.
  void addDetails(HudContent& content) const;
  void addContent(HudContent& content) const;
  std::string voxelCountText() const;
  void addLimits(HudContent& content) const;
  void addHover(HudContent& content) const;
  void addLegend(HudContent& content) const;
  void addOutcomeLegend(HudContent& content) const;
  void addComparisonLegend(HudContent& content) const;
  void addRayLegend(HudContent& content) const;
  void addErrorLimits(HudContent& content) const;
  void addMeasure(HudContent& content) const;
  /// The ray that is looked at as strokes; and, unless a voxel is pointed at, in words beside its end.
  void addRay(HudContent& content) const;
  bool showsRayLegend() const;
  std::optional<Eigen::Vector2f> pixelOf(const Eigen::Vector3d& point) const;
  std::optional<HudStroke> strokeOf(const RaySegment& segment) const;
  void addStreaming(HudContent& content) const;
  std::shared_ptr<const PredictedSource> predictedHere() const;
  void addStageTimes(HudContent& content) const;
  void drawScene();
  /// Draws some of the rays that were left out, until all are there or the scene changes.
  void refine();
  /// The scene must be drawn again at the next frame.
  void redraw();
  HudColors hudColors() const;
  void applyHudEvents(const HudEvents& events);
  /// The camera is the car's: it moves with it. Voxels stay where their keyframe was.
  ViewCamera cameraInVoxels() const;
  std::optional<PickedVoxel> pick(const QPointF& pixel) const;
  /// The pick at or around the view's centre.
  VoxelMark centralVoxel() const;
  /// Where a pixel meets a voxel, else the ground; for measuring.
  std::optional<Eigen::Vector3d> surfaceAt(const QPointF& pixel) const;
  void showMeasure();
  /// Keys of a measure; true when it was one.
  bool takeMeasureKey(const QKeyEvent& event);
  bool claimsKey(const QKeyEvent& event) const;
  void moveCamera(const ViewCamera& camera);
  void fly();
  void measureRate();

  Studio& studio_;
  Side side_;
  bool flipped_ = false;
  int inset_left_ = 0, inset_right_ = 0;
  ViewCamera camera_ = ViewCamera::orbit();
  ViewCamera destination_ = camera_;
  QVariantAnimation flight_;
  Pose voxels_from_ego_;  ///< of the moment, as drawn

  std::unique_ptr<FrameScene> scene_;
  std::unique_ptr<Hud> hud_;
  Dirty dirty_;
  std::unique_ptr<SceneCanvas> canvas_;  ///< the scene without the overlay
  QTimer rest_timer_;                    ///< runs until the camera rests, then from part to part of the rays
  bool scene_stale_ = true;
  std::shared_ptr<const Occupancy> shown_;  ///< what the scene's voxels show
  std::vector<std::size_t> counts_;         ///< of what is looked at of the source's occupancy, by class
  enum class Meaning { Colors, Outcomes, Comparison };
  Meaning meaning_ = Meaning::Colors;            ///< of `paint_index_`
  std::vector<std::uint8_t> paint_index_;        ///< by voxel of `shown_`, while it means something
  std::array<std::size_t, 6> outcome_counts_{};  ///< of what is seen of `shown_`, by `paint_index_`
  std::optional<HudRamp> ramp_;                  ///< of the colours of `shown_`
  VoxelFilter filter_;
  QString gl_name_;
  bool gl_failed_ = false;

  Qt::MouseButton drag_ = Qt::NoButton;
  QPointF press_, last_;
  bool moved_ = false;
  QSet<int> keys_;  ///< held down while flying
  QTimer fly_timer_;
  QElapsedTimer since_frame_, since_fly_;
  double draw_ms_ = 0, frames_per_second_ = 0;
  bool tells_speed_ = true;
  Overlay overlay_ = Overlay::Full;
};

}  // namespace hbev::ui
