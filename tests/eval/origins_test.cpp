#include "core/eval/origins.h"

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace hbev {
namespace {

const Pose kEgoFromLidar = Pose::fromTranslation({1.0, 0.0, 1.75});

// A car that drives `spacing_m` along its own x axis from keyframe to keyframe.
std::vector<std::optional<SensorReading>> straightDrive(int keyframes, double spacing_m) {
  const Pose start = Pose::fromYaw(0.7, {1000.0, 2000.0, 3.0});
  std::vector<std::optional<SensorReading>> readings;
  for (int i = 0; i < keyframes; ++i) {
    readings.push_back(
        SensorReading{{}, 0, kEgoFromLidar, start * Pose::fromTranslation({spacing_m * i, 0, 0})});
  }
  return readings;
}

TEST(origins, lie_where_the_lidar_was_seen_from_the_keyframe) {
  const auto origins = lidarOrigins(straightDrive(5, 3.0), 2);
  ASSERT_EQ(origins.size(), 5u);
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(origins[std::size_t(i)].x(), 1.0 + 3.0 * (i - 2), 1e-5);
    EXPECT_NEAR(origins[std::size_t(i)].y(), 0.0, 1e-5);
    EXPECT_NEAR(origins[std::size_t(i)].z(), 1.75, 1e-5);
  }
}

TEST(origins, farther_than_39_m_are_left_out) {
  // x = 1 + 10 k must be below 39: k from -3 (-29) to 3 (31).
  const auto origins = lidarOrigins(straightDrive(40, 10.0), 20);
  ASSERT_EQ(origins.size(), 7u);
  EXPECT_NEAR(origins.front().x(), -39.0 + 10.0, 1e-4);
  EXPECT_NEAR(origins.back().x(), 31.0, 1e-4);
}

TEST(origins, eight_are_chosen_evenly_with_halves_to_even) {
  // Fifteen candidates: 0, 2, 4, ..., 14.
  const auto even = lidarOrigins(straightDrive(15, 1.0), 0);
  ASSERT_EQ(even.size(), kMaxOrigins);
  for (std::size_t i = 0; i < kMaxOrigins; ++i)
    EXPECT_NEAR(even[i].x(), 1.0 + 2.0 * double(i), 1e-5);
  // Nine candidates: 8/7 i = 0, 1.14, 2.29, 3.43, 4.57, 5.71, 6.86, 8.
  const auto nine = lidarOrigins(straightDrive(9, 1.0), 0);
  const int expected[] = {0, 1, 2, 3, 5, 6, 7, 8};
  ASSERT_EQ(nine.size(), kMaxOrigins);
  for (std::size_t i = 0; i < kMaxOrigins; ++i)
    EXPECT_NEAR(nine[i].x(), 1.0 + expected[i], 1e-5);
}

TEST(origins, keyframes_without_lidar_are_passed_over) {
  auto readings = straightDrive(3, 2.0);
  readings[1].reset();
  EXPECT_EQ(lidarOrigins(readings, 0).size(), 2u);
  EXPECT_THROW(lidarOrigins(readings, 1), Error);
  EXPECT_THROW(lidarOrigins(readings, 3), Error);
}

}  // namespace
}  // namespace hbev
