#include "core/geometry/grid.h"

#include <limits>

#include <gtest/gtest.h>

namespace hbev {
namespace {

TEST(Grid, IsThatOfOcc3dAndOpenOcc) {
  const GridSpec grid = occ3dGrid();
  EXPECT_EQ(grid.size(), 640'000U);
  EXPECT_LT((grid.upperCorner() - Eigen::Vector3d(40, 40, 5.4)).norm(), 1e-12);
  EXPECT_LT((grid.center({0, 0, 0}) - Eigen::Vector3d(-39.8, -39.8, -0.8)).norm(), 1e-12);
}

TEST(Grid, IndexAndVoxelUndoEachOther) {
  const GridSpec grid{{1, 2, 3}, 0.5, {3, 5, 7}};
  for (std::size_t index = 0; index < grid.size(); ++index) {
    const Eigen::Vector3i voxel = grid.voxel(index);
    ASSERT_TRUE(grid.contains(voxel));
    ASSERT_EQ(grid.index(voxel), index);
  }
  EXPECT_EQ(grid.index(0, 0, 1), 1U) << "z is fastest";
  EXPECT_EQ(grid.index(0, 1, 0), 7U);
  EXPECT_EQ(grid.index(1, 0, 0), 35U);
}

TEST(Grid, EveryCentreLiesInItsVoxel) {
  const GridSpec grid;
  for (std::size_t index = 0; index < grid.size(); index += 7) {
    const Eigen::Vector3i voxel = grid.voxel(index);
    const auto found = grid.voxelAt(grid.center(voxel));
    ASSERT_TRUE(found);
    ASSERT_EQ(*found, voxel);
  }
}

TEST(Grid, LowerFacesBelongToTheVoxel) {
  const GridSpec grid{{0, 0, 0}, 0.5, {4, 4, 4}};
  EXPECT_EQ(*grid.voxelAt({0, 0, 0}), Eigen::Vector3i(0, 0, 0));
  EXPECT_EQ(*grid.voxelAt({0.5, 1.0, 1.5}), Eigen::Vector3i(1, 2, 3));
  EXPECT_EQ(*grid.voxelAt({std::nextafter(0.5, 0.0), 0, 0}), Eigen::Vector3i(0, 0, 0));
  EXPECT_FALSE(grid.voxelAt({2, 1, 1}));
  EXPECT_TRUE(grid.voxelAt({std::nextafter(2.0, 0.0), 1, 1}));
  EXPECT_FALSE(grid.voxelAt({-1e-9, 1, 1}));
}

TEST(Grid, NothingHoldsWhatIsNoPlace) {
  const GridSpec grid;
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const Eigen::Vector3d& point : {Eigen::Vector3d(nan, 0, 0), Eigen::Vector3d(0, inf, 0),
                                       Eigen::Vector3d(0, 0, -inf), Eigen::Vector3d(1e300, 0, 0)}) {
    EXPECT_FALSE(grid.voxelAt(point));
  }
}

TEST(Grid, ContainsItsVoxelsOnly) {
  const GridSpec grid;
  EXPECT_TRUE(grid.contains({0, 0, 0}));
  EXPECT_TRUE(grid.contains({199, 199, 15}));
  EXPECT_FALSE(grid.contains({200, 0, 0}));
  EXPECT_FALSE(grid.contains({0, 0, 16}));
  EXPECT_FALSE(grid.contains({0, -1, 0}));
}

}  // namespace
}  // namespace hbev
