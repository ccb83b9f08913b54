#include "render/view_camera.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hbev {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kNear_m = 0.15;
constexpr double kFar_m = 600.0;
constexpr double kMinDistance_m = 0.5;
constexpr double kMaxDistance_m = 400.0;
// Straight down is allowed (the top view); straight up is not, so that no view is upside down at both ends.
constexpr double kMinPitch_rad = -kPi / 2 + 0.02;

struct Axes {
  Eigen::Vector3d right, up, ahead;
};

// Written out from yaw and pitch, not by cross products with +z: it holds when looking straight down, too.
Axes axes(const ViewCamera& camera) {
  const double cos_yaw = std::cos(camera.yaw_rad), sin_yaw = std::sin(camera.yaw_rad);
  const double cos_pitch = std::cos(camera.pitch_rad), sin_pitch = std::sin(camera.pitch_rad);
  return {{-sin_yaw, cos_yaw, 0},
          {-sin_pitch * cos_yaw, -sin_pitch * sin_yaw, cos_pitch},
          {-cos_pitch * cos_yaw, -cos_pitch * sin_yaw, -sin_pitch}};
}

double wrapped(double angle_rad) {
  return std::remainder(angle_rad, 2 * kPi);
}

}  // namespace

ViewCamera ViewCamera::orbit() {
  ViewCamera camera;
  camera.target = {2.5, 0.0, 0.0};
  camera.distance_m = 36.0;
  camera.pitch_rad = 0.65;
  return camera;
}

ViewCamera ViewCamera::top() {
  ViewCamera camera;
  camera.target = {0, 0, 0};
  camera.yaw_rad = kPi;
  camera.pitch_rad = kPi / 2;
  // The grid's upper rim (40 m out, 5.4 m up) and a little air.
  camera.distance_m = 41.0 / std::tan(camera.vertical_fov_rad / 2) + 5.4;
  return camera;
}

ViewCamera ViewCamera::followEgo() {
  ViewCamera camera;
  camera.target = {9.0, 0.0, 1.0};
  camera.distance_m = 21.0;
  camera.yaw_rad = kPi;
  camera.pitch_rad = 0.27;
  return camera;
}

ViewCamera ViewCamera::fromCarCamera(const CameraReading& reading) {
  const Eigen::Vector3d ahead = reading.ego_from_sensor.rotation() * Eigen::Vector3d::UnitZ();
  ViewCamera camera;
  camera.distance_m = 10.0;
  camera.yaw_rad = std::atan2(-ahead.y(), -ahead.x());
  camera.pitch_rad = std::max(kMinPitch_rad, std::asin(std::clamp(-ahead.z(), -1.0, 1.0)));
  camera.vertical_fov_rad = 2 * std::atan2(reading.model.height / 2.0, reading.model.intrinsics(1, 1));
  camera.target = reading.ego_from_sensor.translation() + camera.distance_m * axes(camera).ahead;
  return camera;
}

Eigen::Vector3d ViewCamera::eye() const {
  return target - distance_m * axes(*this).ahead;
}

Eigen::Matrix4d ViewCamera::view() const {
  const Axes a = axes(*this);
  Eigen::Matrix4d view_from_ego = Eigen::Matrix4d::Identity();
  view_from_ego.block<1, 3>(0, 0) = a.right.transpose();
  view_from_ego.block<1, 3>(1, 0) = a.up.transpose();
  view_from_ego.block<1, 3>(2, 0) = -a.ahead.transpose();
  view_from_ego.block<3, 1>(0, 3) = -view_from_ego.block<3, 3>(0, 0) * eye();
  return view_from_ego;
}

Eigen::Matrix4d ViewCamera::projection(double aspect) const {
  const double focal = 1.0 / std::tan(vertical_fov_rad / 2);
  Eigen::Matrix4d clip_from_view = Eigen::Matrix4d::Zero();
  clip_from_view(0, 0) = focal / aspect;
  clip_from_view(1, 1) = focal;
  clip_from_view(2, 2) = -(kFar_m + kNear_m) / (kFar_m - kNear_m);
  clip_from_view(2, 3) = -2 * kFar_m * kNear_m / (kFar_m - kNear_m);
  clip_from_view(3, 2) = -1;
  return clip_from_view;
}

Eigen::Vector3d ViewCamera::rayThrough(const Eigen::Vector2d& pixel, double width, double height) const {
  const double per_pixel = 2 * std::tan(vertical_fov_rad / 2) / height;
  const Axes a = axes(*this);
  return (a.ahead + a.right * (pixel.x() - width / 2) * per_pixel -
          a.up * (pixel.y() - height / 2) * per_pixel)
      .normalized();
}

std::optional<Eigen::Vector2d> ViewCamera::project(const Eigen::Vector3d& point, double width,
                                                   double height) const {
  const Axes a = axes(*this);
  const Eigen::Vector3d from_eye = point - eye();
  const double depth_m = from_eye.dot(a.ahead);
  if (depth_m < kNear_m) return std::nullopt;
  const double focal_px = height / (2 * std::tan(vertical_fov_rad / 2));
  return Eigen::Vector2d(width / 2 + focal_px * from_eye.dot(a.right) / depth_m,
                         height / 2 - focal_px * from_eye.dot(a.up) / depth_m);
}

void ViewCamera::orbitBy(double yaw_rad_delta, double pitch_rad_delta) {
  yaw_rad = wrapped(yaw_rad + yaw_rad_delta);
  pitch_rad = std::clamp(pitch_rad + pitch_rad_delta, kMinPitch_rad, kPi / 2);
}

void ViewCamera::panBy(const Eigen::Vector2d& delta, double height) {
  const double m_per_pixel = 2 * distance_m * std::tan(vertical_fov_rad / 2) / height;
  const Axes a = axes(*this);
  target += m_per_pixel * (delta.y() * a.up - delta.x() * a.right);
}

void ViewCamera::zoomAt(const Eigen::Vector2d& pixel, double width, double height, double factor) {
  const double new_distance_m = std::clamp(distance_m * factor, kMinDistance_m, kMaxDistance_m);
  const Eigen::Vector3d ray = rayThrough(pixel, width, height);
  // Scaling eye and target about a point on the pixel's ray keeps that whole ray under the pixel.
  const Eigen::Vector3d fixed = eye() + ray * (distance_m / ray.dot(axes(*this).ahead));
  target = fixed + (target - fixed) * (new_distance_m / distance_m);
  distance_m = new_distance_m;
}

void ViewCamera::flyBy(const Eigen::Vector3d& right_up_ahead) {
  const Axes a = axes(*this);
  target += right_up_ahead.x() * a.right + right_up_ahead.y() * a.up + right_up_ahead.z() * a.ahead;
}

void ViewCamera::frame(const Eigen::Vector3d& center, double radius_m, double aspect) {
  const double half_height = std::tan(vertical_fov_rad / 2);
  const double half_angle = std::atan(half_height * std::min(1.0, aspect));
  target = center;
  distance_m = std::clamp(radius_m / std::sin(half_angle), kMinDistance_m, kMaxDistance_m);
}

ViewCamera moved(const ViewCamera& in_b, const Pose& a_from_b) {
  ViewCamera camera = in_b;
  camera.target = a_from_b * in_b.target;
  camera.yaw_rad += a_from_b.yaw_rad();
  return camera;
}

ViewCamera interpolate(const ViewCamera& a, const ViewCamera& b, double t) {
  ViewCamera between;
  between.target = a.target + t * (b.target - a.target);
  // Geometric: a flight from near to far feels even when each moment multiplies the distance by the same.
  between.distance_m = a.distance_m * std::pow(b.distance_m / a.distance_m, t);
  between.yaw_rad = wrapped(a.yaw_rad + t * wrapped(b.yaw_rad - a.yaw_rad));
  between.pitch_rad = a.pitch_rad + t * (b.pitch_rad - a.pitch_rad);
  between.vertical_fov_rad = a.vertical_fov_rad + t * (b.vertical_fov_rad - a.vertical_fov_rad);
  return between;
}

}  // namespace hbev
