// The eye of a viewport: where it is, what it looks at, and how the mouse moves it. Plain numbers, no GL.
#pragma once

#include <optional>

#include <Eigen/Core>

#include "core/data/keyframe.h"

namespace hbev {

/// A perspective camera in ego: either orbiting a target or standing at a car camera's eye.
struct ViewCamera {
  Eigen::Vector3d target{4.0, 0.0, 0.0};  ///< m, in ego
  double distance_m = 52.0;               ///< eye to target
  double yaw_rad = 3.75;                  ///< direction from target to eye, about +z, 0 along +x
  double pitch_rad = 0.48;                ///< of the eye above the target's horizon; within (-pi/2, pi/2]
  double vertical_fov_rad = 0.87;

  /// Behind and above the ego car, to its right: ahead runs to the upper right. The first picture people see.
  static ViewCamera orbit();
  /// From straight above, ahead is up; all of an 80 m grid is in view at aspect 1.
  static ViewCamera top();
  /// Behind the ego car, low, looking along the road.
  static ViewCamera followEgo();
  /// From the eye of a car camera, with its vertical field of view.
  static ViewCamera fromCarCamera(const CameraReading& camera);

  Eigen::Vector3d eye() const;
  Eigen::Matrix4d view() const;                     ///< view_from_ego; OpenGL's eye frame (looks along -z)
  Eigen::Matrix4d projection(double aspect) const;  ///< clip_from_view, OpenGL's clip cube
  /// Unit direction in ego of the ray through a pixel (from the top left) of a `width` x `height` viewport.
  Eigen::Vector3d rayThrough(const Eigen::Vector2d& pixel, double width, double height) const;
  /// Pixel of a point in ego, or nothing behind the eye.
  std::optional<Eigen::Vector2d> project(const Eigen::Vector3d& point, double width, double height) const;

  void orbitBy(double yaw_rad_delta, double pitch_rad_delta);
  /// Moves target and eye so that what is at the target's depth follows the pointer by `delta` pixels.
  void panBy(const Eigen::Vector2d& delta, double height);
  /// Moves towards (factor < 1) or away from what is under `pixel`, which stays under it.
  void zoomAt(const Eigen::Vector2d& pixel, double width, double height, double factor);
  /// Walks in the camera's own axes (m): right, up, ahead. For flying.
  void flyBy(const Eigen::Vector3d& right_up_ahead);
  /// Looks at `center` from the present direction so that a ball of `radius_m` fits.
  void frame(const Eigen::Vector3d& center, double radius_m, double aspect);
};

/// The same view of what moves with `b`, in a frame where `b` is turned and shifted. The horizon stays level:
/// of the turn only the yaw counts.
ViewCamera moved(const ViewCamera& in_b, const Pose& a_from_b);

/// In between, for flights: `t` from 0 to 1; takes the short way round.
ViewCamera interpolate(const ViewCamera& a, const ViewCamera& b, double t);

}  // namespace hbev
