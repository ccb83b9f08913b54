#include "core/data/infos_record.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <Eigen/LU>

#include "core/base/error.h"

namespace hbev {
namespace {

// The order of ann_infos' labels. Source: tools/create_data_bevdet.py of BEVDet and HBEVOcc.
constexpr std::array<std::string_view, 10> kLabels{
    "car",        "truck",   "construction_vehicle", "bus",         "trailer", "barrier",
    "motorcycle", "bicycle", "pedestrian",           "traffic_cone"};

std::string textAt(const PickleValue& info, std::string_view key) {
  const PickleValue* value = info.find(key);
  return value && value->isText() ? std::string(value->text()) : "";
}

/// Exactly `Count` numbers. Throws Error.
template <std::size_t Count>
std::array<double, Count> numbersOf(const PickleValue& value) {
  const std::vector<double> numbers = value.numbers();
  if (numbers.size() != Count) {
    throw Error({"A record cannot be used",
                 {},
                 std::to_string(Count) + " numbers",
                 std::to_string(numbers.size()),
                 {}});
  }
  std::array<double, Count> result{};
  std::copy(numbers.begin(), numbers.end(), result.begin());
  return result;
}

PoseRow rowOf(const Eigen::Matrix3d& rotation, const Eigen::Vector3d& translation) {
  const Eigen::Quaterniond q(rotation);
  return {{q.w(), q.x(), q.y(), q.z()}, {translation.x(), translation.y(), translation.z()}};
}

/// A rotation as quaternion (w, x, y, z), as pyquaternion's object, or as a matrix.
std::array<double, 4> rotationOf(const PickleValue& value) {
  const PickleValue& numbers = value.kind() == PickleValue::Kind::Object ? value.at("q") : value;
  if (numbers.numbers().size() != 9) return numbersOf<4>(numbers);
  const std::array<double, 9> m = numbersOf<9>(numbers);
  return rowOf(Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(m.data()), {0, 0, 0})
      .rotation_wxyz;
}

PoseRow poseAt(const PickleValue& info, const std::string& name) {
  return {rotationOf(info.at(name + "_rotation")), numbersOf<3>(info.at(name + "_translation"))};
}

Eigen::Matrix4d matrixOf(const PickleValue& value) {
  const std::array<double, 16> m = numbersOf<16>(value);
  return Eigen::Map<const Eigen::Matrix<double, 4, 4, Eigen::RowMajor>>(m.data());
}

PoseRow rowOf(const Eigen::Matrix4d& matrix) {
  return rowOf(matrix.topLeftCorner<3, 3>(), matrix.topRightCorner<3, 1>());
}

Pose poseOf(const PoseRow& row) {
  const auto& q = row.rotation_wxyz;
  return {Eigen::Quaterniond(q[0], q[1], q[2], q[3]), Eigen::Vector3d(row.translation.data())};
}

/// 3 x 3, or the corner of 4 x 4.
std::array<double, 9> intrinsicsOf(const PickleValue& value) {
  const std::vector<double> numbers = value.numbers();
  if (numbers.size() != 16) return numbersOf<9>(value);
  return {numbers[0], numbers[1], numbers[2], numbers[4], numbers[5],
          numbers[6], numbers[8], numbers[9], numbers[10]};
}

/// Microseconds as a whole number, or seconds with a fraction.
std::int64_t timestampOf(const PickleValue& value) {
  const double number = value.number();
  if (!(std::abs(number) < 9e15))
    throw Error({"A record cannot be used", {}, "a time", value.description(), {}});
  return std::abs(number) < 1e11                  ? std::llround(number * 1e6)
         : value.kind() == PickleValue::Kind::Int ? value.integer()
                                                  : std::llround(number);
}

/// nuScenes' file names end in the time stamp: "...__CAM_FRONT__1533151605012404.jpg".
std::optional<std::int64_t> timestampInName(std::string_view file) {
  const std::size_t begin = file.rfind("__");
  if (begin == std::string_view::npos) return std::nullopt;
  std::int64_t stamp = 0;
  const auto [end, code] = std::from_chars(file.data() + begin + 2, file.data() + file.size(), stamp);
  if (code != std::errc() || end == file.data() + file.size() || *end != '.') return std::nullopt;
  return stamp;
}

/// Runs `parse` and counts when it cannot.
template <class Parse>
void tolerating(InfoRecord& record, const Parse& parse) {
  try {
    parse();
  } catch (const Error&) {
    ++record.damaged;
  }
}

/// A camera or lidar with everything in its own dictionary.
InfoSensor parseSensor(const PickleValue& sensor, std::size_t slot) {
  InfoSensor parsed;
  parsed.slot = slot;
  parsed.file = pathInDataset(sensor.at("data_path").text());
  parsed.timestamp_us = timestampOf(sensor.at("timestamp"));
  parsed.calibration.ego_from_sensor = poseAt(sensor, "sensor2ego");
  parsed.global_from_ego = poseAt(sensor, "ego2global");
  if (slot != kLidarSlot) parsed.calibration.intrinsics = intrinsicsOf(sensor.at("cam_intrinsic"));
  return parsed;
}

void parseLidarSweeps(const PickleValue& info, InfoRecord& record) {
  const PickleValue* sweeps = info.find("sweeps");
  if (!sweeps || !sweeps->isSequence()) return;
  for (const PickleValue& sweep : sweeps->items()) {
    if (sweep.isDict()) tolerating(record, [&] { record.sweeps.push_back(parseSensor(sweep, kLidarSlot)); });
  }
}

/// Lists of pictures between keyframes: only file names, a pose for all six, calibration as at the keyframe.
void parseCameraSweeps(const PickleValue& sweeps, InfoRecord& record) {
  for (const PickleValue& sweep : sweeps.items()) {
    const PickleValue* cameras = sweep.find("cams");
    if (!cameras || !cameras->isDict()) continue;
    for (const PickleEntry& entry : cameras->entries()) {
      if (!entry.key.isText()) continue;
      const auto same = std::find_if(record.keyframe.begin(), record.keyframe.end(), [&](const auto& sensor) {
        return sensor.slot < kCameraCount && cameraChannel(Camera(sensor.slot)) == entry.key.text();
      });
      if (same == record.keyframe.end()) continue;
      tolerating(record, [&] {
        InfoSensor parsed = *same;
        parsed.file = pathInDataset(entry.value.at("data_path").text());
        parsed.timestamp_us = timestampInName(parsed.file).value_or(timestampOf(sweep.at("timestamp")));
        parsed.global_from_ego = poseAt(sweep, "ego2global");
        record.sweeps.push_back(std::move(parsed));
      });
    }
  }
}

void parseScene(const PickleValue& info, InfoRecord& record) {
  record.scene_token = textAt(info, "scene_token");
  record.scene_name = textAt(info, "scene_name");
  record.location = textAt(info, "map_location");
  if (record.location.empty()) record.location = textAt(info, "location");
  if (!record.scene_name.empty()) return;
  // "./data/nuscenes/gts/scene-0103/3e8750f331d7499e9b5123e9eb70f2e2"
  std::string path = textAt(info, "occ_path");
  std::replace(path.begin(), path.end(), '\\', '/');
  const std::size_t token = path.rfind('/');
  if (token == std::string::npos || token == 0) return;
  const std::size_t scene = path.rfind('/', token - 1);
  record.scene_name = path.substr(scene == std::string::npos ? 0 : scene + 1,
                                  token - (scene == std::string::npos ? 0 : scene + 1));
}

/// How many points; 0 for what is no such number.
int pointsOf(double number) {
  return number >= 0 && number < 1e9 ? int(number) : 0;
}

InfoBox boxFrom(std::span<const double> row) {
  return {{row[0], row[1], row[2]}, {row[3], row[4], row[5]}, row[6], {0, 0}, {}, 0, 0};
}

/// The numbers behind `key` when they are `count` rows; nothing otherwise.
std::vector<double> rowsAt(const PickleValue& info, const char* key, std::size_t count, std::size_t columns) {
  const PickleValue* value = info.find(key);
  if (!value || value->isNone()) return {};
  std::vector<double> numbers = value->numbers();
  if (numbers.size() != count * columns) numbers.clear();
  return numbers;
}

/// gt_boxes, gt_names, gt_velocity, num_lidar_pts: in the lidar's frame.
void parseLidarBoxes(const PickleValue& info, const PoseRow& ego_from_lidar, const PoseRow& global_from_ego,
                     InfoRecord& record) {
  const NpyArray table = info.at("gt_boxes").array();
  const std::vector<double> numbers = table.values<double>();
  const std::vector<std::string> names = info.at("gt_names").texts();
  const std::size_t columns = names.empty() ? 7 : numbers.size() / names.size();
  if (columns < 7 || numbers.size() != names.size() * columns) {
    throw Error(
        {"A record cannot be used", {}, "seven numbers for every box", table.header().description(), {}});
  }
  const std::vector<double> velocities = rowsAt(info, "gt_velocity", names.size(), 2);
  const std::vector<double> points = rowsAt(info, "num_lidar_pts", names.size(), 1);
  const std::vector<double> radar_points = rowsAt(info, "num_radar_pts", names.size(), 1);
  record.global_from_boxes = poseOf(global_from_ego) * poseOf(ego_from_lidar);
  for (std::size_t i = 0; i < names.size(); ++i) {
    InfoBox box = boxFrom(std::span(numbers).subspan(i * columns, columns));
    box.category = categoryOf(names[i]);
    if (!velocities.empty()) box.velocity = {velocities[2 * i], velocities[2 * i + 1]};
    if (!points.empty()) box.lidar_points = pointsOf(points[i]);
    if (!radar_points.empty()) box.radar_points = pointsOf(radar_points[i]);
    record.boxes.push_back(std::move(box));
  }
}

/// ann_infos: (boxes of nine numbers, labels), in the frame of the front camera's ego.
void parseEgoBoxes(const PickleValue& annotations, const PoseRow& global_from_ego, InfoRecord& record) {
  if (!annotations.isSequence() || annotations.items().size() != 2)
    throw Error({"A record cannot be used", {}, "boxes and their labels", annotations.description(), {}});
  const std::span<const PickleValue> boxes = annotations.items()[0].items();
  const std::vector<double> labels = annotations.items()[1].numbers();
  record.global_from_boxes = poseOf(global_from_ego);
  record.boxes_are_current = true;
  for (std::size_t i = 0; i < std::min(boxes.size(), labels.size()); ++i) {
    const std::array<double, 9> row = numbersOf<9>(boxes[i]);
    InfoBox box = boxFrom(row);
    box.velocity = {row[7], row[8]};
    if (labels[i] >= 0 && labels[i] < double(kLabels.size()))
      box.category = categoryOf(kLabels[std::size_t(labels[i])]);
    record.boxes.push_back(std::move(box));
  }
}

void parseBoxes(const PickleValue& info, const PoseRow& ego_from_lidar, const PoseRow& global_from_ego,
                InfoRecord& record) {
  if (const PickleValue* boxes = info.find("gt_boxes"); boxes && boxes->isArray()) {
    parseLidarBoxes(info, ego_from_lidar, global_from_ego, record);
    return;
  }
  const auto front = std::find_if(record.keyframe.begin(), record.keyframe.end(), [](const auto& sensor) {
    return sensor.slot == std::size_t(Camera::Front);
  });
  if (const PickleValue* annotations = info.find("ann_infos"); annotations && front != record.keyframe.end())
    parseEgoBoxes(*annotations, front->global_from_ego, record);
}

}  // namespace

std::string categoryOf(std::string_view detection_class) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kNames{{
      {"car", "vehicle.car"},
      {"truck", "vehicle.truck"},
      {"construction_vehicle", "vehicle.construction"},
      {"bus", "vehicle.bus"},
      {"trailer", "vehicle.trailer"},
      {"barrier", "movable_object.barrier"},
      {"motorcycle", "vehicle.motorcycle"},
      {"bicycle", "vehicle.bicycle"},
      {"pedestrian", "human.pedestrian"},
      {"traffic_cone", "movable_object.trafficcone"},
  }};
  for (const auto& [name, category] : kNames) {
    if (name == detection_class) return std::string(category);
  }
  return std::string(detection_class);
}

std::string pathInDataset(std::string_view path) {
  std::string file(path);
  std::replace(file.begin(), file.end(), '\\', '/');
  std::size_t begin = std::string::npos;
  for (const std::string_view folder : {"samples/", "sweeps/"}) {
    const std::size_t found = file.rfind(folder);
    const bool is_part = found != std::string::npos && (found == 0 || file[found - 1] == '/');
    if (is_part && (begin == std::string::npos || found > begin)) begin = found;
  }
  if (begin != std::string::npos) return file.substr(begin);
  return file.starts_with("./") ? file.substr(2) : file;
}

InfoRecord parseRecord(const PickleValue& info) {
  InfoRecord record;
  record.token = info.at("token").text();
  record.timestamp_us = timestampOf(info.at("timestamp"));
  record.previous = textAt(info, "prev");
  record.next = textAt(info, "next");
  parseScene(info, record);
  if (const PickleValue* cameras = info.find("cams"); cameras && cameras->isDict()) {
    for (const PickleEntry& entry : cameras->entries()) {
      const std::optional<Camera> camera = entry.key.isText() ? findCamera(entry.key.text()) : std::nullopt;
      if (camera)
        tolerating(record,
                   [&] { record.keyframe.push_back(parseSensor(entry.value, std::size_t(*camera))); });
    }
  }
  if (!info.find("lidar2ego_rotation") || !info.find("ego2global_rotation")) return record;
  tolerating(record, [&] {
    const PoseRow ego_from_lidar = poseAt(info, "lidar2ego"), global_from_ego = poseAt(info, "ego2global");
    if (const PickleValue* file = info.find("lidar_path"); file && file->isText()) {
      record.keyframe.push_back({kLidarSlot,
                                 pathInDataset(file->text()),
                                 record.timestamp_us,
                                 {ego_from_lidar, {}},
                                 global_from_ego,
                                 0,
                                 0});
    }
    parseBoxes(info, ego_from_lidar, global_from_ego, record);
  });
  parseLidarSweeps(info, record);
  for (const char* key : {"prev", "next"}) {
    const PickleValue* sweeps = info.find(key);
    if (sweeps && sweeps->isSequence()) parseCameraSweeps(*sweeps, record);
  }
  return record;
}

namespace {

/// The name of a file in v1.1 stands without its folder.
std::string pathOf(const PickleValue& name, const std::string& folder) {
  std::string file = pathInDataset(name.text());
  return file.find('/') == std::string::npos ? folder + '/' + file : file;
}

/// v1.1 gives a camera's own ego pose only through lidar2cam.
InfoSensor parseImage(const PickleValue& image, std::size_t slot, const Eigen::Matrix4d& global_from_lidar) {
  InfoSensor parsed;
  parsed.slot = slot;
  parsed.file = pathOf(image.at("img_path"), "samples/" + std::string(cameraChannel(Camera(slot))));
  parsed.timestamp_us = timestampOf(image.at("timestamp"));
  const Eigen::Matrix4d ego_from_camera = matrixOf(image.at("cam2ego"));
  const Eigen::Matrix4d camera_from_lidar = matrixOf(image.at("lidar2cam"));
  parsed.calibration.ego_from_sensor = rowOf(ego_from_camera);
  parsed.calibration.intrinsics = intrinsicsOf(image.at("cam2img"));
  parsed.global_from_ego = rowOf(global_from_lidar * camera_from_lidar.inverse() * ego_from_camera.inverse());
  if (const PickleValue* width = image.find("width")) parsed.width = int(width->integer() & 0xFFFF);
  if (const PickleValue* height = image.find("height")) parsed.height = int(height->integer() & 0xFFFF);
  return parsed;
}

void parseInstances(const PickleValue& instances, const std::vector<std::string>& classes,
                    InfoRecord& record) {
  for (const PickleValue& instance : instances.items()) {
    tolerating(record, [&] {
      InfoBox box = boxFrom(numbersOf<7>(instance.at("bbox_3d")));
      if (const PickleValue* velocity = instance.find("velocity")) box.velocity = numbersOf<2>(*velocity);
      if (const PickleValue* points = instance.find("num_lidar_pts"))
        box.lidar_points = pointsOf(points->number());
      if (const PickleValue* points = instance.find("num_radar_pts"))
        box.radar_points = pointsOf(points->number());
      const std::int64_t label = instance.at("bbox_label_3d").integer();
      if (label >= 0 && std::size_t(label) < classes.size())
        box.category = categoryOf(classes[std::size_t(label)]);
      record.boxes.push_back(std::move(box));
    });
  }
  record.boxes_are_current = true;
}

void parseSweepsV11(const PickleValue& sweeps, InfoRecord& record) {
  for (const PickleValue& sweep : sweeps.items()) {
    tolerating(record, [&] {
      const PickleValue& lidar = sweep.at("lidar_points");
      InfoSensor parsed;
      parsed.file = pathOf(lidar.at("lidar_path"), "sweeps/LIDAR_TOP");
      parsed.timestamp_us = timestampOf(sweep.at("timestamp"));
      const PickleValue* ego = sweep.find("ego2global");
      parsed.global_from_ego = rowOf(matrixOf(ego ? *ego : lidar.at("ego2global")));
      parsed.calibration.ego_from_sensor = rowOf(matrixOf(lidar.at("lidar2ego")));
      record.sweeps.push_back(std::move(parsed));
    });
  }
}

}  // namespace

InfoRecord parseRecordV11(const PickleValue& info, const std::vector<std::string>& classes) {
  InfoRecord record;
  record.token = info.at("token").text();
  record.timestamp_us = timestampOf(info.at("timestamp"));
  record.previous = textAt(info, "prev");
  record.next = textAt(info, "next");
  parseScene(info, record);
  const PickleValue& lidar = info.at("lidar_points");
  const Eigen::Matrix4d global_from_ego = matrixOf(info.at("ego2global"));
  const Eigen::Matrix4d ego_from_lidar = matrixOf(lidar.at("lidar2ego"));
  const Eigen::Matrix4d global_from_lidar = global_from_ego * ego_from_lidar;
  if (const PickleValue* images = info.find("images"); images && images->isDict()) {
    for (const PickleEntry& entry : images->entries()) {
      const std::optional<Camera> camera = entry.key.isText() ? findCamera(entry.key.text()) : std::nullopt;
      if (!camera) continue;
      tolerating(record, [&] {
        record.keyframe.push_back(parseImage(entry.value, std::size_t(*camera), global_from_lidar));
      });
    }
  }
  tolerating(record, [&] {
    record.keyframe.push_back({kLidarSlot,
                               pathOf(lidar.at("lidar_path"), "samples/LIDAR_TOP"),
                               record.timestamp_us,
                               {rowOf(ego_from_lidar), {}},
                               rowOf(global_from_ego),
                               0,
                               0});
    record.global_from_boxes = poseOf(rowOf(global_from_ego)) * poseOf(rowOf(ego_from_lidar));
  });
  if (const PickleValue* instances = info.find("instances"); instances && instances->isSequence())
    parseInstances(*instances, classes, record);
  if (const PickleValue* sweeps = info.find("lidar_sweeps"); sweeps && sweeps->isSequence())
    parseSweepsV11(*sweeps, record);
  return record;
}

}  // namespace hbev
