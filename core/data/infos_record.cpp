#include "core/data/infos_record.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/data/infos_sample.h"
#include "core/data/infos_values.h"

namespace hbev {
namespace {

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
  // Infos with sweeps of cameras keep velocities relative to the car's own, which stands beside them.
  std::vector<double> ego_velocity = rowsAt(info, "velo", 1, 2);
  ego_velocity.resize(2, 0.0);
  const std::vector<double> points = rowsAt(info, "num_lidar_pts", names.size(), 1);
  const std::vector<double> radar_points = rowsAt(info, "num_radar_pts", names.size(), 1);
  record.global_from_boxes = poseOf(global_from_ego) * poseOf(ego_from_lidar);
  for (std::size_t i = 0; i < names.size(); ++i) {
    InfoBox box = boxFrom(std::span(numbers).subspan(i * columns, columns));
    box.category = categoryOf(names[i]);
    if (!velocities.empty())
      box.velocity = {velocities[2 * i] + ego_velocity[0], velocities[2 * i + 1] + ego_velocity[1]};
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
    if (labels[i] >= 0 && labels[i] < double(bevDetClasses().size()))
      box.category = categoryOf(bevDetClasses()[std::size_t(labels[i])]);
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

}  // namespace hbev
