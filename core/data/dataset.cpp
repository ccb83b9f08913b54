#include "core/data/dataset.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

Pose toPose(const PoseRow& row) {
  const auto& q = row.rotation_wxyz;
  const auto& t = row.translation;
  return {Eigen::Quaterniond(q[0], q[1], q[2], q[3]), Eigen::Vector3d(t[0], t[1], t[2])};
}

}  // namespace

std::string_view labelFolder(LabelKind kind) {
  return kind == LabelKind::OpenOcc ? "openocc_v2" : "gts";
}

std::size_t Dataset::sceneIndex(const std::string& name) const {
  const auto found = std::find_if(scenes_.begin(), scenes_.end(), [&](const Scene& scene) {
    return scene.name == name || scene.token == name;
  });
  if (found != scenes_.end()) return std::size_t(found - scenes_.begin());
  throw Error({"There is no scene " + name, root_,
               "one of " + std::to_string(scenes_.size()) + " scenes, such as " + scenes_.front().name, name,
               "hbevocc info lists them."});
}

fs::path Dataset::tableFile(const char* table) const {
  // A version folder has the version's name; a file of infos is all tables in one.
  return tables_.filename() == version_ ? tables_ / table : tables_;
}

const DatasetIndex::Sample& Dataset::sample(std::size_t scene, std::size_t index_in_scene) const {
  scenes_.at(scene).keyframes.at(index_in_scene);  // throws std::out_of_range
  return index_.samples[index_.scenes[scene].first_sample + index_in_scene];
}

SensorReading Dataset::sensorReading(const DatasetIndex::Reading& row) const {
  const Pose ego_from_sensor = aboutFile(tableFile("calibrated_sensor.json"), [&] {
    return toPose(index_.calibrations[row.calibration].ego_from_sensor);
  });
  const Pose global_from_ego =
      aboutFile(tableFile("ego_pose.json"), [&] { return toPose(index_.poses[row.pose]); });
  return {root_ / index_.fileName(row), row.timestamp_us, ego_from_sensor, global_from_ego};
}

CameraReading Dataset::cameraReading(const DatasetIndex::Reading& row) const {
  CameraReading camera{sensorReading(row), {}};
  camera.model.intrinsics = Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(
      index_.calibrations[row.calibration].intrinsics.data());
  // Every nuScenes camera is 1600 x 900; hand-cut tables leave the size out.
  camera.model.width = row.width > 0 ? row.width : 1600;
  camera.model.height = row.height > 0 ? row.height : 900;
  aboutFile(tableFile("calibrated_sensor.json"), [&] { camera.model.validate(); });
  return camera;
}

BoxAnnotation Dataset::boxAnnotation(const DatasetIndex::Box& row) const {
  const auto& wlh = row.size_wlh;
  const fs::path file = tableFile("sample_annotation.json");
  if (!std::all_of(wlh.begin(), wlh.end(),
                   [](double side_m) { return side_m > 0 && std::isfinite(side_m); })) {
    throw Error({"A box has no size",
                 file,
                 "a width, length and height above 0",
                 fmt::format("{} x {} x {}", wlh[0], wlh[1], wlh[2]),
                 {}});
  }
  const Eigen::Vector2d velocity(row.velocity_mps[0], row.velocity_mps[1]);
  return {{aboutFile(file, [&] { return toPose(row.global_from_box); }), {wlh[1], wlh[0], wlh[2]}},
          velocity.allFinite() ? velocity : Eigen::Vector2d::Zero().eval(),
          row.category == kNoRow ? std::string() : std::string(index_.view(index_.categories[row.category])),
          row.lidar_points};
}

std::int64_t Dataset::timestamp_us(std::size_t scene, std::size_t index_in_scene) const {
  if (tables_.empty()) return std::int64_t(index_in_scene) * 500'000;
  return sample(scene, index_in_scene).timestamp_us;
}

Keyframe Dataset::keyframe(std::size_t scene, std::size_t index_in_scene) const {
  Keyframe keyframe;
  keyframe.scene = scene;
  keyframe.index_in_scene = index_in_scene;
  keyframe.scene_name = scenes_.at(scene).name;
  keyframe.token = scenes_.at(scene).keyframes.at(index_in_scene);
  if (tables_.empty()) return keyframe;
  const DatasetIndex::Sample& row = sample(scene, index_in_scene);
  keyframe.timestamp_us = row.timestamp_us;
  for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
    const bool is_lidar = slot == kLidarSlot;
    const std::string title = is_lidar ? "Lidar" : std::string(cameraTitle(Camera(slot))) + " camera";
    if (row.readings[slot] == kNoRow) {
      keyframe.problems.push_back(title + ": the tables hold no reading.");
      continue;
    }
    const DatasetIndex::Reading& reading = index_.readings[row.readings[slot]];
    try {
      if (is_lidar) {
        keyframe.lidar = sensorReading(reading);
      } else {
        keyframe.cameras[slot] = cameraReading(reading);
      }
    } catch (const Error& error) {
      keyframe.problems.push_back(title + ": " + error.what());
    }
  }
  for (const DatasetIndex::Box& box : index_.boxes.rows().subspan(row.first_box, row.box_count)) {
    try {
      keyframe.boxes.push_back(boxAnnotation(box));
    } catch (const Error& error) {
      keyframe.problems.push_back(std::string("A box: ") + error.what());
    }
  }
  return keyframe;
}

std::vector<std::optional<SensorReading>> Dataset::lidarReadings(std::size_t scene) const {
  std::vector<std::optional<SensorReading>> readings(scenes_.at(scene).keyframes.size());
  if (tables_.empty()) return readings;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const std::uint32_t row = sample(scene, i).readings[kLidarSlot];
    if (row == kNoRow) continue;
    try {
      readings[i] = sensorReading(index_.readings[row]);
    } catch (const Error&) {
      // keyframe() tells of it; an origin that is not known is no origin.
    }
  }
  return readings;
}

std::vector<CameraFrame> Dataset::cameraSequence(std::size_t scene, Camera camera) const {
  std::vector<CameraFrame> sequence;
  if (scene >= index_.scenes.size()) return sequence;
  const DatasetIndex::Scene& row = index_.scenes[scene];
  const std::size_t slot = std::size_t(camera);
  for (std::uint32_t i = row.first_reading[slot]; i < row.first_reading[slot + 1]; ++i) {
    const DatasetIndex::Reading& reading = index_.readings[i];
    try {
      sequence.push_back({cameraReading(reading), reading.sample != kNoRow});
    } catch (const Error&) {
      // keyframe() tells of it; a sweep without a pose is left out.
    }
  }
  return sequence;
}

std::vector<StampedPose> Dataset::egoTrack(std::size_t scene) const {
  std::vector<StampedPose> track;
  if (scene >= index_.scenes.size()) return track;
  const auto& first = index_.scenes[scene].first_reading;
  std::vector<DatasetIndex::Reading> rows(index_.readings.begin() + first.front(),
                                          index_.readings.begin() + first.back());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.timestamp_us < b.timestamp_us; });
  for (const DatasetIndex::Reading& row : rows) {
    if (!track.empty() && track.back().timestamp_us == row.timestamp_us) continue;
    try {
      track.push_back({row.timestamp_us, toPose(index_.poses[row.pose])});
    } catch (const Error&) {
      // A damaged pose: its neighbours say where the car was.
    }
  }
  return track;
}

std::vector<std::string> Dataset::annotatedCategories(std::size_t scene) const {
  std::vector<std::string> names;
  if (scene >= index_.scenes.size()) return names;
  const DatasetIndex::Scene& row = index_.scenes[scene];
  for (const std::uint32_t category :
       index_.scene_categories.rows().subspan(row.first_category, row.category_count)) {
    names.emplace_back(index_.view(index_.categories[category]));
  }
  return names;
}

std::optional<fs::path> Dataset::truthFile(LabelKind kind, const Keyframe& keyframe) const {
  const bool has_kind = std::find(label_kinds_.begin(), label_kinds_.end(), kind) != label_kinds_.end();
  if (!lone_labels_.empty()) return has_kind ? std::optional(lone_labels_) : std::nullopt;
  const fs::path file = root_ / labelFolder(kind) / keyframe.scene_name / keyframe.token / "labels.npz";
  std::error_code code;
  if (!fs::is_regular_file(file, code)) return std::nullopt;
  return file;
}

}  // namespace hbev
