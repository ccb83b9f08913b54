#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "render/depth_view.h"

namespace hbev {
namespace {

constexpr double kNearest_m = 0.1;
constexpr Rgb kUnknownCategory{0xA9, 0xB2, 0xBD};

CameraModel scaledModel(const Keyframe& keyframe, Camera camera, int width, int height) {
  return keyframe.cameras[std::size_t(camera)]->model.scaledTo(width, height);
}

/// The part of an edge that lies before the image plane, in pixels.
std::optional<std::pair<Eigen::Vector2d, Eigen::Vector2d>> projectEdge(Eigen::Vector3d a, Eigen::Vector3d b,
                                                                       const CameraModel& model) {
  if (a.z() < kNearest_m && b.z() < kNearest_m) return std::nullopt;
  const auto cut = [](const Eigen::Vector3d& behind, const Eigen::Vector3d& before) -> Eigen::Vector3d {
    Eigen::Vector3d point =
        before + (behind - before) * ((before.z() - kNearest_m) / (before.z() - behind.z()));
    point.z() = kNearest_m;
    return point;
  };
  if (a.z() < kNearest_m) a = cut(a, b);
  if (b.z() < kNearest_m) b = cut(b, a);
  const auto pixel = [&](const Eigen::Vector3d& point) -> Eigen::Vector2d {
    return (model.intrinsics * point).hnormalized();
  };
  return std::pair(pixel(a), pixel(b));
}

Rgb categoryColor(const std::string& category, Palette palette) {
  const ClassSet& classes = ClassSet::openocc();
  const std::optional<int> label = classes.labelOfCategory(category);
  return label ? classes.color(*label, palette) : kUnknownCategory;
}

cv::Mat matOf(Image& image) {
  return {image.height, image.width, CV_8UC3, image.rgb.data()};
}

cv::Scalar scalarOf(Rgb color) {
  return {double(color.r), double(color.g), double(color.b)};
}

}  // namespace

std::vector<OverlayPoint> projectLidar(const std::vector<LidarPoint>& points, const Keyframe& keyframe,
                                       Camera camera, int width, int height) {
  std::vector<OverlayPoint> projected;
  if (!keyframe.lidar) return projected;
  const Pose camera_from_lidar = keyframe.camera_from_ego(camera) * keyframe.lidar->ego_from_sensor;
  const CameraModel model = scaledModel(keyframe, camera, width, height);
  for (const LidarPoint& point : points) {
    const Eigen::Vector3d in_camera = camera_from_lidar * Eigen::Vector3d(point.x, point.y, point.z);
    const std::optional<Eigen::Vector2d> pixel = model.project(in_camera, kNearest_m);
    if (pixel && model.contains(*pixel)) projected.push_back({*pixel, in_camera.z()});
  }
  return projected;
}

std::vector<OverlayLine> projectBoxes(const Keyframe& keyframe, Camera camera, int width, int height,
                                      Palette palette) {
  std::vector<OverlayLine> lines;
  const Pose camera_from_global = keyframe.camera_from_ego(camera) * keyframe.global_from_ego().inverse();
  const CameraModel model = scaledModel(keyframe, camera, width, height);
  for (const BoxAnnotation& annotation : keyframe.boxes) {
    const auto corners = (camera_from_global * annotation.box).corners();
    const Rgb color = categoryColor(annotation.category, palette);
    for (const auto& [a, b] : boxEdges()) {
      const auto edge = projectEdge(corners[std::size_t(a)], corners[std::size_t(b)], model);
      if (edge) lines.push_back({edge->first, edge->second, color});
    }
  }
  return lines;
}

void composeOverlay(Image& image, const OverlayImage& overlay, float opacity) {
  if (image.width <= 0 || image.height <= 0 || overlay.width <= 0 || overlay.height <= 0) return;
  const float strength = std::clamp(opacity, 0.0F, 1.0F) / 255;
  for (int y = 0; y < image.height; ++y) {
    const int from_y = y * overlay.height / image.height;
    for (int x = 0; x < image.width; ++x) {
      const int from_x = x * overlay.width / image.width;
      const auto* from =
          overlay.rgba.data() + 4 * (std::size_t(from_y) * std::size_t(overlay.width) + std::size_t(from_x));
      auto* to = image.rgb.data() + 3 * (std::size_t(y) * std::size_t(image.width) + std::size_t(x));
      const float share = strength * float(from[3]);
      for (int channel = 0; channel < 3; ++channel) {
        to[channel] = std::uint8_t(
            std::lround(float(to[channel]) + share * (float(from[channel]) - float(to[channel]))));
      }
    }
  }
}

void composeLidar(Image& image, const std::vector<OverlayPoint>& points) {
  cv::Mat pixels = matOf(image);
  const int radius = std::max(1, image.width / 800);
  for (const OverlayPoint& point : points) {
    const Rgb color = depthColor(point.depth_m);
    cv::circle(pixels, {int(std::lround(point.pixel.x())), int(std::lround(point.pixel.y()))}, radius,
               scalarOf(color), cv::FILLED, cv::LINE_AA);
  }
}

void composeLines(Image& image, const std::vector<OverlayLine>& lines) {
  cv::Mat pixels = matOf(image);
  const int thickness = std::max(1, image.width / 600);
  // cv::line takes 32-bit whole numbers: far ends are cut first, around the picture and not at its edge.
  const cv::Rect2d around(-image.width, -image.height, 3.0 * image.width, 3.0 * image.height);
  for (const OverlayLine& line : lines) {
    const auto cut = [&](const Eigen::Vector2d& end, const Eigen::Vector2d& other) {
      double share = 1;
      const Eigen::Vector2d way = end - other;
      const Eigen::Vector2d lower(around.x, around.y),
          upper(around.x + around.width, around.y + around.height);
      for (int axis = 0; axis < 2; ++axis) {
        if (end[axis] < lower[axis] && other[axis] > lower[axis])
          share = std::min(share, (lower[axis] - other[axis]) / way[axis]);
        if (end[axis] > upper[axis] && other[axis] < upper[axis])
          share = std::min(share, (upper[axis] - other[axis]) / way[axis]);
      }
      const Eigen::Vector2d at = (other + share * way).cwiseMax(lower).cwiseMin(upper);
      return cv::Point(int(std::lround(at.x())), int(std::lround(at.y())));
    };
    cv::line(pixels, cut(line.from, line.to), cut(line.to, line.from), scalarOf(line.color), thickness,
             cv::LINE_AA);
  }
}

}  // namespace hbev
