// The pinhole camera of nuScenes: x right, y down, z forward; pixel centres at whole numbers.
#pragma once

#include <optional>

#include <Eigen/Core>

namespace hbev {

struct CameraModel {
  Eigen::Matrix3d intrinsics = Eigen::Matrix3d::Identity();  ///< K: pixel = K * p, divided by its z.
  int width = 0;                                             ///< pixels
  int height = 0;                                            ///< pixels

  /// Pixel of a point in the camera's frame (m), or nothing when it is closer than `min_depth_m` to the image
  /// plane or behind it. The pixel may lie outside the image.
  std::optional<Eigen::Vector2d> project(const Eigen::Vector3d& point, double min_depth_m = 0.1) const;
  bool contains(const Eigen::Vector2d& pixel) const;
  /// Unit direction in the camera's frame of the ray through `pixel`.
  Eigen::Vector3d ray(const Eigen::Vector2d& pixel) const;
  /// The same camera for an image scaled to `new_width` x `new_height`.
  CameraModel scaledTo(int new_width, int new_height) const;
  /// Throws Error when K is not finite, has no focal length, or the image has no size.
  void validate() const;
};

}  // namespace hbev
