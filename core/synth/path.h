// A way through the city: straights and arcs on the ground. Roads have one, so does everything that moves.
#pragma once

#include <vector>

#include <Eigen/Core>

#include "core/geometry/pose.h"

namespace hbev::synth {

class Path {
 public:
  Path(const Eigen::Vector2d& start, double heading_rad);
  Path& straight(double length_m);
  /// `turn_rad` is positive to the left.
  Path& arc(double length_m, double turn_rad);

  double length() const { return length_; }
  /// Where something is that has gone `station_m` along the path and stands `lateral_m` left of it, heading
  /// along it. Before the start and behind the end the path goes straight on.
  Pose at(double station_m, double lateral_m = 0) const;

  struct Foot {
    double station = 0;
    double lateral = 0;   ///< m, positive to the left
    double distance = 0;  ///< m, to the path
  };
  Foot nearest(const Eigen::Vector2d& point) const;

 private:
  struct Segment {
    Eigen::Vector2d start;
    double heading;
    double begin;  ///< station
    double length;
    double curvature;  ///< 1/m
  };
  static Pose along(const Segment& segment, double distance, double lateral);
  static Foot footOn(const Segment& segment, const Eigen::Vector2d& point);

  Eigen::Vector2d end_;
  double end_heading_;
  double length_ = 0;
  std::vector<Segment> segments_;
};

}  // namespace hbev::synth
