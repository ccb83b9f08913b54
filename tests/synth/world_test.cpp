#include "core/synth/world.h"

#include <cmath>
#include <filesystem>
#include <numbers>
#include <set>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/data/classes.h"
#include "core/data/images.h"
#include "core/synth/map_mask.h"
#include "tests/synth/small_world.h"

namespace hbev::synth {
namespace {

TEST(Path, nearestFindsWhatAtPlaced) {
  Path path({10, 20}, 0.4);
  path.straight(30).arc(40, 1.1).arc(25, -0.6).straight(20);
  EXPECT_DOUBLE_EQ(path.length(), 115);
  for (double station = 1; station < 114; station += 3.7) {
    for (const double lateral : {-4.0, 0.0, 5.5}) {
      const Path::Foot foot = path.nearest(path.at(station, lateral).translation().head<2>());
      EXPECT_NEAR(foot.station, station, 1e-9);
      EXPECT_NEAR(foot.lateral, lateral, 1e-9);
      EXPECT_NEAR(foot.distance, std::abs(lateral), 1e-9);
    }
  }
}

TEST(Path, headingTurnsWithArcs) {
  Path path({0, 0}, 0);
  path.straight(10).arc(std::numbers::pi, std::numbers::pi / 2);
  const Pose end = path.at(path.length());
  EXPECT_NEAR(end.yaw_rad(), std::numbers::pi / 2, 1e-12);
  EXPECT_NEAR(end.translation().x(), 12, 1e-12);
  EXPECT_NEAR(end.translation().y(), 2, 1e-12);
}

TEST(Ground, crossSectionOfTheMainRoad) {
  const World& world = SmallWorld::get(1).world;
  const Ground& ground = world.city->ground;
  const Road& road = world.city->mainRoad();
  const double station = 130;  // away from junctions
  const auto surface = [&](double lateral) {
    return ground.at(road.path.at(station, lateral).translation().head<2>()).surface;
  };
  EXPECT_EQ(surface(road.laneLateral(0, true)), Surface::Road);
  EXPECT_EQ(surface(road.parkingLateral(false)), Surface::Road);
  EXPECT_EQ(surface(road.halfWidth() + 1), Surface::Sidewalk);
  EXPECT_EQ(surface(-road.halfWidth() - kSidewalk - 1), Surface::Terrain);
  const auto& [begin, end] = road.islands.front();
  EXPECT_EQ(ground.at(road.path.at((begin + end) / 2).translation().head<2>()).surface, Surface::OtherFlat);
  EXPECT_EQ(ground.height(road.path.at(station, road.halfWidth() + 1).translation().head<2>()), kKerbHeight);
  EXPECT_EQ(ground.height(road.path.at(station, 2.5).translation().head<2>()), 0);
}

TEST(MapMask, isWhiteWhereOneCanDrive) {
  const City& city = *SmallWorld::get(1).world.city;
  const auto file =
      std::filesystem::path(testing::TempDir()) / ("hbev_mask_" + std::to_string(::getpid()) + ".png");
  writeMapMask(file, city.ground, kWorldExtent);
  const Image mask = readImage(file);
  std::filesystem::remove(file);
  ASSERT_EQ(mask.width, int(10 * kWorldExtent));
  ASSERT_EQ(mask.height, mask.width);
  const auto brightness = [&](double station, double lateral) {
    const Eigen::Vector3d point = city.mainRoad().path.at(station, lateral).translation();
    const auto column = std::size_t(10 * point.x());
    const auto row = std::size_t(mask.height - 1 - int(10 * point.y()));
    return int(mask.rgb[3 * (row * std::size_t(mask.width) + column)]);
  };
  EXPECT_EQ(brightness(100, 2), 255);
  EXPECT_EQ(brightness(300, -2), 255);
  EXPECT_EQ(brightness(130, 12), 0);
}

TEST(World, scenesAreNamedAlikeForEveryNumber) {
  EXPECT_EQ(scenarioOf(0).name, "demo-0101");
  EXPECT_EQ(scenarioOf(1).name, "demo-0103");
  EXPECT_EQ(scenarioOf(1).description, "Crossing, trailer truck, parked cars");
  std::set<std::string> names;
  for (int i = 0; i < 20; ++i)
    names.insert(scenarioOf(i).name);
  EXPECT_EQ(names.size(), 20U);
}

TEST(World, nobodyDrivesThroughTheEgoCar) {
  for (const int scene : {0, 1}) {
    const World& world = SmallWorld::get(scene).world;
    EXPECT_GT(world.actors.size(), 60U);
    for (double t = 0; t <= SmallWorld::kDuration_s; t += 0.25) {
      OrientedBox ego{world.globalFromEgo(t) * Pose::fromTranslation({kEgoBodyForward, 0, 0.8}),
                      {4.1, 1.8, 1.6}};
      for (const Actor& actor : world.actors) {
        const OrientedBox box = actor.box(t);
        for (const Eigen::Vector3d& corner : box.corners())
          EXPECT_FALSE(ego.contains(corner));
        EXPECT_FALSE(ego.contains(box.frame_from_box.translation()));
        EXPECT_FALSE(box.contains(ego.frame_from_box.translation()));
      }
    }
  }
}

TEST(World, theEgoCarTurnsIntoTheRightLane) {
  const Scenario scenario = scenarioOf(5);
  ASSERT_TRUE(scenario.turns_right);
  const World world =
      buildWorld(scenario, std::make_shared<City>(buildCity(scenario.location, SmallWorld::kSeed)),
                 SmallWorld::kSeed, 9.5);
  const double turn = world.globalFromEgo(0).yaw_rad() - world.globalFromEgo(9.5).yaw_rad();
  EXPECT_NEAR(turn, std::numbers::pi / 2, 1e-9);
  for (double t = 0; t <= 9.5; t += 0.1) {
    EXPECT_EQ(world.city->ground.at(world.globalFromEgo(t).translation().head<2>()).surface, Surface::Road)
        << t;
  }
  // In the end it is right of the middle of a road that is not the main one.
  const Pose end = world.globalFromEgo(9.5);
  const GroundPoint point = world.city->ground.at(end.translation().head<2>());
  ASSERT_NE(point.road, 0);
  const Road& cross = world.city->ground.roads()[std::size_t(point.road)];
  EXPECT_NEAR(point.foot.lateral, cross.laneLateral(0, false), 0.05);
}

TEST(World, velocityIsTheSlopeOfTheWay) {
  const World& world = SmallWorld::get(1).world;
  int moving = 0;
  for (const Actor& actor : world.actors) {
    const Eigen::Vector3d way =
        actor.trajectory.at(1.01).translation() - actor.trajectory.at(0.99).translation();
    EXPECT_LT((actor.trajectory.velocity(1) - way.head<2>() / 0.02).norm(), 0.02);
    moving += way.norm() > 0 ? 1 : 0;
  }
  EXPECT_GT(moving, 10);
}

TEST(World, meshesStayInTheirBoxes) {
  for (std::size_t kind = 0; kind < kActorKinds; ++kind) {
    const ActorModel& model = actorModels()[kind];
    const Eigen::Vector3d half = model.phases.front().size / 2;
    for (const Shape& shape : model.phases) {
      EXPECT_EQ(shape.size, model.phases.front().size);
      for (const Eigen::Vector3f& vertex : shape.mesh.vertices) {
        const Eigen::Vector3d at = vertex.cast<double>();
        EXPECT_LE(std::abs(at.x()), half.x() + 0.03) << model.category << " kind " << kind;
        EXPECT_LE(std::abs(at.y()), half.y() + 0.03) << model.category << " kind " << kind;
        EXPECT_GE(at.z(), -0.03) << model.category << " kind " << kind;
        EXPECT_LE(at.z(), 2 * half.z() + 0.03) << model.category << " kind " << kind;
      }
    }
  }
}

}  // namespace
}  // namespace hbev::synth
