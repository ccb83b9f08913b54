#include "core/synth/path.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace hbev::synth {
namespace {

Eigen::Vector2d direction(double heading) {
  return {std::cos(heading), std::sin(heading)};
}
Eigen::Vector2d leftOf(double heading) {
  return {-std::sin(heading), std::cos(heading)};
}

}  // namespace

Path::Path(const Eigen::Vector2d& start, double heading_rad) : end_(start), end_heading_(heading_rad) {}

Path& Path::straight(double length_m) {
  return arc(length_m, 0);
}

Path& Path::arc(double length_m, double turn_rad) {
  segments_.push_back({end_, end_heading_, length_, length_m, turn_rad / length_m});
  const Pose end = along(segments_.back(), length_m, 0);
  end_ = end.translation().head<2>();
  end_heading_ += turn_rad;
  length_ += length_m;
  return *this;
}

Pose Path::along(const Segment& segment, double distance, double lateral) {
  const double inside = std::clamp(distance, 0.0, segment.length);
  const double heading = segment.heading + segment.curvature * inside;
  Eigen::Vector2d position;
  if (segment.curvature == 0) {
    position = segment.start + inside * direction(segment.heading);
  } else {
    const Eigen::Vector2d center = segment.start + leftOf(segment.heading) / segment.curvature;
    position = center - leftOf(heading) / segment.curvature;
  }
  position += (distance - inside) * direction(heading) + lateral * leftOf(heading);
  return Pose::fromYaw(heading, {position.x(), position.y(), 0});
}

Pose Path::at(double station_m, double lateral_m) const {
  const Segment* found = &segments_.front();
  for (const Segment& segment : segments_) {
    if (station_m >= segment.begin) found = &segment;
  }
  return along(*found, station_m - found->begin, lateral_m);
}

Path::Foot Path::footOn(const Segment& segment, const Eigen::Vector2d& point) {
  const Eigen::Vector2d offset = point - segment.start;
  double distance;
  if (segment.curvature == 0) {
    distance = offset.dot(direction(segment.heading));
  } else {
    const Eigen::Vector2d spoke =
        (offset - leftOf(segment.heading) / segment.curvature) * (segment.curvature > 0 ? 1.0 : -1.0);
    const Eigen::Vector2d zero = -leftOf(segment.heading);
    const double angle = std::atan2(zero.x() * spoke.y() - zero.y() * spoke.x(), zero.dot(spoke));
    distance = angle / segment.curvature;
  }
  Foot foot;
  const double inside = std::clamp(distance, 0.0, segment.length);
  const double heading = segment.heading + segment.curvature * inside;
  const Eigen::Vector2d on_path =
      segment.curvature == 0
          ? Eigen::Vector2d(segment.start + inside * direction(heading))
          : Eigen::Vector2d(segment.start + (leftOf(segment.heading) - leftOf(heading)) / segment.curvature);
  foot.station = segment.begin + inside;
  foot.lateral = (point - on_path).dot(leftOf(heading));
  foot.distance = (point - on_path).norm();
  return foot;
}

Path::Foot Path::nearest(const Eigen::Vector2d& point) const {
  Foot best;
  best.distance = std::numeric_limits<double>::infinity();
  for (const Segment& segment : segments_) {
    const Foot foot = footOn(segment, point);
    if (foot.distance < best.distance) best = foot;
  }
  return best;
}

}  // namespace hbev::synth
