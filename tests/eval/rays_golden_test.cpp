#include <gtest/gtest.h>

#include "core/eval/caster.h"
#include "core/eval/rays.h"
#include "tests/eval/parity_folder.h"

namespace hbev {
namespace {

using test::RayGoldens;
using Caster = void (*)(const RayVolume&, const Eigen::Vector3d&, std::span<const Eigen::Vector3f>,
                        std::span<RayHit>);

// The golden arrays of one side of a scene. Distances and voxels are stored for one class set only, and not
// for a prediction that equals the truth.
void compareWithGoldens(const RayGoldens& goldens, const std::string& scene, const std::string& side,
                        Caster cast) {
  SCOPED_TRACE(scene + " " + side);
  const auto semantics = goldens.array(scene, side + "_sem").values<std::uint8_t>();
  const RayVolume volume(semantics, goldens.classes(scene.substr(0, scene.find('.'))).free());
  const std::vector<Eigen::Vector3d> origins = goldens.origins(scene);
  const std::vector<Eigen::Vector3f>& rays = lidarRays();
  const bool same_as_truth = semantics == goldens.array(scene, "gt_sem").values<std::uint8_t>();
  const std::string stored = goldens.hasArray(scene, side + "_dist_vox") || !same_as_truth ? side : "gt";

  std::vector<RayHit> hits(origins.size() * rays.size());
  for (std::size_t i = 0; i < origins.size(); ++i) {
    cast(volume, origins[i], rays, std::span(hits).subspan(i * rays.size(), rays.size()));
  }
  const auto labels = goldens.array(scene, side + "_label").values<std::uint8_t>();
  ASSERT_EQ(labels.size(), hits.size());
  for (std::size_t i = 0; i < hits.size(); ++i)
    ASSERT_EQ(hits[i].label, labels[i]) << "ray " << i;
  if (!goldens.hasArray(scene, stored + "_dist_vox")) return;
  const auto distances = goldens.array(scene, stored + "_dist_vox").values<float>();
  const auto voxels = goldens.array(scene, stored + "_hit_idx").values<std::uint8_t>();
  ASSERT_EQ(distances.size(), hits.size());
  ASSERT_EQ(voxels.size(), 3 * hits.size());
  for (std::size_t i = 0; i < hits.size(); ++i) {
    ASSERT_NEAR(hits[i].distance_vox, distances[i], 1e-5) << "ray " << i;
    for (std::size_t axis = 0; axis < 3; ++axis)
      ASSERT_EQ(hits[i].voxel[axis], voxels[3 * i + axis]) << "ray " << i;
  }
}

void compareAll(Caster cast) {
  const RayGoldens goldens;
  ASSERT_FALSE(goldens.groups().empty());
  for (const std::string& group : goldens.groups()) {
    for (const std::string& scene : goldens.scenes(group)) {
      compareWithGoldens(goldens, scene, "gt", cast);
      compareWithGoldens(goldens, scene, "pred", cast);
    }
  }
}

TEST(rays_golden, directions_are_the_reference_floats) {
  if (const std::string lacking = RayGoldens::lacking(); !lacking.empty()) GTEST_SKIP() << lacking;
  const RayGoldens goldens;
  const auto golden = goldens.arrays().read("lidar_rays").values<float>();
  const std::vector<Eigen::Vector3f>& rays = lidarRays();
  ASSERT_EQ(golden.size(), 3 * rays.size());
  for (std::size_t i = 0; i < rays.size(); ++i) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      ASSERT_EQ(rays[i][Eigen::Index(axis)], golden[3 * i + axis]) << "ray " << i << " axis " << axis;
    }
  }
}

TEST(rays_golden, early_exit_walk_meets_what_the_reference_meets) {
  if (const std::string lacking = RayGoldens::lacking(); !lacking.empty()) GTEST_SKIP() << lacking;
  compareAll(castRays);
}

TEST(rays_golden, plain_walk_meets_what_the_reference_meets) {
  if (const std::string lacking = RayGoldens::lacking(); !lacking.empty()) GTEST_SKIP() << lacking;
  compareAll(castRaysPlain);
}

}  // namespace
}  // namespace hbev
