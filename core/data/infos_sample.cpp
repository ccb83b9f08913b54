#include "core/data/infos_sample.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/error.h"

namespace hbev {
namespace {

/// nuScenes' category to the detection class that it counts as; nothing for those that detection ignores.
/// Source: map_name_from_general_to_detection of create_data_bevdet.py. The last two are what is left of a
/// category when the data set was read from infos.
std::optional<std::string_view> detectionClass(std::string_view category) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kClasses{{
      {"human.pedestrian.adult", "pedestrian"},
      {"human.pedestrian.child", "pedestrian"},
      {"human.pedestrian.police_officer", "pedestrian"},
      {"human.pedestrian.construction_worker", "pedestrian"},
      {"vehicle.car", "car"},
      {"vehicle.motorcycle", "motorcycle"},
      {"vehicle.bicycle", "bicycle"},
      {"vehicle.bus.bendy", "bus"},
      {"vehicle.bus.rigid", "bus"},
      {"vehicle.truck", "truck"},
      {"vehicle.construction", "construction_vehicle"},
      {"vehicle.trailer", "trailer"},
      {"movable_object.barrier", "barrier"},
      {"movable_object.trafficcone", "traffic_cone"},
      {"human.pedestrian", "pedestrian"},
      {"vehicle.bus", "bus"},
  }};
  for (const auto& [name, detection_class] : kClasses) {
    if (name == category) return detection_class;
  }
  return std::nullopt;
}

InfosReading readingOf(const DatasetIndex& index, const DatasetIndex::Reading& row,
                       const Pose& lidar_from_global) {
  InfosReading reading{index.fileName(row),
                       row.timestamp_us,
                       &index.calibrations[row.calibration],
                       &index.poses[row.pose],
                       {}};
  reading.lidar_from_sensor =
      lidar_from_global * (poseOf(*reading.global_from_ego) * poseOf(reading.calibration->ego_from_sensor));
  return reading;
}

InfosBox boxIn(const Pose& frame_from_global, const Pose& global_from_box, const DatasetIndex::Box& row) {
  const Pose frame_from_box = frame_from_global * global_from_box;
  const Eigen::Vector3d& centre = frame_from_box.translation();
  const Eigen::Matrix3d r = frame_from_box.rotationMatrix();
  const Eigen::Vector3d velocity =
      frame_from_global.rotation() * Eigen::Vector3d(row.velocity_mps[0], row.velocity_mps[1], 0);
  const auto& wlh = row.size_wlh;
  return {{centre.x(), centre.y(), centre.z(), wlh[1], wlh[0], wlh[2], std::atan2(-r(0, 1), r(0, 0))},
          {velocity.x(), velocity.y()}};
}

std::optional<InfosAnnotation> annotationOf(const DatasetIndex& index, const DatasetIndex::Box& row,
                                            const Pose& lidar_from_global, const Pose& ego_from_global) {
  const auto isSide = [](double side_m) { return side_m > 0 && std::isfinite(side_m); };
  if (!std::all_of(row.size_wlh.begin(), row.size_wlh.end(), isSide)) return std::nullopt;
  InfosAnnotation annotation;
  try {
    const Pose global_from_box = poseOf(row.global_from_box);
    annotation.in_lidar = boxIn(lidar_from_global, global_from_box, row);
    annotation.in_ego = boxIn(ego_from_global, global_from_box, row);
    auto& velocity = annotation.in_ego.velocity_mps;
    if (!std::isfinite(velocity[0]) || !std::isfinite(velocity[1])) velocity = {0, 0};
  } catch (const Error&) {
    return std::nullopt;
  }
  const std::string_view category =
      row.category == kNoRow ? std::string_view() : index.view(index.categories[row.category]);
  const std::string_view name = detectionClass(category).value_or(category);
  annotation.name = std::string(name);
  const auto& classes = bevDetClasses();
  const auto found = std::find(classes.begin(), classes.end(), name);
  if (found != classes.end()) annotation.label = int(found - classes.begin());
  annotation.lidar_points = row.lidar_points;
  annotation.radar_points = row.radar_points;
  return annotation;
}

/// The lidar's readings of the scene before the keyframe's own, the latest first.
void addSweeps(const DatasetIndex& index, const DatasetIndex::Scene& scene, std::uint32_t keyframe,
               const Pose& lidar_from_global, std::size_t max_sweeps, InfosSample& sample) {
  const std::uint32_t first = scene.first_reading[kLidarSlot];
  for (std::uint32_t row = keyframe; row-- > first && sample.sweeps.size() < max_sweeps;)
    sample.sweeps.push_back(readingOf(index, index.readings[row], lidar_from_global));
}

InfosSample madeSample(const DatasetIndex& index, const DatasetIndex::Scene& scene, std::uint32_t row,
                       std::size_t max_sweeps) {
  const DatasetIndex::Sample& from = index.samples[row];
  const auto token = [&](std::uint32_t at) { return std::string(index.view(index.samples[at].token)); };
  InfosSample sample;
  sample.token = token(row);
  if (row > scene.first_sample) sample.previous = token(row - 1);
  if (row + 1 < scene.first_sample + scene.sample_count) sample.next = token(row + 1);
  sample.timestamp_us = from.timestamp_us;
  const DatasetIndex::Reading& lidar = index.readings[from.readings[kLidarSlot]];
  const Pose global_from_lidar =
      poseOf(index.poses[lidar.pose]) * poseOf(index.calibrations[lidar.calibration].ego_from_sensor);
  const Pose lidar_from_global = global_from_lidar.inverse();
  sample.lidar = readingOf(index, lidar, lidar_from_global);
  for (std::size_t camera = 0; camera < kCameraCount; ++camera)
    sample.cameras[camera] = readingOf(index, index.readings[from.readings[camera]], lidar_from_global);
  addSweeps(index, scene, from.readings[kLidarSlot], lidar_from_global, max_sweeps, sample);
  const Pose ego_from_global = poseOf(*sample.cameras[std::size_t(Camera::Front)].global_from_ego).inverse();
  for (std::uint32_t i = from.first_box; i < from.first_box + from.box_count; ++i) {
    if (auto annotation = annotationOf(index, index.boxes[i], lidar_from_global, ego_from_global))
      sample.annotations.push_back(std::move(*annotation));
  }
  return sample;
}

}  // namespace

std::optional<InfosSample> infosSample(const DatasetIndex& index, const DatasetIndex::Scene& scene,
                                       std::uint32_t sample, std::size_t max_sweeps) {
  const auto& readings = index.samples[sample].readings;
  if (std::find(readings.begin(), readings.end(), kNoRow) != readings.end()) return std::nullopt;
  try {
    return madeSample(index, scene, sample, max_sweeps);
  } catch (const Error&) {
    return std::nullopt;
  }
}

Pose poseOf(const PoseRow& row) {
  const auto& q = row.rotation_wxyz;
  return {Eigen::Quaterniond(q[0], q[1], q[2], q[3]), Eigen::Vector3d(row.translation.data())};
}

const std::array<std::string, 10>& bevDetClasses() {
  static const std::array<std::string, 10> kClasses{
      "car",        "truck",   "construction_vehicle", "bus",         "trailer", "barrier",
      "motorcycle", "bicycle", "pedestrian",           "traffic_cone"};
  return kClasses;
}

}  // namespace hbev
