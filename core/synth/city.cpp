#include "core/synth/city.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/data/classes.h"
#include "core/synth/scenery.h"

namespace hbev::synth {
namespace {

constexpr double kRightAngle = std::numbers::pi / 2;

struct Plan {
  double bend_begin, bend_length, bend_rad;
  int lanes;
  bool parking;
  double center_half;
  std::vector<double> crossings;  ///< stations on the main road
  bool continuous_island;
  double low, high;  ///< heights of buildings, m
  double park;       ///< share of plots without a building
};

Plan planOf(std::string_view location) {
  if (location == "old-town") return {250, 70, -0.5, 1, true, 0.8, {88, 176, 330}, false, 8, 17, 0.12};
  if (location == "harbour") return {190, 80, 0.6, 1, true, 0.8, {120, 300}, false, 10, 26, 0.22};
  return {110, 120, 0.9, 2, false, 1.3, {70, 290}, true, 12, 34, 0.35};
}

std::vector<Road> layRoads(const Plan& plan) {
  Road main{Path({140, 360}, 0.25), plan.lanes, plan.center_half, plan.parking, {}, {}};
  main.path.straight(plan.bend_begin).arc(plan.bend_length, plan.bend_rad).straight(470 - plan.bend_begin);
  std::vector<Road> roads{main};
  for (const double station : plan.crossings) {
    constexpr double kReach = 170;
    const Pose middle = main.path.at(station);
    const double heading = middle.yaw_rad() + kRightAngle;
    const Eigen::Vector2d start =
        middle.translation().head<2>() - kReach * Eigen::Vector2d(std::cos(heading), std::sin(heading));
    Road cross{Path(start, heading), 1, 0.1, plan.parking, {{kReach, main.halfWidth()}}, {}};
    cross.path.straight(2 * kReach);
    roads.front().junctions.push_back({station, cross.halfWidth()});
    roads.push_back(cross);
  }
  Road& first = roads.front();
  double begin = 8;
  for (const Junction& junction : first.junctions) {
    const double end = junction.station - junction.half_width - 9;
    first.islands.emplace_back(plan.continuous_island ? begin : std::max(begin, end - 14), end);
    begin = junction.station + junction.half_width + 9;
    if (!plan.continuous_island) first.islands.emplace_back(begin, begin + 14);
  }
  if (plan.continuous_island) first.islands.emplace_back(begin, first.path.length() - 10);
  return roads;
}

bool overlaps(const Building& a, const Building& b) {
  // Footprints as rectangles: some axis separates them, or they overlap.
  const Eigen::Vector2d offset =
      (b.global_from_building.translation() - a.global_from_building.translation()).head<2>();
  for (const Building* axes : {&a, &b}) {
    for (const double turn : {0.0, kRightAngle}) {
      const double heading = axes->global_from_building.yaw_rad() + turn;
      const Eigen::Vector2d axis(std::cos(heading), std::sin(heading));
      double reach = 0;
      for (const Building* building : {&a, &b}) {
        const double relative = building->global_from_building.yaw_rad() - heading;
        reach += std::abs(std::cos(relative)) * building->size.x() / 2 +
                 std::abs(std::sin(relative)) * building->size.y() / 2;
      }
      if (std::abs(offset.dot(axis)) > reach) return false;
    }
  }
  return true;
}

class Builder {
 public:
  Builder(std::string_view location, std::uint64_t seed)
      : random_(mixText(seed, location)),
        plan_(planOf(location)),
        city_{std::string(location), Ground(layRoads(plan_)), {}, {}, {}} {}

  City build() {
    Shape ground;
    ground.mesh = city_.ground.mesh(Eigen::Vector2d::Constant(kWorldExtent / 2), kWorldExtent);
    place(std::move(ground), Pose(), kGroundLabel, {1, 1, 1});
    for (const Road& road : city_.ground.roads())
      lineWithBuildings(road);
    addSkyline();
    for (int i = 0; i < kTreeKinds; ++i)
      tree_shapes_[std::size_t(i)] = addShape(treeShape(i, random_.bits()));
    for (const Road& road : city_.ground.roads())
      lineWithTrees(road);
    addParkTrees();
    lamp_shape_ = addShape(lampShape());
    signal_shape_ = addShape(signalShape());
    sign_shape_ = addShape(signShape());
    for (const Road& road : city_.ground.roads())
      lineWithPoles(road);
    return std::move(city_);
  }

 private:
  std::size_t addShape(Shape shape) {
    city_.shapes.push_back(std::move(shape));
    return city_.shapes.size() - 1;
  }
  void place(std::size_t shape, const Pose& pose, std::uint8_t label, const Color& tint) {
    city_.placements.push_back({shape, pose, label, tint, std::uint32_t(random_.bits())});
  }
  void place(Shape shape, const Pose& pose, std::uint8_t label, const Color& tint) {
    place(addShape(std::move(shape)), pose, label, tint);
  }
  static std::uint8_t label(std::string_view id) {
    return std::uint8_t(ClassSet::openocc().findLabel(id).value());
  }

  bool fits(const Building& building, double clearance) const {
    for (int i = 0; i <= 4; ++i) {
      for (int j = 0; j <= 4; ++j) {
        const Eigen::Vector3d local((i / 4.0 - 0.5) * building.size.x(), (j / 4.0 - 0.5) * building.size.y(),
                                    0);
        if (city_.ground.roadEdge((building.global_from_building * local).head<2>()) < clearance)
          return false;
      }
    }
    return std::none_of(city_.buildings.begin(), city_.buildings.end(),
                        [&](const Building& other) { return overlaps(building, other); });
  }

  void addBuilding(const Building& building) {
    static constexpr std::array<std::array<float, 3>, 8> kWalls{{{0.62F, 0.52F, 0.40F},
                                                                 {0.52F, 0.25F, 0.18F},
                                                                 {0.70F, 0.66F, 0.58F},
                                                                 {0.45F, 0.46F, 0.48F},
                                                                 {0.66F, 0.55F, 0.34F},
                                                                 {0.38F, 0.28F, 0.24F},
                                                                 {0.58F, 0.60F, 0.62F},
                                                                 {0.55F, 0.38F, 0.30F}}};
    const auto& wall = kWalls[std::size_t(random_.below(int(kWalls.size())))];
    city_.buildings.push_back(building);
    place(buildingShape(building.size, city_.location == "old-town", random_.bits()),
          building.global_from_building, label("manmade"),
          Color(wall[0], wall[1], wall[2]) * float(random_.uniform(0.85, 1.1)));
  }

  void lineWithBuildings(const Road& road) {
    for (const double side : {-1.0, 1.0}) {
      double station = random_.uniform(0, 6);
      while (station < road.path.length()) {
        const double width = random_.uniform(9, 20);
        const double depth = random_.uniform(9, 14);
        const double height = random_.uniform(plan_.low, plan_.high);
        const double setback = random_.chance(0.6) ? 0.4 : random_.uniform(1.5, 4);
        const bool park = random_.chance(plan_.park);
        const double lateral = side * (road.halfWidth() + kSidewalk + setback + depth / 2);
        const Pose pose = road.path.at(station + width / 2, lateral);
        const Building building{pose, {width, depth, height}};
        if (!park && fits(building, kSidewalk + 0.3)) addBuilding(building);
        station += width + (random_.chance(0.5) ? 0.05 : random_.uniform(1, 5));
      }
    }
  }

  void addSkyline() {
    for (int i = 0; i < 90; ++i) {
      const Eigen::Vector3d middle(random_.uniform(60, 740), random_.uniform(220, 700), 0);
      const Building building{
          Pose::fromYaw(random_.uniform(0, 0.8), middle),
          {random_.uniform(14, 26), random_.uniform(14, 24), random_.uniform(plan_.high, plan_.high * 2)}};
      if (city_.ground.roadEdge(middle.head<2>()) > 45 && fits(building, 30)) addBuilding(building);
    }
  }

  void addTree(const Eigen::Vector3d& foot) {
    const int kind = random_.below(kTreeKinds);
    const Color leaf = Color(0.16F, 0.28F, 0.07F) * float(random_.uniform(0.75, 1.25)) +
                       Color(0.08F, 0.02F, 0.0F) * float(random_.uniform(0, 1));
    place(tree_shapes_[std::size_t(kind)], Pose::fromYaw(random_.uniform(0, 6.28), foot), label("vegetation"),
          leaf);
  }

  void lineWithTrees(const Road& road) {
    for (const double side : {-1.0, 1.0}) {
      for (double s = random_.uniform(3, 9); s < road.path.length(); s += random_.uniform(9, 17)) {
        Eigen::Vector3d foot = road.path.at(s, side * (road.halfWidth() + 0.9)).translation();
        const double edge = city_.ground.roadEdge(foot.head<2>());
        if (edge < 0.7 || road.junctionDistance(s) < 11 || random_.chance(0.3)) continue;
        foot.z() = kKerbHeight;
        addTree(foot);
      }
    }
  }

  void addParkTrees() {
    for (int i = 0; i < 2600; ++i) {
      const Eigen::Vector3d foot(random_.uniform(100, 700), random_.uniform(200, 660), kKerbHeight);
      const double edge = city_.ground.roadEdge(foot.head<2>());
      if (edge < kSidewalk + 1.5 || edge > 40 || city_.isBuilt(foot.head<2>(), 2.5)) continue;
      addTree(foot);
    }
  }

  void lineWithPoles(const Road& road) {
    const std::uint8_t manmade = label("manmade");
    for (const bool left : {false, true}) {
      const double side = left ? 1 : -1;
      for (double s = left ? 14 : 2; s < road.path.length(); s += 27) {
        Eigen::Vector3d foot = road.path.at(s, side * (road.halfWidth() + 0.55)).translation();
        if (city_.ground.roadEdge(foot.head<2>()) < 0.4 || road.junctionDistance(s) < 6) continue;
        foot.z() = kKerbHeight;
        // The arm reaches over the road.
        const double yaw = road.path.at(s).yaw_rad() - side * kRightAngle;
        place(lamp_shape_, Pose::fromYaw(yaw, foot), manmade, {0.3F, 0.33F, 0.35F});
      }
    }
    for (const Junction& junction : road.junctions) {
      for (const double way : {-1.0, 1.0}) {
        const double station = junction.station + way * (junction.half_width + 6.2);
        Eigen::Vector3d foot = road.path.at(station, way * (road.halfWidth() + 0.7)).translation();
        foot.z() = kKerbHeight;
        // Its face is turned to those who drive up to the junction.
        const double yaw = road.path.at(station).yaw_rad() + (way < 0 ? std::numbers::pi : 0);
        place(signal_shape_, Pose::fromYaw(yaw, foot), manmade, {0.2F, 0.2F, 0.2F});
        Eigen::Vector3d sign = road.path.at(station + way * 9, way * (road.halfWidth() + 0.6)).translation();
        sign.z() = kKerbHeight;
        place(sign_shape_, Pose::fromYaw(yaw, sign), manmade, {0.4F, 0.4F, 0.42F});
      }
    }
  }

  Random random_;
  Plan plan_;
  City city_;
  std::array<std::size_t, kTreeKinds> tree_shapes_{};
  std::size_t lamp_shape_ = 0;
  std::size_t signal_shape_ = 0;
  std::size_t sign_shape_ = 0;
};

}  // namespace

bool City::isBuilt(const Eigen::Vector2d& point, double margin_m) const {
  return std::any_of(buildings.begin(), buildings.end(), [&](const Building& building) {
    const Eigen::Vector2d offset = point - building.global_from_building.translation().head<2>();
    if (offset.norm() > building.size.head<2>().norm() / 2 + margin_m) return false;
    const Eigen::Vector3d local =
        building.global_from_building.rotation().conjugate() * Eigen::Vector3d(offset.x(), offset.y(), 0);
    return std::abs(local.x()) < building.size.x() / 2 + margin_m &&
           std::abs(local.y()) < building.size.y() / 2 + margin_m;
  });
}

City buildCity(std::string_view location, std::uint64_t seed) {
  return Builder(location, seed).build();
}

}  // namespace hbev::synth
