// One scene's world in time: the city, everything that moves or is annotated in it, and the ego car's drive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "core/synth/actors.h"
#include "core/synth/city.h"
#include "core/synth/scenario.h"

namespace hbev::synth {

/// How far something has come, with gentle changes of pace; speed 0 stands still.
struct Pace {
  double speed_mps = 0;
  double swing = 0;  ///< share of the speed that comes and goes
  double phase = 0;

  double distance(double time_s) const;
};

struct Trajectory {
  std::shared_ptr<const Path> path;
  double station = 0;  ///< m, at time 0
  double lateral = 0;  ///< m, left of the path
  bool with_path = true;
  double yaw_rad = 0;  ///< turned from its way, for what is parked askew
  double z = 0;        ///< m above the road
  Pace pace;

  Pose at(double time_s) const;
  Eigen::Vector2d velocity(double time_s) const;  ///< m/s, global
};

struct Actor {
  ActorKind kind = ActorKind::Sedan;
  Trajectory trajectory;
  std::string attribute;  ///< nuScenes' name, "" for what has none
  Color tint{0.5F, 0.5F, 0.5F};
  std::uint32_t seed = 0;

  const ActorModel& model() const { return actorModel(kind); }
  /// The annotated box in global at `time_s`.
  OrientedBox box(double time_s) const;
};

struct World {
  Scenario scenario;
  std::shared_ptr<const City> city;
  std::vector<Actor> actors;
  Trajectory ego;
  std::vector<std::size_t> actor_shapes;  ///< index into shapes() of each ActorKind's first phase

  /// The city's shapes, the shapes of all kinds of actors, and last the ego car's own.
  std::vector<const Shape*> shapes() const;
  /// Everything at `time_s`: first the city's placements, then one for each actor in order, then the ego car.
  std::vector<Placement> placementsAt(double time_s) const;
  std::size_t firstActor() const { return city->placements.size(); }
  std::size_t egoObject() const { return firstActor() + actors.size(); }
  Pose globalFromEgo(double time_s) const { return ego.at(time_s); }
};

/// Fills the streets for a drive of `duration_s`. Nothing ever touches anything else in that time.
World buildWorld(const Scenario& scenario, std::shared_ptr<const City> city, std::uint64_t seed,
                 double duration_s);

/// The ego car's origin is on the ground below the middle of the rear axle; its body's centre is this far
/// ahead, m.
inline constexpr double kEgoBodyForward = 1.35;

}  // namespace hbev::synth
