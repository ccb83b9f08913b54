#include "core/data/resample.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/base/expect_error.h"

namespace hbev {
namespace {

constexpr std::uint8_t kFree = 9;

GridSpec grid(double voxel_m, int size) {
  return {{0, 0, 0}, voxel_m, {size, size, size}};
}

std::vector<std::uint8_t> freeVoxels(const GridSpec& spec) {
  return std::vector<std::uint8_t>(spec.size(), kFree);
}

TEST(Resample, TheSameGridStaysAsItIs) {
  const GridSpec spec = grid(0.4, 5);
  std::vector<std::uint8_t> labels = freeVoxels(spec);
  labels[spec.index(1, 2, 3)] = 4;
  labels[spec.index(4, 0, 0)] = 7;
  EXPECT_EQ(resampleLabels(spec, labels, kFree, {}, spec), labels);
}

TEST(Resample, EightSmallerVoxelsVote) {
  const GridSpec fine = grid(0.2, 4), coarse = grid(0.4, 2);
  std::vector<std::uint8_t> labels = freeVoxels(fine);
  // Voxel (0, 0, 0): four of eight occupied, more of class 2: occupied by 2.
  labels[fine.index(0, 0, 0)] = labels[fine.index(1, 0, 0)] = labels[fine.index(0, 1, 0)] = 2;
  labels[fine.index(1, 1, 1)] = 1;
  // Voxel (1, 0, 0): three of eight: free.
  labels[fine.index(2, 0, 0)] = labels[fine.index(3, 0, 0)] = labels[fine.index(2, 1, 0)] = 3;
  // Voxel (0, 1, 1): a tie of 5 and 6: the smaller.
  labels[fine.index(0, 2, 2)] = labels[fine.index(1, 2, 2)] = 6;
  labels[fine.index(0, 3, 2)] = labels[fine.index(1, 3, 2)] = 5;
  const std::vector<std::uint8_t> result = resampleLabels(fine, labels, kFree, {}, coarse);
  EXPECT_EQ(result[coarse.index(0, 0, 0)], 2);
  EXPECT_EQ(result[coarse.index(1, 0, 0)], kFree);
  EXPECT_EQ(result[coarse.index(0, 1, 1)], 5);
  EXPECT_EQ(std::count(result.begin(), result.end(), kFree), 6);
}

TEST(Resample, CoarserSourcesLeaveNoHolesAndNothingOutside) {
  const GridSpec source = grid(0.5, 8), target{{-2, 0, 0}, 0.4, {20, 20, 20}};
  const std::vector<std::uint8_t> labels(source.size(), 1);
  const std::vector<std::uint8_t> result = resampleLabels(source, labels, kFree, {}, target);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const Eigen::Vector3d at = target.center(target.voxel(i));
    const bool inside = (at.array() > 0).all() && (at.array() < 4).all();
    EXPECT_EQ(result[i], inside ? 1 : kFree) << at.transpose();
  }
}

TEST(Resample, FollowsThePose) {
  const GridSpec spec{{-4, -4, -4}, 1.0, {8, 8, 8}};
  std::vector<std::uint8_t> labels = freeVoxels(spec);
  labels[spec.index(*spec.voxelAt({2.5, 0.5, 1.5}))] = 3;
  // The target's frame is turned left by 90 degrees and 1 m higher: a point p there is at Rz(90) p + z there.
  const Pose source_from_target = Pose::fromYaw(1.5707963267948966, {0, 0, 1});
  const std::vector<std::uint8_t> result = resampleLabels(spec, labels, kFree, source_from_target, spec);
  EXPECT_EQ(result[spec.index(*spec.voxelAt({0.5, -2.5, 0.5}))], 3);
  EXPECT_EQ(std::count(result.begin(), result.end(), 3), 1);
}

TEST(Resample, VoxelsMustFillTheirGrid) {
  const GridSpec spec = grid(1, 2);
  EXPECT_EQ(test::problemOf([&] { resampleLabels(spec, std::vector<std::uint8_t>(7), 0, {}, spec); }).found,
            "7");
}

}  // namespace
}  // namespace hbev
