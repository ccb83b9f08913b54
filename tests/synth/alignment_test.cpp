// Labels projected into the cameras line up with the pictures, to the pixel: no shift of the one against the
// other fits better than none.
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "core/data/classes.h"
#include "core/synth/labeler.h"
#include "tests/synth/small_world.h"

namespace hbev::synth {
namespace {

constexpr int kWidth = 352;
constexpr int kHeight = 198;
constexpr int kShift = 6;  // px that are tried to every side

/// One value a pixel: true where an annotated object is seen.
using Mask = std::vector<std::uint8_t>;

struct View {
  Mask traced;  ///< by the ray tracer, within the grid
  Mask labels;  ///< the first voxel on the pixel's ray
};

/// Distance to the first voxel that is not free along a ray in ego, and its class.
struct VoxelHit {
  double distance_m = 0;
  int label = -1;
};

VoxelHit march(const Occupancy& truth, const Eigen::Vector3d& origin, const Eigen::Vector3d& direction) {
  constexpr double kStep = 0.05;
  for (double way = 0.5; way < 58; way += kStep) {
    const auto voxel = truth.grid.voxelAt(origin + way * direction);
    if (!voxel) continue;
    const std::size_t index = truth.grid.index(*voxel);
    if (!truth.isFree(index)) return {way, truth.semantics[index]};
  }
  return {};
}

bool isObject(int label) {
  const std::string_view id = ClassSet::openocc()[label].id;
  return ClassSet::openocc().moves(label) || id == "traffic_cone" || id == "barrier";
}

View look(SmallWorld& small, const Occupancy& truth, const SensorMount& mount) {
  const Pose global_from_ego = small.world.globalFromEgo(SmallWorld::kTime_s);
  const CameraRenderer renderer(small.world, small.lighting, small.tracer, small.placements);
  const Picture picture = renderer.render(mount.model, global_from_ego * mount.ego_from_sensor);
  const Eigen::Vector3d origin = mount.ego_from_sensor.translation();
  View view{Mask(picture.objects.size(), 0), Mask(picture.objects.size(), 0)};
  for (int v = 0; v < kHeight; ++v) {
    for (int u = 0; u < kWidth; ++u) {
      const std::size_t pixel = std::size_t(v) * kWidth + std::size_t(u);
      const Eigen::Vector3d direction =
          (mount.ego_from_sensor.rotation() * mount.model.ray({u, v})).normalized();
      const VoxelHit hit = march(truth, origin, direction);
      view.labels[pixel] = hit.label >= 0 && isObject(hit.label) ? 1 : 0;
      if (picture.objects[pixel] == kNoObject) continue;
      const Eigen::Vector3d seen = origin + picture.distances_m[pixel] * direction;
      const int label = small.placements[picture.objects[pixel]].label;
      view.traced[pixel] =
          truth.grid.voxelAt(seen).has_value() && label < ClassSet::openocc().size() && isObject(label) ? 1
                                                                                                        : 0;
    }
  }
  return view;
}

/// Intersection and union of all views, with the labels shifted by (du, dv) pixels.
double overlap(const std::vector<View>& views, int du, int dv) {
  double both = 0, either = 0;
  for (const View& view : views) {
    for (int v = kShift; v < kHeight - kShift; ++v) {
      for (int u = kShift; u < kWidth - kShift; ++u) {
        const bool traced = view.traced[std::size_t(v) * kWidth + std::size_t(u)] != 0;
        const bool label = view.labels[std::size_t(v + dv) * kWidth + std::size_t(u + du)] != 0;
        both += traced && label ? 1 : 0;
        either += traced || label ? 1 : 0;
      }
    }
  }
  return either > 0 ? both / either : 0;
}

TEST(Alignment, noShiftOfTheLabelsFitsThePicturesBetterThanNone) {
  SmallWorld& small = SmallWorld::get(1);
  const Occupancy truth = labelWorld(small.world, small.placements, SmallWorld::kTime_s);
  std::vector<View> views;
  for (const SensorMount& mount : recordingRig(kWidth, kHeight)) {
    if (mount.isCamera()) views.push_back(look(small, truth, mount));
  }
  const double here = overlap(views, 0, 0);
  EXPECT_GT(here, 0.8);  // voxels of 0.4 m are coarser than what they stand for
  for (int shift = 2; shift <= kShift; ++shift) {
    for (const auto& [du, dv] : {std::pair{shift, 0}, {-shift, 0}, {0, shift}, {0, -shift}})
      EXPECT_LT(overlap(views, du, dv), here) << du << ", " << dv;
  }
}

}  // namespace
}  // namespace hbev::synth
