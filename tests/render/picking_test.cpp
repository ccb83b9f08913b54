#include "render/picking.h"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "tests/render/street.h"

namespace hbev {
namespace {

/// The nearest shown voxel's box on the ray, by trying every voxel.
std::optional<PickedVoxel> pickByTrying(const Occupancy& occupancy, const VoxelFilter& filter,
                                        const Eigen::Vector3d& origin, const Eigen::Vector3d& direction) {
  std::optional<PickedVoxel> nearest;
  for (std::size_t i = 0; i < occupancy.grid.size(); ++i) {
    const Eigen::Vector3i voxel = occupancy.grid.voxel(i);
    if (!isShown(occupancy, filter, i, voxel.z())) continue;
    const Eigen::Vector3d lower = occupancy.grid.origin + occupancy.grid.voxel_m * voxel.cast<double>();
    double enter = 0, leave = std::numeric_limits<double>::infinity();
    Eigen::Vector3i face = Eigen::Vector3i::Zero();
    for (int axis = 0; axis < 3; ++axis) {
      const double a = (lower[axis] - origin[axis]) / direction[axis];
      const double b = (lower[axis] + occupancy.grid.voxel_m - origin[axis]) / direction[axis];
      if (std::min(a, b) > enter) {
        enter = std::min(a, b);
        face = Eigen::Vector3i::Zero();
        face[axis] = direction[axis] > 0 ? -1 : 1;
      }
      leave = std::min(leave, std::max(a, b));
    }
    if (enter < leave && (!nearest || enter < nearest->distance_m)) nearest = PickedVoxel{voxel, enter, face};
  }
  return nearest;
}

TEST(Picking, FindsWhatTryingEveryVoxelFinds) {
  Occupancy occupancy;
  occupancy.grid = {{-2.0, -3.0, -1.0}, 0.4, {10, 14, 8}};
  std::mt19937 random(11);
  std::uniform_real_distribution<double> unit(-1, 1);
  for (std::size_t i = 0; i < occupancy.grid.size(); ++i) {
    occupancy.semantics.push_back(unit(random) < -0.9 ? 3 : occupancy.classes->free());
  }
  int hits = 0;
  for (int i = 0; i < 3000; ++i) {
    const Eigen::Vector3d origin(6 * unit(random), 6 * unit(random), 4 * unit(random));
    const Eigen::Vector3d toward(2 * unit(random), 2 * unit(random), unit(random));
    const Eigen::Vector3d direction = (toward - origin).normalized();
    const auto expected = pickByTrying(occupancy, {}, origin, direction);
    const auto picked = pickVoxel(occupancy, {}, origin, 7.5 * direction);
    ASSERT_EQ(picked.has_value(), expected.has_value()) << origin.transpose() << " to " << toward.transpose();
    if (!picked) continue;
    ++hits;
    EXPECT_EQ(picked->voxel, expected->voxel);
    EXPECT_NEAR(picked->distance_m, expected->distance_m, 1e-9);
    EXPECT_EQ(picked->face, expected->face);
  }
  EXPECT_GT(hits, 1000);
}

TEST(Picking, WalksStraightAlongAnAxis) {
  Occupancy occupancy;
  occupancy.grid = {{0, 0, 0}, 0.5, {4, 4, 4}};
  occupancy.semantics.assign(64, occupancy.classes->free());
  occupancy.semantics[occupancy.grid.index(2, 1, 1)] = 0;
  const auto picked = pickVoxel(occupancy, {}, {-1, 0.75, 0.75}, {1, 0, 0});
  ASSERT_TRUE(picked);
  EXPECT_EQ(picked->voxel, Eigen::Vector3i(2, 1, 1));
  EXPECT_NEAR(picked->distance_m, 2.0, 1e-12);
  EXPECT_EQ(picked->face, Eigen::Vector3i(-1, 0, 0));
  EXPECT_FALSE(pickVoxel(occupancy, {}, {-1, 2.75, 0.75}, {1, 0, 0}));
  EXPECT_FALSE(pickVoxel(occupancy, {}, {-1, 0.75, 0.75}, {-1, 0, 0}));
}

TEST(Picking, StartingInsideAVoxelHasNoFace) {
  const Occupancy street = test::makeStreet();
  const auto picked = pickVoxel(street, {}, {20, -20, 0}, {0, 0, 1});
  ASSERT_TRUE(picked);
  EXPECT_EQ(picked->distance_m, 0);
  EXPECT_EQ(picked->face, Eigen::Vector3i(0, 0, 0));
}

TEST(Picking, SeesThroughWhatTheFilterHides) {
  const Occupancy street = test::makeStreet();
  const int car = street.classes->findLabel("car").value();
  const Eigen::Vector3d above(-9.8, -2.4, 5);
  const auto roof = pickVoxel(street, {}, above, {0, 0, -1});
  ASSERT_TRUE(roof);
  EXPECT_EQ(street.semantics[street.grid.index(roof->voxel)], car);
  EXPECT_EQ(roof->face, Eigen::Vector3i(0, 0, 1));
  const auto road = pickVoxel(street, {.visible_classes = ~(1U << car)}, above, {0, 0, -1});
  ASSERT_TRUE(road);
  EXPECT_EQ(road->voxel.z(), 2);
  const auto slice = pickVoxel(street, {.z_max = 1}, above, {0, 0, -1});
  EXPECT_FALSE(slice);
}

TEST(Picking, SeesOnlyWhatIsInTheBoxAndAtTheRange) {
  const Occupancy street = test::makeStreet();
  const GridSpec& grid = street.grid;
  const VoxelFilter filter{
      .z_min = 2, .x_min_m = -7, .x_max_m = 21, .y_max_m = 5, .range_min_m = 4, .range_max_m = 20};
  std::size_t shown = 0, hidden = 0;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const Eigen::Vector3i voxel = grid.voxel(i);
    if (street.isFree(i)) continue;
    const Eigen::Vector3d center = grid.center(voxel);
    const double range_m = std::hypot(center.x(), center.y());
    const bool expected = voxel.z() >= 2 && center.x() >= -7 - 1e-6 && center.x() <= 21 + 1e-6 &&
                          center.y() <= 5 + 1e-6 && range_m >= 4 && range_m < 20;
    ASSERT_EQ(isShown(street, filter, i, voxel.z()), expected) << center.transpose();
    EXPECT_EQ(filter.admits(grid, voxel), expected);
    ++(expected ? shown : hidden);
  }
  EXPECT_GT(shown, 100U);
  EXPECT_GT(hidden, 100U);
}

TEST(Picking, ALimitOnAVoxelsCentreLetsItIn) {
  const GridSpec grid;
  for (int x = 0; x < grid.dims.x(); ++x) {
    const double center_m = (2 * x + 1 - grid.dims.x()) / 5.0;  // as people write it: 1, not 1 and a bit
    const VoxelFilter filter{.x_min_m = center_m, .x_max_m = center_m};
    EXPECT_TRUE(filter.admitsColumn(grid, x, 0)) << center_m;
    if (x > 0) {
      EXPECT_FALSE(filter.admitsColumn(grid, x - 1, 0)) << center_m;
    }
  }
}

TEST(Picking, StepsToTheNextShownVoxelOnALineOfTheGrid) {
  Occupancy occupancy;
  occupancy.grid = {{0, 0, 0}, 0.5, {6, 2, 2}};
  occupancy.semantics.assign(occupancy.grid.size(), occupancy.classes->free());
  for (const int x : {0, 2, 5})
    occupancy.semantics[occupancy.grid.index(x, 1, 1)] = std::uint8_t(x);
  const Eigen::Vector3i first(0, 1, 1), ahead(1, 0, 0);
  EXPECT_EQ(nextShown(occupancy, {}, first, ahead), Eigen::Vector3i(2, 1, 1));
  EXPECT_EQ(nextShown(occupancy, {.visible_classes = ~(1U << 2)}, first, ahead), Eigen::Vector3i(5, 1, 1));
  EXPECT_EQ(nextShown(occupancy, {.x_max_m = 2}, {2, 1, 1}, ahead), std::nullopt);
  EXPECT_EQ(nextShown(occupancy, {}, first, -ahead), std::nullopt);
  EXPECT_EQ(nextShown(occupancy, {}, {1, 0, 1}, {0, 1, 0}), std::nullopt);
  EXPECT_EQ(nextShown(occupancy, {}, first, {0, 0, 0}), std::nullopt);
}

TEST(Picking, RefusesDirectionsThatAreNone) {
  const Occupancy street = test::makeStreet();
  EXPECT_FALSE(pickVoxel(street, {}, {0, 0, 5}, {0, 0, 0}));
  EXPECT_FALSE(pickVoxel(street, {}, {0, 0, 5}, {0, 0, std::nan("")}));
}

}  // namespace
}  // namespace hbev
