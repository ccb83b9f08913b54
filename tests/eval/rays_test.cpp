#include "core/eval/rays.h"

#include <gtest/gtest.h>

namespace hbev {
namespace {

TEST(rays, directions_are_unit_vectors_ring_by_ring) {
  const std::vector<Eigen::Vector3f>& rays = lidarRays();
  ASSERT_EQ(rays.size(), 39u * 360u);
  for (std::size_t i = 0; i < rays.size(); ++i) {
    EXPECT_NEAR(rays[i].norm(), 1.0F, 1e-6F);
    EXPECT_EQ(rays[i].z(), rays[i / kLidarAzimuths * kLidarAzimuths].z());
    if (i >= kLidarAzimuths) {
      EXPECT_GT(rays[i].z(), rays[i - kLidarAzimuths].z());
    }
  }
}

TEST(rays, steepest_ring_looks_down_at_45_degrees_and_azimuth_turns_left) {
  const std::vector<Eigen::Vector3f>& rays = lidarRays();
  EXPECT_NEAR(rays[0].x(), std::sqrt(0.5F), 1e-6F);
  EXPECT_NEAR(rays[0].z(), -std::sqrt(0.5F), 1e-6F);
  EXPECT_NEAR(rays[90].y(), std::sqrt(0.5F), 1e-6F);
  // The tenth ring meets the ground at ten sensor heights.
  EXPECT_NEAR(rays[9 * 360].x() / -rays[9 * 360].z(), 10.0F, 1e-5F);
}

}  // namespace
}  // namespace hbev
