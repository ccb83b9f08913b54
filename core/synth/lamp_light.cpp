#include "core/synth/lamp_light.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace hbev::synth {
namespace {

using Eigen::Vector3f;

constexpr float kReach_m = 20;
constexpr float kCell_m = 20;
const Color kLampColor(34.0F, 25.0F, 14.5F);  // 7.3 m above the road this is 0.64 of red
const Color kBeamColor(75.0F, 72.0F, 64.0F);
const Vector3f kLampInShape(1.9F, 0, 7.26F);

bool isLamp(const Shape& shape) {
  return std::any_of(shape.mesh.triangles.begin(), shape.mesh.triangles.end(),
                     [](const Triangle& triangle) { return triangle.material == Material::Lamp; });
}

}  // namespace

LampLight::LampLight(const World& world, const Lighting& lighting, std::span<const Placement> placements,
                     std::span<const Shape* const> shapes)
    : strength_(lighting.lamp_light) {
  if (strength_ <= 0) return;
  std::vector<bool> lamp_shapes;
  for (std::size_t i = 0; i < world.city->shapes.size(); ++i)
    lamp_shapes.push_back(isLamp(*shapes[i]));
  for (const Placement& placement : placements.first(world.firstActor())) {
    if (!lamp_shapes[placement.shape]) continue;
    lamps_.push_back((placement.global_from_shape * kLampInShape.cast<double>()).cast<float>());
  }
  const Pose& ego = placements[world.egoObject()].global_from_shape;
  for (const double side : {-0.6, 0.6}) {
    const Eigen::Matrix3f axes = ego.rotationMatrix().cast<float>();
    beams_.push_back({(ego * Eigen::Vector3d(2.1, side, 0.68)).cast<float>(), axes.col(0), axes.col(1)});
  }
  if (lamps_.empty()) return;
  Eigen::Vector2f high = lamps_.front().head<2>();
  low_ = high;
  for (const Vector3f& lamp : lamps_) {
    low_ = low_.cwiseMin(lamp.head<2>());
    high = high.cwiseMax(lamp.head<2>());
  }
  low_ -= Eigen::Vector2f::Constant(kReach_m);
  columns_ = std::size_t((high.x() + kReach_m - low_.x()) / kCell_m) + 1;
  rows_ = std::size_t((high.y() + kReach_m - low_.y()) / kCell_m) + 1;
  cells_.resize(columns_ * rows_);
  for (std::uint32_t i = 0; i < lamps_.size(); ++i) {
    for (const float dx : {-kReach_m, 0.0F, kReach_m}) {
      for (const float dy : {-kReach_m, 0.0F, kReach_m}) {
        auto& cell = cells_[std::min(cellOf(lamps_[i].x() + dx, lamps_[i].y() + dy), cells_.size() - 1)];
        if (cell.empty() || cell.back() != i) cell.push_back(i);
      }
    }
  }
}

/// Index of the cell; beyond the last one outside of all.
std::size_t LampLight::cellOf(float x, float y) const {
  const float column = (x - low_.x()) / kCell_m;
  const float row = (y - low_.y()) / kCell_m;
  if (column < 0 || row < 0 || column >= float(columns_) || row >= float(rows_)) return cells_.size();
  return std::size_t(row) * columns_ + std::size_t(column);
}

Color LampLight::fromLamps(const Vector3f& point, const Vector3f& normal) const {
  Color light{0, 0, 0};
  const std::size_t cell = cellOf(point.x(), point.y());
  if (cell >= cells_.size()) return light;
  for (const std::uint32_t i : cells_[cell]) {
    const Vector3f way = lamps_[i] - point;
    const float squared = way.squaredNorm();
    if (squared > kReach_m * kReach_m || way.z() <= 0) continue;
    const float distance = std::sqrt(squared);
    const float facing = std::max(normal.dot(way) / distance, 0.0F);
    const float down = way.z() / distance;  // the lamp's housing sends its light down
    const float fade = 1 - squared / (kReach_m * kReach_m);
    light += kLampColor * (facing * down * fade * fade / std::max(squared, 9.0F));
  }
  return light;
}

Color LampLight::fromHeadlights(const Vector3f& point, const Vector3f& normal) const {
  Color light{0, 0, 0};
  for (const Beam& beam : beams_) {
    const Vector3f way = point - beam.origin;
    const float ahead = way.dot(beam.forward);
    if (ahead < 0.3F || ahead > 70) continue;
    const float sideways = way.dot(beam.left) / ahead;
    const float up = way.z() / ahead;
    const float distance = way.norm();
    // A dipped beam: wide, and dark above the horizon.
    const float across = std::exp(-sideways * sideways / 0.13F);
    const float dipped = std::clamp(0.5F - (up + 0.012F) / 0.03F, 0.03F, 1.0F);
    const float facing = std::max(-normal.dot(way) / distance, 0.0F);
    light += kBeamColor * (across * dipped * (facing + 0.02F) / std::max(distance * distance, 4.0F));
  }
  return light;
}

Color LampLight::at(const Vector3f& point, const Vector3f& normal) const {
  if (strength_ <= 0) return {0, 0, 0};
  return strength_ * (fromLamps(point, normal) + fromHeadlights(point, normal));
}

}  // namespace hbev::synth
