// The rays that a camera's pixels look along: one place for who paints pictures and who measures them.
#pragma once

#include <Eigen/LU>

#include "core/geometry/camera.h"
#include "core/geometry/pose.h"
#include "core/synth/ray_tracer.h"

namespace hbev::synth {

/// Rays from 0.05 m to 2 km, in global.
class PixelRays {
 public:
  PixelRays(const CameraModel& model, const Pose& global_from_camera)
      : origin_(global_from_camera.translation().cast<float>()),
        rotation_(global_from_camera.rotationMatrix()),
        camera_from_pixel_(model.intrinsics.inverse()),
        pixel_rad_(float(1 / model.intrinsics(0, 0))) {}

  /// Through (u, v); pixel centres are whole numbers.
  Ray at(double u, double v) const {
    const Eigen::Vector3d direction =
        (rotation_ * (camera_from_pixel_ * Eigen::Vector3d(u, v, 1))).normalized();
    return {origin_, direction.cast<float>(), 0.05F, 2000};
  }
  /// How wide a pixel is seen from the camera.
  float pixel_rad() const { return pixel_rad_; }

 private:
  Eigen::Vector3f origin_;
  Eigen::Matrix3d rotation_;
  Eigen::Matrix3d camera_from_pixel_;
  float pixel_rad_;
};

}  // namespace hbev::synth
