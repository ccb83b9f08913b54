// A coloured map that lies on the ground: what the network computes in a bird's eye view, at its place.
#pragma once

#include <vector>

#include <Eigen/Core>

#include "core/data/classes.h"

namespace hbev {

struct GroundMap {
  int rows = 0, columns = 0;                 ///< along y and along x, from the lower border
  Eigen::Vector2f lower{0, 0}, upper{0, 0};  ///< corners it covers, ego, m
  float height_m = 0;                        ///< it lies at, ego
  std::vector<Rgb> colors;                   ///< [rows, columns]

  bool isEmpty() const { return colors.empty() || colors.size() != std::size_t(rows) * std::size_t(columns); }
};

}  // namespace hbev
