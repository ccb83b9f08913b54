// Rigid motions between frames, named target_from_source: `ego_from_camera * point_in_camera` is in ego.
#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>

namespace hbev {

/// A rigid motion in double precision, metres. `a_from_b * b_from_c` is a_from_c; `a_from_b * p` maps p from
/// b to a.
class Pose {
 public:
  Pose() = default;
  /// `rotation` is normalised here. Throws Error when a number is not finite or the rotation has no length.
  Pose(const Eigen::Quaterniond& rotation, const Eigen::Vector3d& translation);
  static Pose fromTranslation(const Eigen::Vector3d& translation);
  /// A turn by `yaw_rad` about +z, then a shift.
  static Pose fromYaw(double yaw_rad, const Eigen::Vector3d& translation);

  const Eigen::Quaterniond& rotation() const { return rotation_; }
  const Eigen::Vector3d& translation() const { return translation_; }
  Eigen::Matrix3d rotationMatrix() const { return rotation_.toRotationMatrix(); }
  Eigen::Matrix4d matrix() const;
  /// The heading of the source's x axis in the target's xy plane, radians in (-pi, pi].
  double yaw_rad() const;

  Pose inverse() const;
  Pose operator*(const Pose& b_from_c) const;
  Eigen::Vector3d operator*(const Eigen::Vector3d& point) const { return rotation_ * point + translation_; }

 private:
  Eigen::Quaterniond rotation_ = Eigen::Quaterniond::Identity();
  Eigen::Vector3d translation_ = Eigen::Vector3d::Zero();
};

/// The pose at fraction `t` of the way from `a` (0) to `b` (1): straight line, constant turn rate.
Pose interpolate(const Pose& a, const Pose& b, double t);

}  // namespace hbev
