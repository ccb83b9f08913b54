#include "render/depth_view.h"

#include <algorithm>
#include <cmath>

#include "render/viridis.h"

namespace hbev {

Rgb depthColor(double depth_m) {
  return viridis(1 - std::sqrt(std::clamp(depth_m / kFarthestDepth_m, 0.0, 1.0)));
}

OverlayImage drawDepthOverlay(const StageInspection& inspection, Camera camera, int width, int height) {
  OverlayImage image{
      width, height,
      std::vector<std::uint8_t>(4 * std::size_t(std::max(0, width)) * std::size_t(std::max(0, height)))};
  const InspectedCamera& seen = inspection.cameras[std::size_t(camera)];
  const std::vector<float> depths = inspection.expectedDepth(camera);
  if (depths.empty()) return image;
  std::size_t at = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x, at += 4) {
      const Eigen::Vector2d pixel((x + 0.5) * seen.width / width - 0.5,
                                  (y + 0.5) * seen.height / height - 0.5);
      const auto cell = inspection.cellAt(camera, pixel);
      if (!cell) continue;
      const Rgb color = depthColor(
          depths[std::size_t((*cell)[0]) * std::size_t(inspection.depth.columns) + std::size_t((*cell)[1])]);
      image.rgba[at] = color.r;
      image.rgba[at + 1] = color.g;
      image.rgba[at + 2] = color.b;
      image.rgba[at + 3] = 255;
    }
  }
  return image;
}

namespace {

/// Depth of the lidar point that is nearest to the pixel, out of those in its feature cell.
std::optional<double> lidarDepthAt(const StageInspection& inspection, const Frame& frame, Camera camera,
                                   const Eigen::Vector2d& pixel) {
  const InspectedCamera& seen = inspection.cameras[std::size_t(camera)];
  const auto cell = inspection.cellAt(camera, pixel);
  if (!cell || !frame.keyframe.cameras[std::size_t(camera)]) return std::nullopt;
  std::optional<double> depth_m;
  double nearest = 0;
  for (const OverlayPoint& point :
       projectLidar(frame.lidar, frame.keyframe, camera, seen.width, seen.height)) {
    const double distance = (point.pixel - pixel).squaredNorm();
    if (depth_m && distance >= nearest) continue;
    if (inspection.cellAt(camera, point.pixel) != cell) continue;
    nearest = distance;
    depth_m = point.depth_m;
  }
  return depth_m;
}

}  // namespace

std::optional<DepthCurve> depthCurve(const StageInspection& inspection, const Frame& frame, Camera camera,
                                     const Eigen::Vector2d& pixel) {
  DepthCurve curve;
  curve.probabilities = inspection.distributionAt(camera, pixel);
  if (curve.probabilities.empty()) return std::nullopt;
  curve.lower_m = inspection.depth.range.lower;
  curve.step_m = inspection.depth.range.step;
  for (std::size_t bin = 0; bin < curve.probabilities.size(); ++bin)
    curve.expected_m += double(curve.probabilities[bin]) * curve.depthOf(bin);
  curve.peak = std::size_t(std::max_element(curve.probabilities.begin(), curve.probabilities.end()) -
                           curve.probabilities.begin());
  curve.lidar_m = lidarDepthAt(inspection, frame, camera, pixel);
  return curve;
}

std::vector<RaySegment> depthRay(const DepthCurve& curve, const Keyframe& keyframe, Camera camera,
                                 const Eigen::Vector2d& pixel) {
  const CameraModel& model = keyframe.cameras[std::size_t(camera)]->model;
  const Pose ego_from_camera = keyframe.camera_from_ego(camera).inverse();
  Eigen::Vector3d direction = model.ray(pixel);
  direction /= direction.z();  // depths are along the camera's axis
  const auto at = [&](double depth_m) -> Eigen::Vector3f {
    return (ego_from_camera * Eigen::Vector3d(direction * depth_m)).cast<float>();
  };
  constexpr Rgb kWhite{255, 255, 255};
  std::vector<RaySegment> segments{{at(0.3), at(curve.lower_m), kWhite, 1.0F, 0.35F}};
  // Without viridis' dark third, which would drown on the street.
  const float most = std::max(1e-6F, curve.probabilities[curve.peak]);
  for (std::size_t bin = 0; bin < curve.probabilities.size(); ++bin) {
    const float share = curve.probabilities[bin] / most;
    segments.push_back({at(curve.depthOf(bin)), at(curve.depthOf(bin + 1)),
                        viridis(0.4 + 0.6 * double(share)), 1.5F + 8.5F * std::sqrt(share),
                        0.45F + 0.55F * share});
  }
  if (!curve.lidar_m) return segments;
  const Eigen::Vector3f center = at(*curve.lidar_m);
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3f arm = 0.3F * Eigen::Vector3f::Unit(axis);
    segments.push_back({center - arm, center + arm, kWhite, 2.0F, 1.0F});
  }
  return segments;
}

}  // namespace hbev
