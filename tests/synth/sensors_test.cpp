// Cameras, lidar and labels look at the same world: what one sees is where the others say it is.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "core/data/classes.h"
#include "core/synth/labeler.h"
#include "core/synth/lidar_scanner.h"
#include "tests/synth/small_world.h"

namespace hbev::synth {
namespace {

constexpr int kWidth = 352;
constexpr int kHeight = 198;

Picture pictureOf(SmallWorld& small, const SensorMount& mount) {
  const CameraRenderer renderer(small.world, small.lighting, small.tracer, small.placements);
  return renderer.render(mount.model, small.world.globalFromEgo(SmallWorld::kTime_s) * mount.ego_from_sensor);
}

const Occupancy& truthOf(SmallWorld& small) {
  static std::map<const SmallWorld*, Occupancy> labels;
  auto [found, isNew] = labels.try_emplace(&small);
  if (isNew) found->second = labelWorld(small.world, small.placements, SmallWorld::kTime_s);
  return found->second;
}

TEST(CameraRenderer, centresOfVisibleBoxesLieOnTheirPixels) {
  SmallWorld& small = SmallWorld::get(1);
  const Pose global_from_ego = small.world.globalFromEgo(SmallWorld::kTime_s);
  int checked = 0;
  for (const SensorMount& mount : recordingRig(kWidth, kHeight)) {
    if (!mount.isCamera()) continue;
    const Picture picture = pictureOf(small, mount);
    const Pose camera_from_global = (global_from_ego * mount.ego_from_sensor).inverse();
    for (std::size_t i = 0; i < small.world.actors.size(); ++i) {
      const Actor& actor = small.world.actors[i];
      // Full bodies only: the middle of a bicycle or an excavator is air.
      if (actor.model().category != "vehicle.car" && actor.model().category != "vehicle.bus.rigid") continue;
      const Eigen::Vector3d center =
          camera_from_global * actor.box(SmallWorld::kTime_s).frame_from_box.translation();
      const auto pixel = mount.model.project(center);
      if (!pixel || !mount.model.contains(*pixel) || center.z() > 60) continue;
      const std::size_t index =
          std::size_t(std::lround(pixel->y())) * kWidth + std::size_t(std::lround(pixel->x()));
      const auto object = std::uint32_t(small.world.firstActor() + i);
      // What is hidden by something nearer is no business of this test.
      const bool hidden = picture.objects[index] != object && picture.objects[index] != kNoObject &&
                          picture.distances_m[index] < center.norm() - 1.0;
      if (hidden) continue;
      EXPECT_EQ(picture.objects[index], object) << actor.model().category << " in " << mount.channel;
      ++checked;
    }
  }
  EXPECT_GE(checked, 8);
}

TEST(Labels, everyPixelsVoxelHasItsObjectsClass) {
  for (const int scene : {0, 1}) {
    SmallWorld& small = SmallWorld::get(scene);
    const Occupancy& truth = truthOf(small);
    std::int64_t on_actors = 0;
    std::int64_t right_on_actors = 0;
    std::int64_t all = 0;
    std::int64_t occupied = 0;
    for (const SensorMount& mount : recordingRig(kWidth, kHeight)) {
      if (!mount.isCamera()) continue;
      const Picture picture = pictureOf(small, mount);
      for (int v = 0; v < kHeight; ++v) {
        for (int u = 0; u < kWidth; ++u) {
          const std::size_t pixel = std::size_t(v) * kWidth + std::size_t(u);
          if (picture.objects[pixel] == kNoObject) continue;
          const Eigen::Vector3d seen =
              mount.ego_from_sensor * (picture.distances_m[pixel] * mount.model.ray({u, v})).eval();
          const auto voxel = truth.grid.voxelAt(seen);
          if (!voxel) continue;
          const std::size_t index = truth.grid.index(*voxel);
          ++all;
          occupied += truth.isFree(index) ? 0 : 1;
          if (picture.objects[pixel] < small.world.firstActor()) continue;
          ++on_actors;
          right_on_actors += truth.semantics[index] == small.placements[picture.objects[pixel]].label ? 1 : 0;
        }
      }
    }
    EXPECT_GT(on_actors, 5000);
    EXPECT_GT(double(right_on_actors), 0.98 * double(on_actors)) << "scene " << scene;
    EXPECT_GT(double(occupied), 0.98 * double(all)) << "scene " << scene;
  }
}

TEST(Labels, voxelsOfMovingClassesLieInBoxesAndFlowLikeThem) {
  SmallWorld& small = SmallWorld::get(1);
  const Occupancy& truth = truthOf(small);
  const Pose ego_from_global = small.world.globalFromEgo(SmallWorld::kTime_s).inverse();
  const double grown = 2 * truth.grid.voxel_m;
  std::size_t moving = 0;
  for (std::size_t i = 0; i < truth.semantics.size(); ++i) {
    const Eigen::Vector2d flow(truth.flow[2 * i], truth.flow[2 * i + 1]);
    if (!truth.classes->moves(truth.semantics[i])) {
      EXPECT_EQ(flow.norm(), 0);
      continue;
    }
    const Eigen::Vector3d center = truth.grid.center(truth.grid.voxel(i));
    bool inside = false;
    bool flows = false;
    for (const Actor& actor : small.world.actors) {
      if (actor.model().label != truth.semantics[i]) continue;
      OrientedBox box = ego_from_global * actor.box(SmallWorld::kTime_s);
      box.size += Eigen::Vector3d::Constant(grown);
      if (!box.contains(center)) continue;
      inside = true;
      const Eigen::Vector2d velocity = actor.trajectory.velocity(SmallWorld::kTime_s);
      const Eigen::Vector3d in_ego =
          ego_from_global.rotation() * Eigen::Vector3d(velocity.x(), velocity.y(), 0);
      flows = flows || (in_ego.head<2>() - flow).norm() < 1e-4;
    }
    EXPECT_TRUE(inside) << truth.classes->operator[](truth.semantics[i]).id;
    EXPECT_TRUE(flows);
    moving += flow.norm() > 1 ? 1 : 0;
  }
  EXPECT_GT(moving, 100U);
}

TEST(Labels, everyClassOccursInTheFirstTwoScenes) {
  std::set<int> found;
  for (const int scene : {0, 1}) {
    const std::vector<std::size_t> counts = truthOf(SmallWorld::get(scene)).classCounts();
    for (std::size_t label = 0; label < counts.size(); ++label) {
      if (counts[label] > 0) found.insert(int(label));
    }
  }
  for (int label = 0; label < ClassSet::openocc().size(); ++label) {
    EXPECT_TRUE(found.contains(label)) << ClassSet::openocc()[label].id;
  }
}

TEST(Labels, housesAreHollow) {
  SmallWorld& small = SmallWorld::get(1);
  const Occupancy& truth = truthOf(small);
  const Pose ego_from_global = small.world.globalFromEgo(SmallWorld::kTime_s).inverse();
  int houses = 0;
  for (const Building& building : small.world.city->buildings) {
    const Eigen::Vector3d middle = ego_from_global * building.global_from_building.translation();
    if (middle.head<2>().cwiseAbs().maxCoeff() > 33) continue;
    ++houses;
    for (int z = 0; z < truth.grid.dims.z(); ++z) {
      const auto voxel = truth.grid.voxelAt({middle.x(), middle.y(), truth.grid.center({0, 0, z}).z()});
      EXPECT_TRUE(truth.isFree(truth.grid.index(voxel.value())));
    }
  }
  EXPECT_GE(houses, 2);
}

TEST(Labels, occ3dHasTheSameClassesUnderItsOwnNumbers) {
  const Occupancy& truth = truthOf(SmallWorld::get(1));
  const Occupancy occ3d = toOcc3d(truth);
  ASSERT_EQ(occ3d.semantics.size(), truth.semantics.size());
  for (std::size_t i = 0; i < truth.semantics.size(); ++i) {
    ASSERT_EQ((*occ3d.classes)[occ3d.semantics[i]].id, (*truth.classes)[truth.semantics[i]].id);
  }
  EXPECT_TRUE(occ3d.flow.empty());
}

TEST(Labels, aRaySeesUntilItMeetsSomething) {
  Occupancy occupancy;
  occupancy.semantics.assign(occupancy.grid.size(), occupancy.classes->free());
  const auto index = [&](int x) { return occupancy.grid.index(x, 100, 5); };
  occupancy.semantics[index(120)] = 0;
  std::vector<std::uint8_t> mask(occupancy.grid.size(), 0);
  markSeen(occupancy, occupancy.grid.center({100, 100, 5}), std::vector<Eigen::Vector3d>{{3, 0, 0}}, mask);
  for (int x = 0; x < 200; ++x)
    EXPECT_EQ(mask[index(x)], x >= 100 && x <= 120 ? 1 : 0) << x;
  EXPECT_EQ(std::count(mask.begin(), mask.end(), 1), 21);
}

TEST(Labels, masksArePlausible) {
  SmallWorld& small = SmallWorld::get(1);
  Occupancy occ3d = toOcc3d(truthOf(small));
  const std::vector<SensorMount> rig = recordingRig(kWidth, kHeight);
  std::vector<Pose> sensors;
  for (const SensorMount& mount : rig)
    sensors.push_back(mount.ego_from_sensor);
  markVisibility(occ3d, rig, sensors);
  std::size_t lidar = 0;
  std::size_t camera = 0;
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < occ3d.semantics.size(); ++i) {
    lidar += occ3d.mask_lidar[i];
    camera += occ3d.mask_camera[i];
    hidden += occ3d.mask_lidar[i] == 0 && occ3d.mask_camera[i] == 0 ? 1 : 0;
  }
  const auto total = double(occ3d.semantics.size());
  EXPECT_GT(double(lidar), 0.1 * total);
  EXPECT_GT(double(camera), 0.1 * total);
  EXPECT_GT(double(hidden), 0.1 * total);
  // The lidar sees the road behind the car's nose; nobody sees below the road.
  EXPECT_EQ(occ3d.mask_lidar[occ3d.grid.index(100, 100, 0)], 0);
  EXPECT_EQ(occ3d.mask_camera[occ3d.grid.index(150, 100, 0)], 0);
}

TEST(Lidar, pointsLieInLabelledVoxels) {
  SmallWorld& small = SmallWorld::get(1);
  const Occupancy& truth = truthOf(small);
  const SensorMount mount = recordingRig(kWidth, kHeight).back();
  const Pose global_from_lidar = small.world.globalFromEgo(SmallWorld::kTime_s) * mount.ego_from_sensor;
  const std::vector<LidarReturn> returns =
      scanLidar(small.world, small.lighting, small.tracer, small.placements, global_from_lidar, 5);
  EXPECT_GT(returns.size(), 12000U);
  std::size_t in_grid = 0;
  std::size_t occupied = 0;
  for (const LidarReturn& hit : returns) {
    EXPECT_GE(hit.point.ring, 0);
    EXPECT_LE(hit.point.ring, 31);
    EXPECT_GE(hit.point.intensity, 0);
    EXPECT_LE(hit.point.intensity, 255);
    const auto voxel =
        truth.grid.voxelAt(mount.ego_from_sensor * Eigen::Vector3d(hit.point.x, hit.point.y, hit.point.z));
    if (!voxel) continue;
    ++in_grid;
    occupied += truth.isFree(truth.grid.index(*voxel)) ? 0 : 1;
  }
  EXPECT_GT(in_grid, 8000U);
  EXPECT_GT(double(occupied), 0.95 * double(in_grid));
}

TEST(Rig, forwardIsForward) {
  for (const SensorMount& mount : recordingRig(704, 396)) {
    const Eigen::Vector3d eye = mount.ego_from_sensor.rotation() * Eigen::Vector3d(0, 0, 1);
    if (mount.channel == "CAM_FRONT") {
      EXPECT_GT(eye.x(), 0.99);
    }
    if (mount.channel == "CAM_BACK") {
      EXPECT_LT(eye.x(), -0.99);
    }
    if (mount.channel == "CAM_FRONT_LEFT") {
      EXPECT_GT(eye.y(), 0.7);
    }
    if (mount.channel == "LIDAR_TOP") {
      EXPECT_LT(
          (mount.ego_from_sensor.rotation() * Eigen::Vector3d(0, 1, 0) - Eigen::Vector3d(1, 0, 0)).norm(),
          1e-12);
    } else {
      const Eigen::Vector3d down = mount.ego_from_sensor.rotation() * Eigen::Vector3d(0, 1, 0);
      EXPECT_LT(down.z(), -0.99) << mount.channel;
    }
  }
}

}  // namespace
}  // namespace hbev::synth
