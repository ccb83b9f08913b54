#include "core/eval/origins.h"

#include <cmath>
#include <string>

#include "core/base/error.h"

namespace hbev {
namespace {

constexpr double kReach_m = 39.0;

// The inverse of a rigid motion by transposing, one matrix product: the same rounding as the devkit's
// transform_matrix.
Eigen::Matrix4d inverseOf(const Pose& pose) {
  Eigen::Matrix4d inverse = Eigen::Matrix4d::Identity();
  const Eigen::Matrix3d rotation = pose.rotationMatrix().transpose();
  inverse.topLeftCorner<3, 3>() = rotation;
  inverse.topRightCorner<3, 1>() = rotation * -pose.translation();
  return inverse;
}

std::vector<Eigen::Vector3d> chooseEvenly(const std::vector<Eigen::Vector3d>& origins) {
  if (origins.size() <= kMaxOrigins) return origins;
  const double last = double(origins.size() - 1);
  const double step = last / double(kMaxOrigins - 1);
  std::vector<Eigen::Vector3d> chosen;
  for (std::size_t i = 0; i < kMaxOrigins; ++i) {
    const double place = i + 1 == kMaxOrigins ? last : double(i) * step;
    chosen.push_back(origins[std::size_t(std::nearbyint(place))]);  // halves go to the even neighbour
  }
  return chosen;
}

}  // namespace

std::vector<Eigen::Vector3d> lidarOrigins(std::span<const std::optional<SensorReading>> readings,
                                          std::size_t reference) {
  if (reference >= readings.size() || !readings[reference]) {
    throw Error({"A keyframe has no lidar, so the metric has no place to cast rays from",
                 {},
                 "a LIDAR_TOP reading of the keyframe with its poses",
                 reference < readings.size() ? "none"
                                             : "keyframe " + std::to_string(reference) + " of a scene of " +
                                                   std::to_string(readings.size()),
                 "Check that sample_data.json lists LIDAR_TOP for this keyframe."});
  }
  const SensorReading& here = *readings[reference];
  const Eigen::Matrix4d lidar_from_global = inverseOf(here.ego_from_sensor) * inverseOf(here.global_from_ego);
  const Eigen::Matrix4d ego_from_lidar = here.ego_from_sensor.matrix();

  std::vector<Eigen::Vector3d> origins;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    if (!readings[i]) continue;
    Eigen::Vector3f place = Eigen::Vector3f::Zero();  // in the reference's lidar frame
    if (i != reference) {
      const Eigen::Matrix4d global_from_lidar =
          readings[i]->global_from_ego.matrix() * readings[i]->ego_from_sensor.matrix();
      const Eigen::Matrix4d reference_from_lidar = lidar_from_global * global_from_lidar;
      place = reference_from_lidar.topRightCorner<3, 1>().cast<float>();
    }
    const Eigen::Vector3d origin = (ego_from_lidar * place.cast<double>().homogeneous()).head<3>();
    if (std::abs(origin.x()) < kReach_m && std::abs(origin.y()) < kReach_m) origins.push_back(origin);
  }
  return chooseEvenly(origins);
}

}  // namespace hbev
