#include "ui/viewport/ray_drawing.h"

#include <algorithm>
#include <cmath>

#include "core/eval/rays.h"
#include "render/viridis.h"
#include "ui/kit/theme.h"
#include "ui/state/themed_rgb.h"

namespace hbev::ui {
namespace {

// Design guide, section 7: from the origin to the first hit 0.9 px at 20 %, between prediction and truth 2 px
// full, the picked ray white 1.75 px.
constexpr float kLineWidth_px = 0.9F, kLineOpacity = 0.2F, kMarkWidth_px = 2.0F, kPickedWidth_px = 1.75F;
/// A ray that met something on one side only has no distance to show: a mark of this length ends at what was
/// met.
constexpr float kLoneMark_m = 1.2F;
/// So many lines are as strong as the design has them; more of them are fainter, or they would be a wall.
constexpr std::size_t kFewLines = 400;
constexpr float kLeastOpacity = 0.012F;
/// The same for the wrong stretches, of which an untrained network has ten thousand.
constexpr std::size_t kFewMarks = 600;
constexpr float kLeastMarkOpacity = 0.08F, kLeastMarkWidth_px = 1.0F;

QColor mixed(const QColor& from, const QColor& to, double share) {
  const auto part = [share](int a, int b) { return int(std::lround(a + share * (b - a))); };
  return {part(from.red(), to.red()), part(from.green(), to.green()), part(from.blue(), to.blue())};
}

/// How far from `origin` along `direction` the voxel begins, m.
float entryOf(const Eigen::Vector3f& origin, const Eigen::Vector3f& direction,
              const std::array<std::uint8_t, 3>& voxel) {
  const GridSpec grid;
  const Eigen::Vector3f low =
      (grid.center({voxel[0], voxel[1], voxel[2]}) - Eigen::Vector3d::Constant(grid.voxel_m / 2))
          .cast<float>();
  float entry = 0;
  for (int axis = 0; axis < 3; ++axis) {
    if (std::abs(direction[axis]) < 1e-6F) continue;
    const float side = low[axis] + (direction[axis] < 0 ? float(grid.voxel_m) : 0.0F);
    entry = std::max(entry, (side - origin[axis]) / direction[axis]);
  }
  return entry;
}

bool metSomething(const RayOutcomes& rays, std::size_t ray, bool predicted) {
  const RayPair& pair = rays.rays[ray];
  return (predicted ? pair.predicted : pair.truth) != rays.classes->free();
}

/// From where to where a ray is wrong.
std::pair<Eigen::Vector3f, Eigen::Vector3f> wrongStretch(const RayOutcomes& rays, std::size_t ray) {
  const bool both = metSomething(rays, ray, true) && metSomething(rays, ray, false);
  if (both) return {seenEnd(rays, ray, true), seenEnd(rays, ray, false)};
  const Eigen::Vector3f end = seenEnd(rays, ray, metSomething(rays, ray, true));
  return {end - kLoneMark_m * rays.direction(ray), end};
}

void addRay(RayBundle& bundle, const ErrorView& errors, std::size_t ray) {
  const RayOutcomes& rays = *errors.rays();
  const RayOutcome outcome = rays.outcome(ray, errors.threshold());
  const Rgb color = outcomeColor(outcome);
  const Eigen::Vector3f origin = rays.origins[rays.originOf(ray)].cast<float>();
  const auto [a, b] = wrongStretch(rays, ray);
  const bool right = outcome == RayOutcome::Right;
  if (errors.style() == RayStyle::EndPoints || (errors.style() == RayStyle::Lines && right)) {
    const Eigen::Vector3f end = seenEnd(rays, ray, metSomething(rays, ray, true));
    bundle.points.push_back({end - 0.03F * rays.direction(ray), color});
    return;
  }
  if (right) return;
  if (errors.style() == RayStyle::Lines) {
    const Eigen::Vector3f first = (a - origin).squaredNorm() < (b - origin).squaredNorm() ? a : b;
    bundle.lines.push_back({origin, first, color, kLineWidth_px, kLineOpacity});
  }
  bundle.marks.push_back({a, b, color, kMarkWidth_px, 1.0F});
}

QColor outcomePixel(const ErrorView& errors, std::size_t ray) {
  const Theme& theme = Theme::current();
  const RayOutcome outcome = errors.rays()->outcome(ray, errors.threshold());
  if (outcome != RayOutcome::Right) return theme.color(roleOf(outcome));
  // Right ones get fainter with the distance, so that what stands there can be recognised.
  const double far = std::min(1.0, double(errors.rays()->rays[ray].true_m) / kPanoramaDistance_m);
  return mixed(theme.color(Role::Right), theme.color(Role::Input), 0.1 + 0.55 * std::sqrt(far));
}

QColor pixelOf(const ErrorView& errors, std::size_t ray, PanoramaMode mode) {
  const RayOutcomes& rays = *errors.rays();
  const QColor ground = Theme::current().color(Role::Input);
  QColor color = ground;
  if (mode == PanoramaMode::Outcome) {
    if (rays.outcome(ray, errors.threshold()) == RayOutcome::Ignored) return ground;
    color = outcomePixel(errors, ray);
  } else if (mode == PanoramaMode::Distance) {
    if (!metSomething(rays, ray, true)) return ground;
    const Rgb ramp = viridis(1.0 - std::min(1.0, double(rays.rays[ray].predicted_m) / kPanoramaDistance_m));
    color = QColor(ramp.r, ramp.g, ramp.b);
  } else {
    const auto error_m = rays.error_m(ray);
    if (!error_m) return ground;
    color = errorColor(*error_m);
  }
  return errors.isShown(ray) ? color : mixed(color, ground, 0.82);
}

}  // namespace

Role roleOf(RayOutcome outcome) {
  switch (outcome) {
    case RayOutcome::Right:
      return Role::Right;
    case RayOutcome::WrongClass:
      return Role::WrongClass;
    case RayOutcome::Near:
      return Role::Near;
    case RayOutcome::Far:
      return Role::Far;
    case RayOutcome::Missed:
      return Role::Missed;
    case RayOutcome::Phantom:
      return Role::Phantom;
    case RayOutcome::Ignored:
      return Role::OutsideMask;
  }
  return Role::Text3;
}

Rgb outcomeColor(RayOutcome outcome) {
  return toRgb(Theme::current().color(roleOf(outcome)));
}

Eigen::Vector3f seenEnd(const RayOutcomes& rays, std::size_t ray, bool predicted) {
  if (!metSomething(rays, ray, predicted)) return predicted ? rays.predictedEnd(ray) : rays.trueEnd(ray);
  const RayPair& pair = rays.rays[ray];
  const Eigen::Vector3f origin = rays.origins[rays.originOf(ray)].cast<float>();
  const Eigen::Vector3f& direction = rays.direction(ray);
  return origin + entryOf(origin, direction, predicted ? pair.predicted_voxel : pair.true_voxel) * direction;
}

RayBundle drawnRays(const ErrorView& errors) {
  RayBundle bundle;
  if (!errors.rays() || !errors.showsRays()) return bundle;
  const std::size_t all = errors.rays()->size();
  const bool one = errors.origin() >= 0;
  const std::size_t first = one ? std::size_t(errors.origin()) * kRaysPerOrigin : 0;
  const std::size_t last = one ? std::min(all, first + kRaysPerOrigin) : all;
  for (std::size_t ray = first; ray < last; ++ray) {
    if (errors.isShown(ray)) addRay(bundle, errors, ray);
  }
  const float share = float(kFewLines) / float(std::max(kFewLines, bundle.lines.size()));
  for (RaySegment& line : bundle.lines)
    line.opacity = std::max(kLeastOpacity, kLineOpacity * share);
  const float mark_share = float(kFewMarks) / float(std::max(kFewMarks, bundle.marks.size()));
  for (RaySegment& mark : bundle.marks) {
    mark.opacity = std::max(kLeastMarkOpacity, mark_share);
    mark.width_px = std::max(kLeastMarkWidth_px, kMarkWidth_px * std::sqrt(mark_share));
  }
  if (errors.style() == RayStyle::EndPoints) bundle.point_size_px = 4.0F;
  return bundle;
}

std::vector<RaySegment> lookedAtRay(const ErrorView& errors) {
  const auto ray = errors.lookedAt();
  if (!ray || !errors.rays()) return {};
  const RayOutcomes& rays = *errors.rays();
  constexpr Rgb kWhite{255, 255, 255};
  const Eigen::Vector3f origin = rays.origins[rays.originOf(*ray)].cast<float>();
  const RayOutcome outcome = rays.outcome(*ray, errors.threshold());
  const auto [a, b] = wrongStretch(rays, *ray);
  const bool a_first = (a - origin).squaredNorm() < (b - origin).squaredNorm();
  std::vector<RaySegment> segments{{origin, a_first ? a : b, kWhite, kPickedWidth_px, 1.0F}};
  if (outcome != RayOutcome::Right && outcome != RayOutcome::Ignored)
    segments.push_back({a, b, outcomeColor(outcome), 3.0F, 1.0F});
  return segments;
}

QColor errorColor(double error_m) {
  const Theme& theme = Theme::current();
  const double share = std::min(1.0, std::abs(error_m) / kPanoramaError_m);
  return mixed(theme.color(Role::Right), theme.color(error_m < 0 ? Role::Near : Role::Far), std::sqrt(share));
}

QImage panoramaImage(const ErrorView& errors, std::size_t origin, PanoramaMode mode) {
  if (!errors.rays() || origin >= errors.rays()->origins.size()) return {};
  QImage image(kPanoramaColumns, kPanoramaRows, QImage::Format_RGB32);
  for (int row = 0; row < kPanoramaRows; ++row) {
    for (int column = 0; column < kPanoramaColumns; ++column) {
      image.setPixelColor(column, row,
                          pixelOf(errors, panoramaRay(*errors.rays(), origin, column, row), mode));
    }
  }
  return image;
}

int panoramaColumnOf(const RayOutcomes& rays, std::size_t ray) {
  return (180 - rays.azimuthOf(ray) + 360) % 360;
}

int panoramaRowOf(const RayOutcomes& rays, std::size_t ray) {
  return kPanoramaRows - 1 - int(rays.ringOf(ray));
}

std::size_t panoramaRay(const RayOutcomes& rays, std::size_t origin, int column, int row) {
  return rays.rayAt(origin, std::size_t(kPanoramaRows - 1 - row), 180 - column);
}

}  // namespace hbev::ui
