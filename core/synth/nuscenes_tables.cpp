#include "core/synth/nuscenes_tables.h"

#include <array>

#include <fmt/format.h>

#include "core/base/files.h"
#include "core/base/hash_text.h"
#include "core/synth/random.h"

namespace hbev::synth {
namespace {

constexpr std::array<const char*, 23> kCategories{"human.pedestrian.adult",
                                                  "human.pedestrian.child",
                                                  "human.pedestrian.wheelchair",
                                                  "human.pedestrian.stroller",
                                                  "human.pedestrian.personal_mobility",
                                                  "human.pedestrian.police_officer",
                                                  "human.pedestrian.construction_worker",
                                                  "animal",
                                                  "vehicle.car",
                                                  "vehicle.motorcycle",
                                                  "vehicle.bicycle",
                                                  "vehicle.bus.bendy",
                                                  "vehicle.bus.rigid",
                                                  "vehicle.truck",
                                                  "vehicle.construction",
                                                  "vehicle.emergency.ambulance",
                                                  "vehicle.emergency.police",
                                                  "vehicle.trailer",
                                                  "movable_object.barrier",
                                                  "movable_object.trafficcone",
                                                  "movable_object.pushable_pullable",
                                                  "movable_object.debris",
                                                  "static_object.bicycle_rack"};
constexpr std::array<const char*, 8> kAttributes{"vehicle.moving",      "vehicle.stopped",
                                                 "vehicle.parked",      "cycle.with_rider",
                                                 "cycle.without_rider", "pedestrian.sitting_lying_down",
                                                 "pedestrian.standing", "pedestrian.moving"};
constexpr std::array<const char*, 4> kVisibilities{"v0-40", "v40-60", "v60-80", "v80-100"};

nlohmann::ordered_json vectorRow(const Eigen::Vector3d& v) {
  return {v.x(), v.y(), v.z()};
}

/// w, x, y, z.
nlohmann::ordered_json quaternionRow(const Pose& pose) {
  const Eigen::Quaterniond& q = pose.rotation();
  return {q.w(), q.x(), q.y(), q.z()};
}

std::string linkTo(bool exists, const std::vector<std::string>& tokens, std::size_t index) {
  return exists ? tokens[index] : std::string();
}

template <class T>
std::vector<std::string> tokensOf(const std::vector<T>& items) {
  std::vector<std::string> tokens;
  for (const T& item : items)
    tokens.push_back(item.token);
  return tokens;
}

}  // namespace

std::string tokenOf(std::uint64_t seed, std::string_view text) {
  const std::uint64_t high = mixText(seed, text);
  return hexText(high) + hexText(mixText(high, text));
}

NuscenesTables::NuscenesTables(std::uint64_t seed) : seed_(seed) {
  for (const char* table :
       {"attribute", "calibrated_sensor", "category", "ego_pose", "instance", "log", "map", "sample",
        "sample_annotation", "sample_data", "scene", "sensor", "visibility"}) {
    tables_[table] = Rows::array();
  }
  for (const std::string name : kCategories) {
    rows("category").push_back({{"token", token("category/" + name)}, {"name", name}, {"description", ""}});
  }
  for (const std::string name : kAttributes) {
    rows("attribute").push_back({{"token", token("attribute/" + name)}, {"name", name}, {"description", ""}});
  }
  for (std::size_t i = 0; i < kVisibilities.size(); ++i) {
    rows("visibility")
        .push_back({{"description", fmt::format("visibility of whole object is {}", kVisibilities[i])},
                    {"token", std::to_string(i + 1)},
                    {"level", kVisibilities[i]}});
  }
  for (const SensorMount& mount : recordingRig(1600, 900)) {
    rows("sensor").push_back({{"token", token("sensor/" + mount.channel)},
                              {"channel", mount.channel},
                              {"modality", mount.isCamera() ? "camera" : "lidar"}});
  }
}

void NuscenesTables::addLog(const std::string& token, const std::string& logfile,
                            const std::string& location) {
  rows("log").push_back({{"token", token},
                         {"logfile", logfile},
                         {"vehicle", logfile.substr(0, logfile.find('-'))},
                         {"date_captured", logfile.substr(logfile.find('-') + 1, 10)},
                         {"location", location}});
  logs_by_location_[location].push_back(token);
}

void NuscenesTables::addScene(const std::string& token, const std::string& name,
                              const std::string& description, const std::string& log_token,
                              const std::vector<std::string>& samples,
                              const std::vector<std::int64_t>& timestamps_us) {
  rows("scene").push_back({{"token", token},
                           {"log_token", log_token},
                           {"nbr_samples", samples.size()},
                           {"first_sample_token", samples.front()},
                           {"last_sample_token", samples.back()},
                           {"name", name},
                           {"description", description}});
  for (std::size_t i = 0; i < samples.size(); ++i) {
    rows("sample").push_back({{"token", samples[i]},
                              {"timestamp", timestamps_us[i]},
                              {"prev", linkTo(i > 0, samples, i - 1)},
                              {"next", linkTo(i + 1 < samples.size(), samples, i + 1)},
                              {"scene_token", token}});
  }
}

void NuscenesTables::addCalibration(const std::string& token, const SensorMount& mount) {
  Rows intrinsic = Rows::array();
  if (mount.isCamera()) {
    for (int row = 0; row < 3; ++row)
      intrinsic.push_back(vectorRow(mount.model.intrinsics.row(row).transpose()));
  }
  rows("calibrated_sensor")
      .push_back({{"token", token},
                  {"sensor_token", this->token("sensor/" + mount.channel)},
                  {"translation", vectorRow(mount.ego_from_sensor.translation())},
                  {"rotation", quaternionRow(mount.ego_from_sensor)},
                  {"camera_intrinsic", intrinsic}});
}

void NuscenesTables::addRecordings(const std::vector<Recording>& recordings) {
  const std::vector<std::string> tokens = tokensOf(recordings);
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    const Recording& recording = recordings[i];
    rows("ego_pose")
        .push_back({{"token", recording.token},
                    {"timestamp", recording.timestamp_us},
                    {"rotation", quaternionRow(recording.global_from_ego)},
                    {"translation", vectorRow(recording.global_from_ego.translation())}});
    rows("sample_data")
        .push_back({{"token", recording.token},
                    {"sample_token", recording.sample_token},
                    {"ego_pose_token", recording.token},
                    {"calibrated_sensor_token", recording.calibration_token},
                    {"timestamp", recording.timestamp_us},
                    {"fileformat", recording.width > 0 ? "jpg" : "pcd"},
                    {"is_key_frame", recording.is_keyframe},
                    {"height", recording.height},
                    {"width", recording.width},
                    {"filename", recording.file},
                    {"prev", linkTo(i > 0, tokens, i - 1)},
                    {"next", linkTo(i + 1 < tokens.size(), tokens, i + 1)}});
  }
}

void NuscenesTables::addInstance(const std::string& token, std::string_view category,
                                 const std::vector<Annotation>& annotations) {
  if (annotations.empty()) return;
  const std::vector<std::string> tokens = tokensOf(annotations);
  rows("instance")
      .push_back({{"token", token},
                  {"category_token", this->token("category/" + std::string(category))},
                  {"nbr_annotations", annotations.size()},
                  {"first_annotation_token", tokens.front()},
                  {"last_annotation_token", tokens.back()}});
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const Annotation& annotation = annotations[i];
    Rows attributes = Rows::array();
    if (!annotation.attribute.empty()) attributes.push_back(this->token("attribute/" + annotation.attribute));
    const Eigen::Vector3d& size = annotation.global_box.size;
    rows("sample_annotation")
        .push_back({{"token", tokens[i]},
                    {"sample_token", annotation.sample_token},
                    {"instance_token", token},
                    {"visibility_token", std::to_string(annotation.visibility)},
                    {"attribute_tokens", attributes},
                    {"translation", vectorRow(annotation.global_box.frame_from_box.translation())},
                    {"size", {size.y(), size.x(), size.z()}},
                    {"rotation", quaternionRow(annotation.global_box.frame_from_box)},
                    {"prev", linkTo(i > 0, tokens, i - 1)},
                    {"next", linkTo(i + 1 < tokens.size(), tokens, i + 1)},
                    {"num_lidar_pts", annotation.lidar_points},
                    {"num_radar_pts", 0}});
  }
}

std::string NuscenesTables::mapFile(const std::string& location) const {
  return "maps/" + token("map/" + location) + ".png";
}

void NuscenesTables::write(const std::filesystem::path& folder) const {
  auto tables = tables_;
  for (const auto& [location, logs] : logs_by_location_) {
    tables.at("map").push_back({{"category", "semantic_prior"},
                                {"token", token("map/" + location)},
                                {"filename", mapFile(location)},
                                {"log_tokens", logs}});
  }
  for (const auto& [name, table] : tables)
    writeFile(folder / (name + ".json"), table.dump(0) + "\n");
}

}  // namespace hbev::synth
