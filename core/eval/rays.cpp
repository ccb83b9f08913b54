#include "core/eval/rays.h"

#include <cmath>
#include <numbers>

namespace hbev {
namespace {

// Ten rings that meet flat ground at 1 to 10 sensor heights from the car, then the last spacing up to 0.21
// rad.
std::vector<double> ringPitches() {
  constexpr double kHighestPitch_rad = 0.21;
  std::vector<double> pitches;
  for (int k = 1; k <= 10; ++k)
    pitches.push_back(-(std::numbers::pi / 2 - std::atan(double(k))));
  while (pitches.back() < kHighestPitch_rad) {
    const double spacing = pitches.back() - pitches[pitches.size() - 2];
    pitches.push_back(pitches.back() + spacing);
  }
  return pitches;
}

std::vector<Eigen::Vector3f> makeRays() {
  std::vector<Eigen::Vector3f> rays;
  rays.reserve(kLidarRings * kLidarAzimuths);
  for (const double pitch : ringPitches()) {
    for (std::size_t degree = 0; degree < kLidarAzimuths; ++degree) {
      const double azimuth = double(degree) * (std::numbers::pi / 180.0);
      const Eigen::Vector3d ray(std::cos(pitch) * std::cos(azimuth), std::cos(pitch) * std::sin(azimuth),
                                std::sin(pitch));
      rays.push_back(ray.cast<float>());
    }
  }
  return rays;
}

}  // namespace

const std::vector<Eigen::Vector3f>& lidarRays() {
  static const std::vector<Eigen::Vector3f> rays = makeRays();
  return rays;
}

}  // namespace hbev
