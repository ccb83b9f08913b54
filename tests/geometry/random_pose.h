// Poses and points for properties that hold for all of them.
#pragma once

#include <random>

#include "core/geometry/pose.h"

namespace hbev::test {

class RandomGeometry {
 public:
  explicit RandomGeometry(std::uint32_t seed) : random_(seed) {}

  double number(double limit) { return std::uniform_real_distribution<double>(-limit, limit)(random_); }
  Eigen::Vector3d point(double limit_m = 100) { return {number(limit_m), number(limit_m), number(limit_m)}; }
  Pose pose() {
    Eigen::Quaterniond rotation(number(1), number(1), number(1), number(1));
    rotation.w() += rotation.norm() < 0.1 ? 1 : 0;
    return {rotation, point()};
  }

 private:
  std::mt19937 random_;
};

}  // namespace hbev::test
