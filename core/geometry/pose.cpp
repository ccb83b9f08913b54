#include "core/geometry/pose.h"

#include <cmath>

#include "core/base/error.h"

namespace hbev {

Pose::Pose(const Eigen::Quaterniond& rotation, const Eigen::Vector3d& translation)
    : rotation_(rotation), translation_(translation) {
  const double norm = rotation.norm();
  if (!translation.allFinite() || !std::isfinite(norm) || norm < 1e-6) {
    throw Error({"A pose has numbers that are no pose",
                 {},
                 "finite numbers and a rotation of unit length",
                 translation.allFinite() ? "a rotation without length or with NaN"
                                         : "NaN or infinity in the translation",
                 {}});
  }
  rotation_.coeffs() /= norm;
}

Pose Pose::fromTranslation(const Eigen::Vector3d& translation) {
  return {Eigen::Quaterniond::Identity(), translation};
}

Pose Pose::fromYaw(double yaw_rad, const Eigen::Vector3d& translation) {
  return {Eigen::Quaterniond(Eigen::AngleAxisd(yaw_rad, Eigen::Vector3d::UnitZ())), translation};
}

Eigen::Matrix4d Pose::matrix() const {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() = rotationMatrix();
  matrix.topRightCorner<3, 1>() = translation_;
  return matrix;
}

double Pose::yaw_rad() const {
  const Eigen::Vector3d x_axis = rotation_ * Eigen::Vector3d::UnitX();
  return std::atan2(x_axis.y(), x_axis.x());
}

Pose Pose::inverse() const {
  Pose inverted;
  inverted.rotation_ = rotation_.conjugate();
  inverted.translation_ = -(inverted.rotation_ * translation_);
  return inverted;
}

Pose Pose::operator*(const Pose& b_from_c) const {
  Pose composed;
  composed.rotation_ = (rotation_ * b_from_c.rotation_).normalized();
  composed.translation_ = rotation_ * b_from_c.translation_ + translation_;
  return composed;
}

Pose interpolate(const Pose& a, const Pose& b, double t) {
  return {a.rotation().slerp(t, b.rotation()), (1.0 - t) * a.translation() + t * b.translation()};
}

}  // namespace hbev
