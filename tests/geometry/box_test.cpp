#include "core/geometry/box.h"

#include <numbers>
#include <set>

#include <gtest/gtest.h>

#include "tests/geometry/random_pose.h"

namespace hbev {
namespace {

using test::RandomGeometry;

TEST(Box, CornersFollowTheBitsOfTheirNumber) {
  const OrientedBox box{Pose::fromTranslation({10, 20, 30}), {4, 2, 1}};
  const auto corners = box.corners();
  EXPECT_LT((corners[0] - Eigen::Vector3d(8, 19, 29.5)).norm(), 1e-12);
  EXPECT_LT((corners[1] - Eigen::Vector3d(12, 19, 29.5)).norm(), 1e-12);
  EXPECT_LT((corners[2] - Eigen::Vector3d(8, 21, 29.5)).norm(), 1e-12);
  EXPECT_LT((corners[4] - Eigen::Vector3d(8, 19, 30.5)).norm(), 1e-12);
  EXPECT_LT((corners[7] - Eigen::Vector3d(12, 21, 30.5)).norm(), 1e-12);
}

TEST(Box, LengthLiesAlongTheHeading) {
  const OrientedBox box{Pose::fromYaw(std::numbers::pi / 2, {0, 0, 0}), {4, 2, 1}};
  EXPECT_TRUE(box.contains({0, 1.9, 0}));
  EXPECT_FALSE(box.contains({1.9, 0, 0}));
}

TEST(Box, HoldsItsInsideAndItsBordersOnly) {
  const OrientedBox plain{Pose(), {4, 2, 1}};
  EXPECT_TRUE(plain.contains({2, 1, 0.5}));
  EXPECT_FALSE(plain.contains({2.001, 0, 0}));
  RandomGeometry random(1);
  for (int i = 0; i < 200; ++i) {
    const OrientedBox box{random.pose(), {4, 2, 1}};
    for (const Eigen::Vector3d& corner : box.corners()) {
      const Eigen::Vector3d center = box.frame_from_box.translation();
      EXPECT_TRUE(box.contains(center + 0.999 * (corner - center)));
      EXPECT_FALSE(box.contains(center + 1.001 * (corner - center)));
    }
  }
}

TEST(Box, EdgesAreTheTwelvePairsThatDifferInOneBit) {
  std::set<std::pair<int, int>> seen;
  for (const auto& [a, b] : boxEdges()) {
    EXPECT_LT(a, b);
    const int difference = a ^ b;
    EXPECT_TRUE(difference == 1 || difference == 2 || difference == 4);
    seen.insert({a, b});
  }
  EXPECT_EQ(seen.size(), 12U);
}

TEST(Box, MovesWithItsFrame) {
  RandomGeometry random(2);
  for (int i = 0; i < 50; ++i) {
    const OrientedBox box{random.pose(), {4, 2, 1}};
    const Pose target_from_frame = random.pose();
    const OrientedBox moved = target_from_frame * box;
    for (std::size_t k = 0; k < 8; ++k) {
      EXPECT_LT((moved.corners()[k] - target_from_frame * box.corners()[k]).norm(), 1e-9);
    }
  }
}

}  // namespace
}  // namespace hbev
