#include "core/synth/lidar_scanner.h"

#include <cmath>
#include <numbers>

#include "core/synth/materials.h"
#include "core/synth/random.h"

namespace hbev::synth {
namespace {

constexpr int kRings = 32;
constexpr int kTurnSteps = 1084;
constexpr double kLowest_rad = -30.67 * std::numbers::pi / 180;
constexpr double kRingStep_rad = 1.3333 * std::numbers::pi / 180;
constexpr float kRange = 105;          // m
constexpr float kNearest = 1.0F;       // m
constexpr double kRangeNoise = 0.015;  // m, one sigma

double gauss(std::uint64_t hash) {
  const double radius = std::sqrt(-2 * std::log(1 - unit(hash)));
  return radius * std::cos(2 * std::numbers::pi * unit(mix(hash)));
}

}  // namespace

std::vector<LidarReturn> scanLidar(const World& world, const Lighting& lighting, const RayTracer& tracer,
                                   std::span<const Placement> placements, const Pose& global_from_lidar,
                                   std::uint64_t seed) {
  const std::vector<const Shape*> shapes = world.shapes();
  const Eigen::Matrix3f rotation = global_from_lidar.rotationMatrix().cast<float>();
  const Eigen::Vector3f origin = global_from_lidar.translation().cast<float>();
  std::vector<Eigen::Vector3f> directions;
  std::vector<Ray> rays;
  for (int step = 0; step < kTurnSteps; ++step) {
    const double azimuth = -2 * std::numbers::pi * step / kTurnSteps;
    for (int ring = 0; ring < kRings; ++ring) {
      const double elevation = kLowest_rad + kRingStep_rad * ring;
      directions.emplace_back(float(std::cos(elevation) * std::sin(azimuth)),
                              float(std::cos(elevation) * std::cos(azimuth)), float(std::sin(elevation)));
      rays.push_back({origin, rotation * directions.back(), kNearest, kRange});
    }
  }
  std::vector<Hit> hits(rays.size());
  tracer.intersect(rays, hits);
  std::vector<LidarReturn> returns;
  returns.reserve(rays.size());
  for (std::size_t i = 0; i < rays.size(); ++i) {
    const Hit& hit = hits[i];
    if (hit.isSky()) continue;
    const Material material = shapes[placements[hit.object].shape]->mesh.triangles[hit.triangle].material;
    const float facing = std::max(0.0F, -hit.normal.dot(rays[i].direction));
    const float strength = lidarReflectance(material) * facing;
    const std::uint64_t hash = mixAll(seed, i);
    // Weak echoes from far away, dark or slanting surfaces are lost, in rain more of them.
    const double lost =
        std::exp(-double(strength) * (lighting.wet > 0 ? 1600 : 5000) / (hit.distance_m * hit.distance_m));
    if (unit(hash) < lost) continue;
    const auto distance = float(hit.distance_m + kRangeNoise * gauss(mix(hash + 1)));
    const Eigen::Vector3f point = distance * directions[i];
    const float intensity =
        std::floor(std::min(255.0F, 4 + 180 * strength * float(0.8 + 0.4 * unit(mix(hash + 2)))));
    returns.push_back({{point.x(), point.y(), point.z(), intensity, float(i % kRings)}, hit.object});
  }
  return returns;
}

}  // namespace hbev::synth
