#include "core/synth/world.h"

#include <cmath>
#include <numbers>

#include "core/data/classes.h"

namespace hbev::synth {

double Pace::distance(double time_s) const {
  constexpr double kRate = 0.5;  // rad/s of the swing
  const auto swung = [&](double t) { return -std::cos(kRate * t + phase) / kRate; };
  return speed_mps * (time_s + swing * (swung(time_s) - swung(0)));
}

Pose Trajectory::at(double time_s) const {
  const double way = pace.distance(time_s);
  const Pose on_path = path->at(station + (with_path ? way : -way), lateral);
  const double turn = (with_path ? 0 : std::numbers::pi) + yaw_rad;
  return on_path * Pose::fromYaw(turn, {0, 0, z});
}

Eigen::Vector2d Trajectory::velocity(double time_s) const {
  if (pace.speed_mps == 0) return {0, 0};
  constexpr double kStep = 0.05;
  return (at(time_s + kStep).translation() - at(time_s - kStep).translation()).head<2>() / (2 * kStep);
}

OrientedBox Actor::box(double time_s) const {
  const Eigen::Vector3d& size = model().phases.front().size;
  return {trajectory.at(time_s) * Pose::fromTranslation({0, 0, size.z() / 2}), size};
}

std::vector<const Shape*> World::shapes() const {
  std::vector<const Shape*> result;
  for (const Shape& shape : city->shapes)
    result.push_back(&shape);
  for (const ActorModel& model : actorModels()) {
    for (const Shape& shape : model.phases)
      result.push_back(&shape);
  }
  return result;
}

std::vector<Placement> World::placementsAt(double time_s) const {
  std::vector<Placement> result = city->placements;
  for (const Actor& actor : actors) {
    const ActorModel& model = actor.model();
    std::size_t phase = 0;
    if (model.phases.size() > 1) {
      const double steps = actor.trajectory.pace.distance(time_s) / model.stride_m + double(actor.seed % 4);
      phase = std::size_t(std::int64_t(std::floor(steps)) & 3) % model.phases.size();
    }
    result.push_back({actor_shapes[std::size_t(actor.kind)] + phase, actor.trajectory.at(time_s), model.label,
                      actor.tint, actor.seed, actor.trajectory.pace.speed_mps > 0});
  }
  const Pose body = globalFromEgo(time_s) * Pose::fromTranslation({kEgoBodyForward, 0, 0});
  result.push_back({actor_shapes[std::size_t(ActorKind::Hatchback)],
                    body,
                    ClassSet::openocc().free(),
                    {0.9F, 0.9F, 0.9F},
                    0});
  return result;
}

}  // namespace hbev::synth
