// A viewport under the mouse and the keys: picking, turning, shifting, zooming, flying.
#include <cmath>

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>

#include "ui/state/measure.h"
#include "ui/viewport/viewport.h"

namespace hbev::ui {
namespace {

constexpr double kDragThreshold_px = 4;
constexpr double kOrbit_radPerPixel = 0.0055;
constexpr double kWheelFactor = 0.88;
constexpr double kFlySpeed_mps = 14;

}  // namespace

ViewCamera Viewport::cameraInVoxels() const {
  return moved(camera_, voxels_from_ego_);
}

std::optional<QPointF> Viewport::pixelOf(const Eigen::Vector3i& voxel) const {
  const GridSpec grid = shown_ ? shown_->grid : GridSpec{};
  const auto pixel = cameraInVoxels().project(grid.center(voxel), width(), height());
  if (!pixel) return std::nullopt;
  return QPointF(pixel->x(), pixel->y());
}

std::optional<PickedVoxel> Viewport::pick(const QPointF& pixel) const {
  if (!shown_ || !studio_.view().layer(Layer::Voxels).shown) return std::nullopt;
  const ViewCamera camera = cameraInVoxels();
  const Eigen::Vector3d direction = camera.rayThrough({pixel.x(), pixel.y()}, width(), height());
  return pickVoxel(*shown_, filter_, camera.eye(), direction);
}

void Viewport::mousePressEvent(QMouseEvent* event) {
  Q_EMIT activated();
  setFocus(Qt::MouseFocusReason);
  if (!hud_) return;
  hud_->moveMouse(float(event->position().x()), float(event->position().y()));
  if (event->button() == Qt::LeftButton && hud_->wantsMouse()) {
    hud_->pressMouse(0, true, event->modifiers() & Qt::AltModifier);
    return update();
  }
  flight_.stop();
  destination_ = camera_;
  drag_ = event->button();
  press_ = last_ = event->position();
  moved_ = false;
}

/// Whoever comes by keys has them here. What a menu or another window gives back changes nothing.
void Viewport::focusInEvent(QFocusEvent* event) {
  QOpenGLWidget::focusInEvent(event);
  const Qt::FocusReason reason = event->reason();
  if (reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason) Q_EMIT activated();
}

void Viewport::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (hud_) hud_->moveMouse(float(at.x()), float(at.y()));
  if (drag_ == Qt::NoButton) {
    const auto picked = hud_ && hud_->wantsMouse() ? std::nullopt : pick(at);
    studio_.setHover(picked ? VoxelMark(picked->voxel) : std::nullopt);
    if (studio_.measure().isLive() && hud_ && !hud_->wantsMouse()) studio_.measure().follow(surfaceAt(at));
    return update();  // the overlay follows the pointer
  }
  if (!moved_ && (at - press_).manhattanLength() < kDragThreshold_px) return;
  moved_ = true;
  ViewCamera camera = camera_;
  const QPointF delta = at - last_;
  const bool looking = drag_ == Qt::RightButton && !keys_.isEmpty();
  if (drag_ == Qt::LeftButton || looking) {
    camera.orbitBy(-delta.x() * kOrbit_radPerPixel, delta.y() * kOrbit_radPerPixel);
  } else {
    camera.panBy({delta.x(), delta.y()}, height());
  }
  last_ = at;
  moveCamera(camera);
}

void Viewport::mouseReleaseEvent(QMouseEvent* event) {
  if (drag_ == Qt::NoButton) {
    if (hud_) hud_->pressMouse(0, false, event->modifiers() & Qt::AltModifier);
    return update();
  }
  if (event->button() != drag_) return;
  if (!moved_ && drag_ == Qt::LeftButton && studio_.measure().isOn()) {
    if (const auto point = surfaceAt(event->position())) studio_.measure().setPoint(*point);
  } else if (!moved_ && drag_ == Qt::LeftButton) {
    const auto picked = pick(event->position());
    studio_.select(picked ? VoxelMark(picked->voxel) : std::nullopt);
  }
  drag_ = Qt::NoButton;
  keys_.clear();
  fly_timer_.stop();
}

void Viewport::mouseDoubleClickEvent(QMouseEvent* event) {
  // Fast clicks in the legend, or a point right beside the one before.
  if ((hud_ && hud_->wantsMouse()) || studio_.measure().isOn()) return mousePressEvent(event);
  const auto picked = pick(event->position());
  if (!picked) return frameAll();
  studio_.select(picked->voxel);
  frameSelection();
}

void Viewport::wheelEvent(QWheelEvent* event) {
  const double steps = event->angleDelta().y() / 120.0;
  if (steps == 0) return;
  if (hud_ && hud_->wantsMouse()) {
    hud_->turnWheel(float(steps));
    return update();
  }
  ViewCamera camera = camera_;
  camera.zoomAt({event->position().x(), event->position().y()}, width(), height(),
                std::pow(kWheelFactor, steps));
  moveCamera(camera);
}

void Viewport::leaveEvent(QEvent*) {
  if (hud_) hud_->leaveMouse();
  studio_.setHover(std::nullopt);
  studio_.measure().follow(std::nullopt);
  update();
}

/// While the right button is held, letters steer and are no shortcuts; a measure is copied before scores are.
bool Viewport::claimsKey(const QKeyEvent& event) const {
  if (drag_ == Qt::RightButton && QByteArrayLiteral("WASDQE").contains(char(event.key()))) return true;
  return event.matches(QKeySequence::Copy) && studio_.measure().difference();
}

bool Viewport::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride && claimsKey(*static_cast<QKeyEvent*>(event))) {
    event->accept();
    return true;
  }
  return QOpenGLWidget::event(event);
}

void Viewport::keyPressEvent(QKeyEvent* event) {
  if (takeMeasureKey(*event)) return;
  if (drag_ != Qt::RightButton || !QByteArrayLiteral("WASDQE").contains(char(event->key()))) {
    return QOpenGLWidget::keyPressEvent(event);
  }
  keys_.insert(event->key());
  moved_ = true;
  if (!fly_timer_.isActive()) {
    since_fly_.start();
    fly_timer_.start();
  }
}

void Viewport::keyReleaseEvent(QKeyEvent* event) {
  if (!event->isAutoRepeat()) keys_.remove(event->key());
  if (keys_.isEmpty()) fly_timer_.stop();
  QOpenGLWidget::keyReleaseEvent(event);
}

void Viewport::focusOutEvent(QFocusEvent* event) {
  keys_.clear();
  fly_timer_.stop();
  setFlipped(false);
  QOpenGLWidget::focusOutEvent(event);
}

void Viewport::fly() {
  const double seconds = double(since_fly_.restart()) * 1e-3;
  const auto held = [this](int key) { return keys_.contains(key) ? 1.0 : 0.0; };
  const Eigen::Vector3d way(held(Qt::Key_D) - held(Qt::Key_A), held(Qt::Key_E) - held(Qt::Key_Q),
                            held(Qt::Key_W) - held(Qt::Key_S));
  ViewCamera camera = camera_;
  camera.flyBy(way * kFlySpeed_mps * seconds);
  moveCamera(camera);
}

}  // namespace hbev::ui
