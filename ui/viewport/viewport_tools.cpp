// What somebody does in a viewport with a tool or the keys: measuring, and moving the picked voxel.
#include <cmath>

#include <QtGui/QKeyEvent>

#include "ui/kit/theme.h"
#include "ui/state/measure.h"
#include "ui/state/themed_rgb.h"
#include "ui/viewport/viewport.h"

namespace hbev::ui {
namespace {

constexpr double kFarthestGround_m = 120;
constexpr float kMeasureWidth_px = 2;
// Around the view's centre, when nothing is there.
constexpr int kSearchStep_px = 16, kSearchRings = 16, kSearchDirections = 16;

/// The grid's direction nearest to a horizontal one.
Eigen::Vector3i nearestAxis(const Eigen::Vector2d& direction) {
  if (std::abs(direction.x()) >= std::abs(direction.y())) return {direction.x() < 0 ? -1 : 1, 0, 0};
  return {0, direction.y() < 0 ? -1 : 1, 0};
}

/// The screen's right lies on the ground, and ahead at right angles to it: so do the two axes.
Eigen::Vector3i gridStep(VoxelStep step, const ViewCamera& camera) {
  const Eigen::Vector2d right(-std::sin(camera.yaw_rad), std::cos(camera.yaw_rad));
  const Eigen::Vector3i to_right = nearestAxis(right), ahead(-to_right.y(), to_right.x(), 0);
  switch (step) {
    case VoxelStep::Left:
      return -to_right;
    case VoxelStep::Right:
      return to_right;
    case VoxelStep::Ahead:
      return ahead;
    case VoxelStep::Back:
      return -ahead;
    case VoxelStep::Higher:
      return {0, 0, 1};
    case VoxelStep::Lower:
      return {0, 0, -1};
  }
  return {0, 0, 0};
}

}  // namespace

VoxelMark Viewport::centralVoxel() const {
  const QPointF center(width() / 2.0, height() / 2.0);
  if (const auto picked = pick(center)) return picked->voxel;
  for (int ring = 1; ring <= kSearchRings; ++ring) {
    for (int i = 0; i < kSearchDirections; ++i) {
      const double angle = 2 * M_PI * i / kSearchDirections, radius = ring * kSearchStep_px;
      const QPointF at = center + radius * QPointF(std::cos(angle), std::sin(angle));
      if (!rect().contains(at.toPoint())) continue;
      if (const auto picked = pick(at)) return picked->voxel;
    }
  }
  return std::nullopt;
}

bool Viewport::stepVoxel(VoxelStep step) {
  if (!shown_ || !studio_.view().layer(Layer::Voxels).shown) return false;
  const VoxelMark& now = studio_.selection();
  const bool starts = !now || !shown_->grid.contains(*now);
  const VoxelMark next =
      starts ? centralVoxel() : nextShown(*shown_, filter_, *now, gridStep(step, cameraInVoxels()));
  if (!next) return false;
  studio_.select(next);
  studio_.measure().follow(shown_->grid.center(*next));
  return true;
}

std::optional<Eigen::Vector3d> Viewport::surfaceAt(const QPointF& pixel) const {
  const ViewCamera camera = cameraInVoxels();
  const Eigen::Vector3d eye = camera.eye();
  const Eigen::Vector3d direction = camera.rayThrough({pixel.x(), pixel.y()}, width(), height());
  if (const auto picked = pick(pixel)) return eye + picked->distance_m * direction;
  if (eye.z() * direction.z() >= 0) return std::nullopt;  // it does not come to z = 0
  const Eigen::Vector3d ground = eye - direction * (eye.z() / direction.z());
  return ground.head<2>().norm() <= kFarthestGround_m ? std::optional(ground) : std::nullopt;
}

void Viewport::showMeasure() {
  studio_.measure().isOn() ? setCursor(Qt::CrossCursor) : unsetCursor();
  update();
}

/// Enter sets a point at the picked voxel; Ctrl+C copies what was measured.
bool Viewport::takeMeasureKey(const QKeyEvent& event) {
  Measure& measure = studio_.measure();
  if (event.matches(QKeySequence::Copy) && measure.difference()) {
    measure.copy();
    return true;
  }
  const bool enter = event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter;
  if (!enter || !measure.isOn() || !studio_.selection()) return false;
  const GridSpec grid = shown_ ? shown_->grid : GridSpec{};
  measure.setPoint(grid.center(*studio_.selection()));
  return true;
}

void Viewport::addMeasure(HudContent& content) const {
  const Measure& measure = studio_.measure();
  if (!measure.isOn()) return;
  if (!measure.from()) {
    content.limits.emplace_back("Measure: click the first point");
  } else if (measure.isLive()) {
    content.limits.emplace_back("Measure: click the second point");
  } else {
    content.limits.emplace_back(measure.isCopied() ? "Measure: copied" : "Measure: Ctrl+C copies");
  }
  HudMeasure& shown = content.measure.emplace();
  for (const Measure::Point& point : {measure.from(), measure.to()}) {
    const auto pixel = point ? pixelOf(*point) : std::nullopt;
    if (pixel) shown.ends.push_back(*pixel);
  }
  if (!measure.difference()) return;
  const auto line = strokeOf({measure.from()->cast<float>(), measure.to()->cast<float>(),
                              themedRgb(Role::OnAccent), kMeasureWidth_px, 1.0F});
  if (!line) return;
  shown.line = *line;
  shown.length = measure.lengthText().toStdString();
  shown.parts = measure.partsText().toStdString();
}

}  // namespace hbev::ui
