// Who is on the street: candidates are proposed kind by kind and taken when they never come too close to
// anybody.
#include <array>
#include <cmath>
#include <numbers>

#include "core/synth/random.h"
#include "core/synth/world.h"

namespace hbev::synth {
namespace {

constexpr std::array<std::array<float, 3>, 10> kPaints{{{0.80F, 0.80F, 0.78F},
                                                        {0.05F, 0.05F, 0.06F},
                                                        {0.32F, 0.34F, 0.36F},
                                                        {0.55F, 0.05F, 0.04F},
                                                        {0.04F, 0.12F, 0.38F},
                                                        {0.58F, 0.58F, 0.56F},
                                                        {0.10F, 0.22F, 0.14F},
                                                        {0.66F, 0.44F, 0.10F},
                                                        {0.16F, 0.17F, 0.19F},
                                                        {0.30F, 0.46F, 0.58F}}};

/// Footprints as rectangles grown by `margin`: do they meet?
bool touch(const OrientedBox& a, const OrientedBox& b, double margin) {
  const Eigen::Vector2d offset = (b.frame_from_box.translation() - a.frame_from_box.translation()).head<2>();
  if (offset.norm() > (a.size.head<2>().norm() + b.size.head<2>().norm()) / 2 + 2 * margin) return false;
  for (const OrientedBox* axes : {&a, &b}) {
    for (const double turn : {0.0, std::numbers::pi / 2}) {
      const double heading = axes->frame_from_box.yaw_rad() + turn;
      double reach = margin;
      for (const OrientedBox* box : {&a, &b}) {
        const double relative = box->frame_from_box.yaw_rad() - heading;
        reach += std::abs(std::cos(relative)) * box->size.x() / 2 +
                 std::abs(std::sin(relative)) * box->size.y() / 2;
      }
      if (std::abs(offset.dot(Eigen::Vector2d(std::cos(heading), std::sin(heading)))) > reach) return false;
    }
  }
  return true;
}

class Crowd {
 public:
  Crowd(World& world, std::uint64_t seed, double duration_s)
      : world_(world), random_(seed), main_(world.city->mainRoad()), start_(world.scenario.start_m) {
    for (double t = -0.5; t <= duration_s + 0.5; t += 0.4)
      times_.push_back(t);
    finish_ = start_ + world.scenario.speed_mps * duration_s;
    for (const Road& road : world.city->ground.roads())
      paths_.push_back(std::make_shared<Path>(road.path));
    const Pace pace{world.scenario.speed_mps, 0.12, random_.uniform(0, 6)};
    world.ego = world.scenario.turns_right
                    ? turningRight(pace)
                    : along(0, start_, main_.laneLateral(main_.lanes - 1, true), true, pace);
    for (const double t : times_) {
      ego_.push_back({world.ego.at(t) * Pose::fromTranslation({kEgoBodyForward, 0, 0.8}), {5.4, 2.1, 1.6}});
    }
    for (const Placement& placement : world.city->placements) {
      if (placement.label == kGroundLabel) continue;
      const Shape& shape = world.city->shapes[placement.shape];
      // A tree's trunk is in the way, not its crown.
      const bool tall = shape.size.x() < 6;
      obstacles_.push_back({placement.global_from_shape, tall ? Eigen::Vector3d(0.4, 0.4, 2) : shape.size});
    }
  }

  void fill() {
    if (world_.scenario.trailer_crosses) addCrossingTrailer();
    if (world_.scenario.road_works) addRoadWorks();
    addLane();
    addOncoming();
    addParked();
    addCrossTraffic();
    addPavement();
    addCrossingPeople();
  }

 private:
  Trajectory along(std::size_t road, double station, double lateral, bool with_path,
                   const Pace& pace = {}) const {
    Trajectory trajectory;
    trajectory.path = paths_[road];
    trajectory.station = station;
    trajectory.lateral = lateral;
    trajectory.with_path = with_path;
    trajectory.pace = pace;
    return trajectory;
  }

  /// Index of the main road's junction that the ego car comes to; the road that crosses there has the next
  /// index.
  std::size_t nextJunction() const {
    std::size_t next = 0;
    while (next + 1 < main_.junctions.size() && main_.junctions[next].station < start_ + 12)
      ++next;
    return next;
  }

  /// From the lane on the main road into the right lane of the road that crosses next.
  Trajectory turningRight(const Pace& pace) const {
    constexpr double kRadius = 7;
    const std::size_t next = nextJunction();
    const Road& cross = world_.city->ground.roads()[next + 1];
    const Pose start = main_.path.at(start_, main_.laneLateral(main_.lanes - 1, true));
    auto path = std::make_shared<Path>(start.translation().head<2>(), start.yaw_rad());
    path->straight(main_.junctions[next].station - cross.laneLateral(0, false) - kRadius - start_)
        .arc(kRadius * std::numbers::pi / 2, -std::numbers::pi / 2)
        .straight(100);
    Trajectory trajectory;
    trajectory.path = std::move(path);
    trajectory.pace = pace;
    return trajectory;
  }

  Actor make(ActorKind kind, const Trajectory& trajectory, std::string attribute) {
    Actor actor{kind, trajectory, std::move(attribute), {}, std::uint32_t(random_.bits())};
    const auto& paint = kPaints[std::size_t(random_.below(int(kPaints.size())))];
    actor.tint = Color(paint[0], paint[1], paint[2]);
    if (kind == ActorKind::Bus)
      actor.tint = random_.chance(0.5) ? Color(0.62F, 0.07F, 0.04F) : Color(0.06F, 0.25F, 0.5F);
    return actor;
  }

  bool isClear(const Actor& actor, double margin) const {
    const bool still = actor.trajectory.pace.speed_mps == 0;
    for (std::size_t i = 0; i < times_.size(); ++i) {
      const OrientedBox box = actor.box(times_[i]);
      if (touch(box, ego_[i], margin + 0.3)) return false;
      for (const Actor& other : world_.actors) {
        if (touch(box, other.box(times_[i]), margin)) return false;
      }
      if (i > 0 && still) continue;
      for (const OrientedBox& obstacle : obstacles_) {
        if (touch(box, obstacle, 0.1)) return false;
      }
    }
    return true;
  }

  bool add(const Actor& actor, double margin) {
    if (!isClear(actor, margin)) return false;
    world_.actors.push_back(actor);
    return true;
  }

  /// A tractor and its trailer, together or not at all.
  bool addTrailerTruck(std::size_t road, double station, double lateral, bool with_path, const Pace& pace) {
    const double behind = with_path ? -7.6 : 7.6;
    const char* attribute = pace.speed_mps > 0 ? "vehicle.moving" : "vehicle.stopped";
    const Actor tractor = make(ActorKind::Tractor, along(road, station, lateral, with_path, pace), attribute);
    Actor trailer =
        make(ActorKind::Trailer, along(road, station + behind, lateral, with_path, pace), attribute);
    trailer.tint = random_.chance(0.5) ? Color(0.68F, 0.36F, 0.12F) : Color(0.15F, 0.3F, 0.45F);
    if (!isClear(tractor, 0.3) || !isClear(trailer, 0.3)) return false;
    world_.actors.push_back(tractor);
    world_.actors.push_back(trailer);
    return true;
  }

  void addCrossingTrailer() {
    // Through the next junction, before the ego car gets there; when no moment fits, it waits at the line.
    const std::size_t next = nextJunction();
    const Road& cross = world_.city->ground.roads()[next + 1];
    const double middle = cross.junctions.front().station;
    const double lateral = cross.laneLateral(0, false);
    for (double ahead = 4; ahead < 24; ahead += 2) {
      if (addTrailerTruck(next + 1, middle + ahead, lateral, false, {5.5, 0.05, 0})) return;
    }
    addTrailerTruck(next + 1, middle + main_.halfWidth() + 6, lateral, false, {});
  }

  void addRoadWorks() {
    const double lateral = -(main_.halfWidth() - 1.0);
    const double wide = main_.halfWidth() + 1.7;
    double from = start_ + 16;
    // Where trees and lamps leave room for it.
    while (from < start_ + 50 &&
           !add(make(ActorKind::Excavator, along(0, from + 7, -wide, true), "vehicle.stopped"), 0.1)) {
      from += 0.8;
    }
    for (int i = 0; i < 5; ++i) {
      add(make(ActorKind::Cone, along(0, from - 6 + 2.2 * i, lateral + 0.15 * i, true), ""), 0.1);
    }
    for (int i = 0; i < 5; ++i) {
      add(make(ActorKind::Barrier, along(0, from + 4.4 + 2.3 * i, lateral + 0.75, true), ""), 0.02);
    }
    for (const double s : {from + 2, from + 12.5})
      addPerson(0, s, -(main_.halfWidth() + 1.0), {});
  }

  void addLane() {
    const double outer = main_.laneLateral(main_.lanes - 1, true);
    const bool bus = world_.scenario.bus_ahead;
    double station = start_ + random_.uniform(15, 19) + (bus ? 7 : 0);
    // Further ahead where road works are in its way.
    for (int tries = 0; tries < 8; ++tries, station += 1.5) {
      const Trajectory ahead = along(0, station, outer, true, world_.ego.pace);
      if (add(make(bus ? ActorKind::Bus : anyCar(), ahead, "vehicle.moving"), 0.3)) break;
    }
    add(make(ActorKind::Motorcyclist, along(0, station + 11, outer, true, world_.ego.pace),
             "cycle.with_rider"),
        0.5);
    add(make(anyCar(), along(0, station + 20, outer, true, world_.ego.pace), "vehicle.moving"), 0.5);
    for (const double behind : {13.0, 27.0}) {
      add(make(anyCar(), along(0, start_ - behind, outer, true, world_.ego.pace), "vehicle.moving"), 0.5);
    }
    if (main_.lanes < 2) return;
    const Pace faster{world_.scenario.speed_mps + 1.5, 0.05, 1};
    for (double s = start_ - 40; s < start_ + 90; s += random_.uniform(13, 24)) {
      const ActorKind kind = random_.chance(0.2) ? ActorKind::BoxTruck : anyCar();
      add(make(kind, along(0, s, main_.laneLateral(0, true), true, faster), "vehicle.moving"), 0.5);
    }
  }

  void addOncoming() {
    for (int lane = 0; lane < main_.lanes; ++lane) {
      const Pace pace{7.5 - lane, 0.05, double(lane)};
      const double lateral = main_.laneLateral(lane, false);
      int index = lane;
      for (double s = start_ - 30 + 9 * lane; s < finish_ + 95; s += random_.uniform(12, 22)) {
        ++index;
        if (index == 4 && !world_.scenario.trailer_crosses) {
          s += 14;
          if (addTrailerTruck(0, s, lateral, false, pace)) s += 8;
          continue;
        }
        const ActorKind kind = index % 7 == 6   ? ActorKind::Bus
                               : index % 5 == 3 ? ActorKind::BoxTruck
                               : index % 6 == 2 ? ActorKind::Motorcyclist
                                                : anyCar();
        const char* attribute = kind == ActorKind::Motorcyclist ? "cycle.with_rider" : "vehicle.moving";
        add(make(kind, along(0, s, lateral, false, pace), attribute), 0.5);
      }
    }
  }

  void addParked() {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const Road& road = world_.city->ground.roads()[i];
      if (!road.parking) continue;
      const double low = i == 0 ? start_ - 60 : road.junctions.front().station - 60;
      const double high = i == 0 ? finish_ + 70 : road.junctions.front().station + 60;
      for (const bool with_path : {true, false}) {
        for (double s = low; s < high; s += random_.uniform(5.8, 7.4)) {
          if (road.junctionDistance(s) < 10 || random_.chance(0.22)) continue;
          const double lateral = road.parkingLateral(with_path) + random_.uniform(-0.12, 0.12);
          const double roll = random_.uniform();
          ActorKind kind = roll < 0.86 ? anyCar() : roll < 0.92 ? ActorKind::Motorcycle : ActorKind::BoxTruck;
          if (kind == ActorKind::BoxTruck) s += 2.5;
          Actor actor = make(kind, along(i, s, lateral, with_path),
                             kind == ActorKind::Motorcycle ? "cycle.without_rider" : "vehicle.parked");
          actor.trajectory.yaw_rad = random_.uniform(-0.03, 0.03);
          add(actor, 0.25);
        }
      }
    }
  }

  void addCrossTraffic() {
    for (std::size_t i = 1; i < paths_.size(); ++i) {
      const Road& cross = world_.city->ground.roads()[i];
      const double middle = cross.junctions.front().station;
      for (const bool with_path : {true, false}) {
        const double sign = with_path ? -1 : 1;
        for (int k = 0; k < 3; ++k) {
          const double s = middle + sign * (main_.halfWidth() + 9.5 + 7.5 * k);
          add(make(anyCar(), along(i, s, cross.laneLateral(0, with_path), with_path), "vehicle.stopped"),
              0.4);
        }
        for (double far = 60; far < 150; far += random_.uniform(16, 34)) {
          const Trajectory away =
              along(i, middle - sign * far, cross.laneLateral(0, with_path), with_path, {6, 0.1, 0});
          add(make(anyCar(), away, "vehicle.moving"), 0.5);
        }
      }
    }
  }

  void addPerson(std::size_t road, double station, double lateral, const Pace& pace) {
    const bool with_path = random_.chance(0.5);
    Actor actor = make(ActorKind::Pedestrian, along(road, station, lateral, with_path, pace),
                       pace.speed_mps > 0 ? "pedestrian.moving" : "pedestrian.standing");
    actor.trajectory.z = kKerbHeight;
    if (pace.speed_mps == 0) actor.trajectory.yaw_rad = random_.uniform(0, 6.28);
    add(actor, 0.15);
  }

  void addPavement() {
    for (const double side : {-1.0, 1.0}) {
      const auto lateral = [&] { return side * (main_.halfWidth() + random_.uniform(1.5, 2.9)); };
      for (double s = start_ - 45; s < finish_ + 60; s += random_.uniform(4, 11)) {
        if (main_.junctionDistance(s) < 9) continue;
        const double roll = random_.uniform();
        if (roll < 0.66) {
          addPerson(0, s, lateral(), {random_.uniform(1.0, 1.7), 0, 0});
        } else if (roll < 0.82) {
          addPerson(0, s, lateral(), {});
        } else {
          Actor bicycle = make(ActorKind::Bicycle, along(0, s, side * (main_.halfWidth() + 0.75), true),
                               "cycle.without_rider");
          bicycle.trajectory.z = kKerbHeight;
          add(bicycle, 0.1);
        }
      }
    }
    // Riders keep to the right edge of the carriageway.
    const double edge = main_.center_half + Road::kLane * main_.lanes - 0.35;
    for (const bool with_path : {true, false}) {
      for (double s = start_ - 25; s < finish_ + 70; s += random_.uniform(17, 30)) {
        add(make(ActorKind::Cyclist, along(0, s, with_path ? -edge : edge, with_path, {4.2, 0.1, s}),
                 "cycle.with_rider"),
            0.05);
      }
    }
    for (double s = start_ + 9; s < finish_ + 40; s += 19) {
      Trajectory place = along(0, s, main_.halfWidth() + 0.45, true);
      place.z = kKerbHeight;
      add(make(ActorKind::Barrier, place, ""), 0.1);
      place.station += 3;
      add(make(ActorKind::Cone, place, ""), 0.1);
    }
  }

  void addCrossingPeople() {
    for (std::size_t i = 0; i < main_.junctions.size(); ++i) {
      const Junction& junction = main_.junctions[i];
      for (const double way : {-1.0, 1.0}) {
        const Pose middle = main_.path.at(junction.station + way * (junction.half_width + 4));
        for (int k = 0; k < 4; ++k) {
          Actor actor = make(ActorKind::Pedestrian, {}, "pedestrian.moving");
          const Pose start = middle * Pose::fromYaw(std::numbers::pi / 2, {random_.uniform(-1, 1), -20, 0});
          auto path = std::make_shared<Path>(start.translation().head<2>(), start.yaw_rad());
          path->straight(40);
          actor.trajectory.path = path;
          actor.trajectory.station = 20 + random_.uniform(-9, 9);
          actor.trajectory.with_path = random_.chance(0.5);
          actor.trajectory.pace = {random_.uniform(1.1, 1.5), 0, 0};
          add(actor, 0.3);
        }
      }
    }
  }

  ActorKind anyCar() {
    const double roll = random_.uniform();
    return roll < 0.45 ? ActorKind::Sedan : roll < 0.75 ? ActorKind::Hatchback : ActorKind::Van;
  }

  World& world_;
  Random random_;
  const Road& main_;
  double start_;
  double finish_ = 0;
  std::vector<double> times_;
  std::vector<std::shared_ptr<const Path>> paths_;
  std::vector<OrientedBox> ego_;
  std::vector<OrientedBox> obstacles_;
};

}  // namespace

World buildWorld(const Scenario& scenario, std::shared_ptr<const City> city, std::uint64_t seed,
                 double duration_s) {
  World world;
  world.scenario = scenario;
  world.city = std::move(city);
  std::size_t next = world.city->shapes.size();
  for (const ActorModel& model : actorModels()) {
    world.actor_shapes.push_back(next);
    next += model.phases.size();
  }
  Crowd(world, mixText(seed, scenario.name), duration_s).fill();
  return world;
}

}  // namespace hbev::synth
