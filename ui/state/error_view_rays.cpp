// The rays that somebody points at or has picked, and those that end in a voxel.
#include <algorithm>

#include "ui/state/error_view.h"
#include "ui/state/studio.h"

namespace hbev::ui {
namespace {

/// A ray that ends farther from a voxel's centre than this is not the voxel's.
constexpr float kNearEnough_m = 1.0F;

}  // namespace

Eigen::Vector3i ErrorView::voxelOf(std::size_t ray) const {
  const RayPair& pair = rays_->rays[ray];
  const auto& voxel = pair.predicted == rays_->classes->free() ? pair.true_voxel : pair.predicted_voxel;
  return {voxel[0], voxel[1], voxel[2]};
}

void ErrorView::setMarks(const std::function<void()>& change) {
  sets_marks_ = true;
  change();
  sets_marks_ = false;
}

void ErrorView::hover(const std::optional<std::size_t>& ray) {
  if (ray == hovered_ || (ray && (!rays_ || *ray >= rays_->size()))) return;
  hovered_ = ray;
  const bool met = ray && rays_->outcome(*ray, threshold_) != RayOutcome::Ignored;
  setMarks([&] { studio_->setHover(met ? VoxelMark(voxelOf(*ray)) : std::nullopt); });
  Q_EMIT hoveredChanged();
}

void ErrorView::pick(const std::optional<std::size_t>& ray) {
  if (ray == picked_ || (ray && (!rays_ || *ray >= rays_->size()))) return;
  picked_ = ray;
  const bool met = ray && rays_->outcome(*ray, threshold_) != RayOutcome::Ignored;
  setMarks([&] { studio_->select(met ? VoxelMark(voxelOf(*ray)) : std::nullopt); });
  Q_EMIT pickedChanged();
}

void ErrorView::stepPicked(int azimuths, int rings) {
  if (!rays_ || rays_->size() == 0) return;
  const std::size_t last = kRaysPerOrigin / 360 - 1;
  if (!picked_) return pick(rays_->rayAt(std::size_t(std::max(0, origin_)), last / 2, 0));
  const auto ring = std::size_t(std::clamp(int(rays_->ringOf(*picked_)) + rings, 0, int(last)));
  pick(rays_->rayAt(rays_->originOf(*picked_), ring, rays_->azimuthOf(*picked_) + azimuths));
}

std::optional<std::size_t> ErrorView::rayAt(const Eigen::Vector3i& voxel) const {
  if (!rays_) return std::nullopt;
  const Eigen::Vector3f center = GridSpec{}.center(voxel).cast<float>();
  const auto free = std::uint8_t(rays_->classes->free());
  std::optional<std::size_t> nearest;
  float least = kNearEnough_m;
  for (std::size_t ray = 0; ray < rays_->size(); ++ray) {
    if (!isOfOrigin(ray)) continue;
    const RayPair& pair = rays_->rays[ray];
    float distance = kNearEnough_m;
    if (pair.predicted != free) distance = (rays_->predictedEnd(ray) - center).norm();
    if (pair.truth != free) distance = std::min(distance, (rays_->trueEnd(ray) - center).norm());
    if (!(distance < kNearEnough_m)) continue;
    // An error a voxel farther away is what somebody means.
    if (rays_->outcome(ray, threshold_) == RayOutcome::Right) distance += float(kMetricVoxel_m) / 2;
    if (distance >= least || !isShown(ray)) continue;
    least = distance;
    nearest = ray;
  }
  return nearest;
}

std::array<std::size_t, kRayOutcomes> ErrorView::raysInto(const Eigen::Vector3i& voxel) const {
  std::array<std::size_t, kRayOutcomes> counts{};
  const std::array<std::uint8_t, 3> wanted{std::uint8_t(voxel.x()), std::uint8_t(voxel.y()),
                                           std::uint8_t(voxel.z())};
  for (std::size_t ray = 0; rays_ && ray < rays_->size(); ++ray) {
    const RayPair& pair = rays_->rays[ray];
    if (!isOfOrigin(ray) || (pair.predicted_voxel != wanted && pair.true_voxel != wanted)) continue;
    const auto free = std::uint8_t(rays_->classes->free());
    const bool ends = (pair.predicted_voxel == wanted && pair.predicted != free) ||
                      (pair.true_voxel == wanted && pair.truth != free);
    if (ends) ++counts[std::size_t(rays_->outcome(ray, threshold_))];
  }
  return counts;
}

RayWords ErrorView::wordsOf(std::size_t ray) const {
  return describeRay(*rays_, ray, threshold_, sideName());
}

}  // namespace hbev::ui
