#include "core/geometry/camera.h"

#include <Eigen/LU>
#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {

std::optional<Eigen::Vector2d> CameraModel::project(const Eigen::Vector3d& point, double min_depth_m) const {
  if (!(point.z() >= min_depth_m)) return std::nullopt;
  const Eigen::Vector3d image = intrinsics * point;
  return Eigen::Vector2d(image.x() / image.z(), image.y() / image.z());
}

bool CameraModel::contains(const Eigen::Vector2d& pixel) const {
  return pixel.x() >= 0 && pixel.y() >= 0 && pixel.x() <= width - 1 && pixel.y() <= height - 1;
}

Eigen::Vector3d CameraModel::ray(const Eigen::Vector2d& pixel) const {
  return (intrinsics.inverse() * Eigen::Vector3d(pixel.x(), pixel.y(), 1.0)).normalized();
}

CameraModel CameraModel::scaledTo(int new_width, int new_height) const {
  CameraModel scaled{intrinsics, new_width, new_height};
  scaled.intrinsics.row(0) *= double(new_width) / width;
  scaled.intrinsics.row(1) *= double(new_height) / height;
  return scaled;
}

void CameraModel::validate() const {
  if (!intrinsics.allFinite() || intrinsics(0, 0) <= 0 || intrinsics(1, 1) <= 0 ||
      std::abs(intrinsics.determinant()) < 1e-9) {
    throw Error({"A camera has no usable calibration",
                 {},
                 "finite intrinsics that have an inverse, with positive focal lengths",
                 intrinsics(0, 0) > 0 && intrinsics(1, 1) > 0 && intrinsics.allFinite()
                     ? "a matrix that has no inverse"
                     : fmt::format("fx {}, fy {}", intrinsics(0, 0), intrinsics(1, 1)),
                 {}});
  }
  if (width <= 0 || height <= 0) {
    throw Error({"A camera has no image size",
                 {},
                 "a width and a height above 0",
                 fmt::format("{} x {}", width, height),
                 {}});
  }
}

}  // namespace hbev
