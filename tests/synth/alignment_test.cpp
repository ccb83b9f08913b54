// Labels and pictures line up: no shift of two or more pixels fits better than none. (One pixel is a few
// centimetres on near objects, which voxels of 0.4 m cannot tell.)
#include <gtest/gtest.h>

#include "core/synth/labeler.h"
#include "tests/synth/small_world.h"

namespace hbev::synth {
namespace {

constexpr int kWidth = 352;
constexpr int kHeight = 198;

struct View {
  SensorMount mount;
  Picture picture;
};

std::vector<View> takePictures(SmallWorld& small) {
  const Pose global_from_ego = small.world.globalFromEgo(SmallWorld::kTime_s);
  const CameraRenderer renderer(small.world, small.lighting, small.tracer, small.placements);
  std::vector<View> views;
  for (const SensorMount& mount : recordingRig(kWidth, kHeight)) {
    if (mount.isCamera())
      views.push_back({mount, renderer.render(mount.model, global_from_ego * mount.ego_from_sensor)});
  }
  return views;
}

/// Share of the pixels of annotated objects whose voxel has the object's class, when the labels are looked up
/// (du, dv) pixels beside.
double rightShare(SmallWorld& small, const Occupancy& truth, const std::vector<View>& views, int du, int dv) {
  std::size_t all = 0, right = 0;
  for (const View& view : views) {
    for (int v = 0; v < kHeight; ++v) {
      for (int u = 0; u < kWidth; ++u) {
        const std::size_t pixel = std::size_t(v) * kWidth + std::size_t(u);
        const std::uint32_t object = view.picture.objects[pixel];
        if (object == kNoObject || object < small.world.firstActor()) continue;
        const Eigen::Vector3d in_camera = view.picture.distances_m[pixel] *
                                          view.mount.model.ray({double(u + du), double(v + dv)}).normalized();
        const auto voxel = truth.grid.voxelAt(view.mount.ego_from_sensor * in_camera);
        if (!voxel) continue;
        ++all;
        right += truth.semantics[truth.grid.index(*voxel)] == small.placements[object].label ? 1 : 0;
      }
    }
  }
  EXPECT_GT(all, 3000U);
  return double(right) / double(all);
}

TEST(Alignment, noShiftOfTwoPixelsFitsBetterThanNone) {
  SmallWorld& small = SmallWorld::get(1);
  const Occupancy truth = labelWorld(small.world, small.placements, SmallWorld::kTime_s);
  const std::vector<View> views = takePictures(small);
  const double here = rightShare(small, truth, views, 0, 0);
  EXPECT_GT(here, 0.98);
  for (const int shift : {2, 4}) {
    for (const auto& [du, dv] : {std::pair{shift, 0}, {-shift, 0}, {0, shift}, {0, -shift}})
      EXPECT_LT(rightShare(small, truth, views, du, dv), here - 0.001 * shift) << du << ", " << dv;
  }
}

}  // namespace
}  // namespace hbev::synth
