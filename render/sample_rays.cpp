#include "render/sample_rays.h"

#include <algorithm>
#include <cmath>

#include "render/viridis.h"

namespace hbev {
namespace {

/// The darkest third of the colours would drown on the street.
Rgb weightColor(float share) {
  return viridis(0.35 + 0.65 * double(share));
}

}  // namespace

std::vector<RaySegment> sampleRays(std::span<const SamplePoint> samples, const Eigen::Vector2d& ego_xy,
                                   const Keyframe& keyframe, std::size_t most) {
  std::vector<SamplePoint> drawn(samples.begin(), samples.end());
  std::erase_if(drawn, [&](const SamplePoint& sample) {
    return !keyframe.cameras[std::size_t(sample.camera)] || !(sample.weight > 0);
  });
  std::ranges::sort(drawn, std::greater(), &SamplePoint::weight);
  if (drawn.size() > most) drawn.resize(most);
  if (drawn.empty()) return {};
  const float heaviest = drawn.front().weight;
  std::vector<RaySegment> segments;
  // The heaviest last: over the others.
  for (auto sample = drawn.rbegin(); sample != drawn.rend(); ++sample) {
    const Pose camera_from_ego = keyframe.camera_from_ego(sample->camera);
    const Pose ego_from_camera = camera_from_ego.inverse();
    const Eigen::Vector3d reference(ego_xy.x(), ego_xy.y(), sample->height_m);
    const double depth_m = (camera_from_ego * reference).z();
    if (depth_m < 0.1) continue;
    Eigen::Vector3d direction =
        keyframe.cameras[std::size_t(sample->camera)]->model.ray(sample->picture_pixel);
    direction *= depth_m / direction.z();
    const Eigen::Vector3d looked = ego_from_camera * direction;
    const Eigen::Vector3d eye = ego_from_camera * Eigen::Vector3d(0, 0, 0);
    const float share = sample->weight / heaviest;
    segments.push_back(
        {eye.cast<float>(), looked.cast<float>(), weightColor(share), 0.8F, 0.04F + 0.22F * share});
    segments.push_back({reference.cast<float>(), looked.cast<float>(), weightColor(share),
                        1.0F + 2.5F * std::sqrt(share), 0.25F + 0.75F * share});
  }
  return segments;
}

}  // namespace hbev
