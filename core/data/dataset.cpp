#include "core/data/dataset.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/tables.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kLidar = kCameraCount;  // slot of LIDAR_TOP behind the cameras

const char* labelFolder(LabelKind kind) {
  return kind == LabelKind::OpenOcc ? "openocc_v2" : "gts";
}

/// What a data set is without a table that is not needed.
const char* consequenceWithout(const std::string& table) {
  if (table == "log.json") return "Locations are unknown.";
  return table == "sample_annotation.json" ? "There are no boxes." : "Boxes have no class.";
}

Pose toPose(const PoseRow& row) {
  const auto& q = row.rotation_wxyz;
  const auto& t = row.translation;
  return {Eigen::Quaterniond(q[0], q[1], q[2], q[3]), Eigen::Vector3d(t[0], t[1], t[2])};
}

/// Folders below `root` that hold tables, the largest sample.json first.
std::vector<fs::path> versionFolders(const fs::path& root) {
  std::vector<fs::path> folders;
  std::error_code code;
  for (const auto& entry :
       fs::directory_iterator(root, fs::directory_options::skip_permission_denied, code)) {
    if (entry.is_directory(code) && isVersionFolder(entry.path())) folders.push_back(entry.path());
  }
  const auto weight = [](const fs::path& folder) {
    std::error_code error;
    const auto size = fs::file_size(folder / "sample_data.json", error);
    return error ? 0 : size;
  };
  std::sort(folders.begin(), folders.end(), [&](const fs::path& a, const fs::path& b) {
    return std::pair(weight(b), a.filename()) < std::pair(weight(a), b.filename());
  });
  return folders;
}

struct Location {
  fs::path root;
  fs::path tables;
  std::vector<fs::path> others;  ///< version folders that were not taken
};

Location locate(const fs::path& path, const std::string& version) {
  std::error_code code;
  if (!fs::exists(path, code)) {
    throw Error({"There is nothing at this path", path, "a nuScenes folder or a labels .npz", "nothing there",
                 "Check the spelling."});
  }
  if (fs::is_directory(path, code) && isVersionFolder(path)) {
    fs::path folder = fs::absolute(path).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();  // it was given with a slash at its end
    return {folder.parent_path(), folder, {}};
  }
  std::vector<fs::path> folders = versionFolders(path);
  if (!version.empty()) {
    std::string names;
    for (const fs::path& folder : folders) {
      if (folder.filename() == version) return {path, folder, {}};
      names += (names.empty() ? "" : ", ") + folder.filename().string();
    }
    throw Error(
        {"There is no version " + version, path, version, names.empty() ? "no version folder" : names, {}});
  }
  if (folders.empty()) {
    throw Error({lastName(path) + " is no nuScenes folder", path,
                 "a folder such as v1.0-mini with sample.json in it", "none",
                 "Choose the folder that holds v1.0-*, samples and sweeps."});
  }
  return {path, folders.front(), {folders.begin() + 1, folders.end()}};
}

}  // namespace

/// The tables joined: for every keyframe the rows of its sensors and boxes.
struct Dataset::Tables {
  struct Reading {
    std::uint32_t data = kNone;         ///< row of NuscenesTables::sample_data
    std::uint32_t calibration = kNone;  ///< row of NuscenesTables::calibrated_sensors
  };
  struct Sample {
    std::uint32_t row = 0;
    std::array<Reading, kCameraCount + 1> readings;
    std::vector<std::uint32_t> boxes;
  };

  NuscenesTables rows;
  std::vector<std::vector<Sample>> samples;  ///< [scene][index in scene]
  std::unordered_map<Token, std::uint32_t> annotation_of;
  std::unordered_map<Token, std::int64_t> time_of_sample;

  void joinSamples(std::vector<Scene>& scenes, std::vector<DatasetIssue>& issues);
  void joinSampleData(std::vector<DatasetIssue>& issues);
  void joinAnnotations();
  Sample* find(const Token& sample);
  Eigen::Vector2d velocity(const AnnotationRow& row) const;

 private:
  std::unordered_map<Token, std::pair<std::uint32_t, std::uint32_t>> place_;
};

void Dataset::Tables::joinSamples(std::vector<Scene>& scenes, std::vector<DatasetIssue>& issues) {
  std::unordered_map<Token, std::uint32_t> scene_of;
  for (std::uint32_t i = 0; i < rows.scenes.size(); ++i) {
    const SceneRow& row = rows.scenes[i];
    const auto location = rows.locations.find(row.log);
    scenes.push_back(
        {row.token, row.name, row.description, location == rows.locations.end() ? "" : location->second, {}});
    scene_of.emplace(row.key, i);
  }
  samples.resize(scenes.size());
  std::int64_t orphans = 0, nameless = 0;
  for (std::uint32_t i = 0; i < rows.samples.size(); ++i) {
    if (rows.samples[i].key.isNull()) {  // its labels and predictions could not be found
      ++nameless;
      continue;
    }
    const auto scene = scene_of.find(rows.samples[i].scene);
    if (scene == scene_of.end()) {
      ++orphans;
      continue;
    }
    samples[scene->second].push_back({i, {}, {}});
    time_of_sample.emplace(rows.samples[i].key, rows.samples[i].timestamp_us);
  }
  if (nameless > 0) issues.push_back({"Samples have no token", "They are left out.", nameless});
  if (orphans > 0)
    issues.push_back({"Samples name scenes that scene.json does not hold", "They are left out.", orphans});
  for (std::uint32_t s = 0; s < samples.size(); ++s) {
    // By time and not by the prev/next links, which hand-cut subsets lack.
    std::sort(samples[s].begin(), samples[s].end(), [&](const Sample& a, const Sample& b) {
      return rows.samples[a.row].timestamp_us < rows.samples[b.row].timestamp_us;
    });
    for (std::uint32_t i = 0; i < samples[s].size(); ++i) {
      const SampleRow& row = rows.samples[samples[s][i].row];
      scenes[s].keyframes.push_back(row.token);
      place_.emplace(row.key, std::pair(s, i));
    }
  }
}

Dataset::Tables::Sample* Dataset::Tables::find(const Token& sample) {
  const auto found = place_.find(sample);
  return found == place_.end() ? nullptr : &samples[found->second.first][found->second.second];
}

void Dataset::Tables::joinSampleData(std::vector<DatasetIssue>& issues) {
  struct Calibration {
    std::uint32_t row;
    std::size_t slot;
  };
  std::unordered_map<Token, Calibration> calibrations;
  for (std::uint32_t i = 0; i < rows.calibrated_sensors.size(); ++i) {
    const auto channel = rows.channels.find(rows.calibrated_sensors[i].sensor);
    const std::string name = channel == rows.channels.end() ? "" : channel->second;
    const std::optional<Camera> camera = findCamera(name);
    const std::size_t slot = camera ? std::size_t(*camera) : name == "LIDAR_TOP" ? kLidar : kLidar + 1;
    calibrations.emplace(rows.calibrated_sensors[i].key, Calibration{i, slot});
  }
  std::int64_t orphans = 0, without_calibration = 0, without_pose = 0;
  for (std::uint32_t i = 0; i < rows.sample_data.size(); ++i) {
    const SampleDataRow& row = rows.sample_data[i];
    Sample* sample = find(row.sample);
    const auto calibration = calibrations.find(row.calibrated_sensor);
    if (!sample) {
      ++orphans;
    } else if (calibration == calibrations.end()) {
      ++without_calibration;
    } else if (calibration->second.slot > kLidar) {
      continue;  // a radar
    } else if (!rows.ego_poses.contains(row.ego_pose)) {
      ++without_pose;
    } else {
      sample->readings[calibration->second.slot] = {i, calibration->second.row};
    }
  }
  if (orphans > 0)
    issues.push_back(
        {"Sensor readings name samples that sample.json does not hold", "They are left out.", orphans});
  if (without_calibration > 0) {
    issues.push_back({"Sensor readings lack their row in calibrated_sensor.json", "They are left out.",
                      without_calibration});
  }
  if (without_pose > 0) {
    issues.push_back({"Sensor readings lack their row in ego_pose.json", "They are left out.", without_pose});
  }
}

void Dataset::Tables::joinAnnotations() {
  for (std::uint32_t i = 0; i < rows.annotations.size(); ++i) {
    annotation_of.emplace(rows.annotations[i].key, i);
    if (Sample* sample = find(rows.annotations[i].sample)) sample->boxes.push_back(i);
  }
}

/// By the difference of the neighbouring annotations, as the nuScenes devkit's box_velocity does; zero when
/// they lie more than 1.5 s apart (3 s for both sides) or do not exist.
Eigen::Vector2d Dataset::Tables::velocity(const AnnotationRow& row) const {
  const auto neighbour = [&](const Token& token) -> const AnnotationRow* {
    if (token.isNull()) return nullptr;
    const auto found = annotation_of.find(token);
    return found == annotation_of.end() ? nullptr : &rows.annotations[found->second];
  };
  const AnnotationRow* before = neighbour(row.previous);
  const AnnotationRow* after = neighbour(row.next);
  if (!before && !after) return {0, 0};
  const double limit_s = before && after ? 3.0 : 1.5;
  if (!before) before = &row;
  if (!after) after = &row;
  const auto time_s = [&](const AnnotationRow& at) {
    const auto found = time_of_sample.find(at.sample);
    return found == time_of_sample.end() ? 0.0 : double(found->second) * 1e-6;
  };
  const double step_s = time_s(*after) - time_s(*before);
  if (!(step_s > 0 && step_s <= limit_s)) return {0, 0};
  const auto& a = before->global_from_box.translation;
  const auto& b = after->global_from_box.translation;
  const Eigen::Vector2d velocity_mps((b[0] - a[0]) / step_s, (b[1] - a[1]) / step_s);
  return velocity_mps.allFinite() ? velocity_mps : Eigen::Vector2d(0, 0);
}

Dataset::Dataset() = default;
Dataset::~Dataset() = default;

std::shared_ptr<const Dataset> Dataset::open(const fs::path& path, const std::string& version,
                                             Progress* progress) {
  std::shared_ptr<Dataset> dataset(new Dataset);
  std::error_code code;
  if (fs::is_regular_file(path, code)) {
    dataset->openLoneLabels(path);
  } else if (!version.empty() || isVersionFolder(path) || !versionFolders(path).empty() ||
             !dataset->openPredictionsAlone(path)) {
    dataset->openFolder(path, version, progress);
  }
  return dataset;
}

/// False when the folder does not hold <scene>/<token>.npz.
bool Dataset::openPredictionsAlone(const fs::path& folder) {
  std::error_code code;
  constexpr auto kSkip = fs::directory_options::skip_permission_denied;
  for (const auto& entry : fs::directory_iterator(folder, kSkip, code)) {
    if (!entry.is_directory(code)) continue;
    Scene scene{entry.path().filename().string(),
                entry.path().filename().string(),
                "Predictions without tables",
                "",
                {}};
    for (const auto& file : fs::directory_iterator(entry.path(), kSkip, code)) {
      if (file.path().extension() == ".npz") scene.keyframes.push_back(file.path().stem().string());
    }
    std::sort(scene.keyframes.begin(), scene.keyframes.end());
    keyframe_count_ += scene.keyframes.size();
    if (!scene.keyframes.empty()) scenes_.push_back(std::move(scene));
  }
  if (scenes_.empty()) return false;
  std::sort(scenes_.begin(), scenes_.end(), [](const Scene& a, const Scene& b) { return a.name < b.name; });
  predictions_alone_ = true;
  root_ = folder;
  const fs::path normal = fs::absolute(folder).lexically_normal();
  name_ = (normal.has_filename() ? normal : normal.parent_path()).filename().string();
  issues_.push_back({"There are predictions without a data set",
                     "No pictures, boxes or truth; keyframes are in the order of their names."});
  return true;
}

void Dataset::openLoneLabels(const fs::path& file) {
  const std::optional<LabelKind> kind = detectLabelKind(file);
  if (!kind) {
    throw Error({file.filename().string() + " is no labels file",
                 file,
                 "free voxels of class 16 (OpenOcc) or 17 (Occ3D) as the most frequent",
                 "another class",
                 {}});
  }
  root_ = file.parent_path();
  name_ = file.filename().string();
  scenes_.push_back({name_, file.stem().string(), "A labels file by itself", "", {file.stem().string()}});
  label_kinds_.push_back(*kind);
  lone_labels_ = file;
  keyframe_count_ = 1;
}

void Dataset::openFolder(const fs::path& path, const std::string& version, Progress* progress) {
  const Location location = locate(path, version);
  root_ = location.root;
  name_ = lastName(root_);
  version_ = location.tables.filename().string();
  for (const fs::path& other : location.others) {
    issues_.push_back({"There is also " + other.filename().string(), "Open that folder itself to see it."});
  }
  auto tables = std::make_unique<Tables>();
  tables->rows = readNuscenesTables(location.tables, progress);
  for (const std::string& absent : tables->rows.absent) {
    issues_.push_back({absent + " is missing", consequenceWithout(absent)});
  }
  for (const Problem& damaged : tables->rows.damaged) {
    issues_.push_back(
        {damaged.summary + " (" + damaged.found + ")", consequenceWithout(damaged.file.filename().string())});
  }
  tables->joinSamples(scenes_, issues_);
  tables->joinSampleData(issues_);
  tables->joinAnnotations();
  for (const Scene& scene : scenes_)
    keyframe_count_ += scene.keyframes.size();
  if (keyframe_count_ == 0) {
    throw Error(
        {version_ + " holds no keyframe", location.tables, "samples that belong to scenes", "none", {}});
  }
  tables_ = std::move(tables);
  std::error_code code;
  for (const LabelKind kind : kLabelKinds) {
    if (fs::is_directory(root_ / labelFolder(kind), code)) label_kinds_.push_back(kind);
  }
  if (label_kinds_.empty())
    issues_.push_back({"gts and openocc_v2 are missing", "There is no truth to compare with."});
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

namespace {

SensorReading toReading(const NuscenesTables& rows, const SampleDataRow& data,
                        const CalibratedSensorRow& calibration, const fs::path& tables) {
  const Pose ego_from_sensor =
      aboutFile(tables / "calibrated_sensor.json", [&] { return toPose(calibration.ego_from_sensor); });
  const Pose global_from_ego =
      aboutFile(tables / "ego_pose.json", [&] { return toPose(rows.ego_poses.at(data.ego_pose)); });
  return {tables.parent_path() / data.file, data.timestamp_us, ego_from_sensor, global_from_ego};
}

OrientedBox toBox(const AnnotationRow& row, const fs::path& tables) {
  const auto& wlh = row.size_wlh;
  const fs::path file = tables / "sample_annotation.json";
  if (!std::all_of(wlh.begin(), wlh.end(),
                   [](double side_m) { return side_m > 0 && std::isfinite(side_m); })) {
    throw Error({"A box has no size",
                 file,
                 "a width, length and height above 0",
                 fmt::format("{} x {} x {}", wlh[0], wlh[1], wlh[2]),
                 {}});
  }
  return {aboutFile(file, [&] { return toPose(row.global_from_box); }), {wlh[1], wlh[0], wlh[2]}};
}

CameraReading toCamera(SensorReading reading, const SampleDataRow& data,
                       const CalibratedSensorRow& calibration, const fs::path& tables) {
  CameraReading camera{std::move(reading), {}};
  camera.model.intrinsics =
      Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(calibration.intrinsics.data());
  // Every nuScenes camera is 1600 x 900; hand-cut tables leave the size out.
  camera.model.width = data.width > 0 ? data.width : 1600;
  camera.model.height = data.height > 0 ? data.height : 900;
  aboutFile(tables / "calibrated_sensor.json", [&] { camera.model.validate(); });
  return camera;
}

}  // namespace

std::int64_t Dataset::timestamp_us(std::size_t scene, std::size_t index_in_scene) const {
  if (!tables_) return std::int64_t(index_in_scene) * 500'000;
  return tables_->rows.samples[tables_->samples.at(scene).at(index_in_scene).row].timestamp_us;
}

Keyframe Dataset::keyframe(std::size_t scene, std::size_t index_in_scene) const {
  Keyframe keyframe;
  keyframe.scene = scene;
  keyframe.index_in_scene = index_in_scene;
  keyframe.scene_name = scenes_.at(scene).name;
  keyframe.token = scenes_.at(scene).keyframes.at(index_in_scene);
  if (!tables_) return keyframe;
  const Tables::Sample& sample = tables_->samples[scene][index_in_scene];
  const NuscenesTables& rows = tables_->rows;
  keyframe.timestamp_us = rows.samples[sample.row].timestamp_us;
  for (std::size_t slot = 0; slot <= kLidar; ++slot) {
    const std::string title = slot == kLidar ? "Lidar" : std::string(cameraTitle(Camera(slot))) + " camera";
    const Tables::Reading& reading = sample.readings[slot];
    if (reading.data == kNone) {
      keyframe.problems.push_back(title + ": the tables hold no reading.");
      continue;
    }
    const SampleDataRow& data = rows.sample_data[reading.data];
    const CalibratedSensorRow& calibration = rows.calibrated_sensors[reading.calibration];
    try {
      SensorReading sensor = toReading(rows, data, calibration, root_ / version_);
      if (slot == kLidar) {
        keyframe.lidar = std::move(sensor);
      } else {
        keyframe.cameras[slot] = toCamera(std::move(sensor), data, calibration, root_ / version_);
      }
    } catch (const Error& error) {
      keyframe.problems.push_back(title + ": " + error.what());
    }
  }
  for (const std::uint32_t row : sample.boxes) {
    const AnnotationRow& annotation = rows.annotations[row];
    const auto category = rows.categories.find(annotation.instance);
    try {
      keyframe.boxes.push_back({toBox(annotation, root_ / version_), tables_->velocity(annotation),
                                category == rows.categories.end() ? "" : category->second,
                                annotation.lidar_points});
    } catch (const Error& error) {
      keyframe.problems.push_back(std::string("A box: ") + error.what());
    }
  }
  return keyframe;
}

std::vector<std::optional<SensorReading>> Dataset::lidarReadings(std::size_t scene) const {
  std::vector<std::optional<SensorReading>> readings(scenes_.at(scene).keyframes.size());
  if (!tables_) return readings;
  const NuscenesTables& rows = tables_->rows;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const Tables::Reading& reading = tables_->samples[scene][i].readings[kLidar];
    if (reading.data == kNone) continue;
    try {
      readings[i] = toReading(rows, rows.sample_data[reading.data],
                              rows.calibrated_sensors[reading.calibration], root_ / version_);
    } catch (const Error&) {
      // keyframe() tells of it; an origin that is not known is no origin.
    }
  }
  return readings;
}

std::optional<fs::path> Dataset::truthFile(LabelKind kind, const Keyframe& keyframe) const {
  if (!lone_labels_.empty()) {
    if (std::find(label_kinds_.begin(), label_kinds_.end(), kind) == label_kinds_.end()) return std::nullopt;
    return lone_labels_;
  }
  const fs::path file = root_ / labelFolder(kind) / keyframe.scene_name / keyframe.token / "labels.npz";
  std::error_code code;
  if (!fs::is_regular_file(file, code)) return std::nullopt;
  return file;
}

}  // namespace hbev
