#include "core/data/infos.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/infos_record.h"
#include "core/data/infos_root.h"
#include "core/io/pickle.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kSceneGap_us = 2'000'000;  // keyframes of a scene are half a second apart

/// The list of records, and in which dialect they are.
struct Records {
  std::span<const PickleValue> items;
  bool is_v11 = false;
  std::string version;
  std::vector<std::string> classes;  ///< of v1.1's labels
};

Records recordsOf(const PickleValue& root) {
  Records records;
  const PickleValue* list = root.isSequence() ? &root : root.find("infos");
  const PickleValue* about = root.find("metadata");
  if (!list && root.find("data_list")) {
    list = root.find("data_list");
    about = root.find("metainfo");
    records.is_v11 = true;
  }
  if (!list || !list->isSequence() || list->items().empty() || !list->items()[0].find("token")) {
    throw Error({"The pickle holds no infos",
                 {},
                 "a dictionary with infos or data_list",
                 root.description(),
                 "Choose a file such as bevdetv2-nuscenes_infos_val.pkl."});
  }
  records.items = list->items();
  const PickleValue* version = about ? about->find("version") : nullptr;
  if (version && version->isText()) records.version = version->text();
  const PickleValue* categories = about ? about->find("categories") : nullptr;
  if (categories && categories->isDict()) {
    for (const PickleEntry& entry : categories->entries()) {
      if (!entry.key.isText() || !entry.value.isNumber()) continue;
      const std::int64_t label = entry.value.integer();
      if (label < 0 || label > 1000) continue;
      if (records.classes.size() <= std::size_t(label)) records.classes.resize(std::size_t(label) + 1);
      records.classes[std::size_t(label)] = entry.key.text();
    }
  }
  return records;
}

/// "n008-2018-08-01-15-16-36-0400": the drive that a lidar file's name begins with.
std::string driveOf(const InfoRecord& record) {
  for (const InfoSensor& sensor : record.keyframe) {
    const std::string name = lastName(sensor.file);
    const std::size_t end = name.find("__");
    if (end != std::string::npos) return name.substr(0, end);
  }
  return {};
}

/// Puts records into scenes. What names a scene is taken in this order: token, name, links, gaps in time.
class SceneFinder {
 public:
  explicit SceneFinder(IndexParts& parts) : parts_(parts) {}

  void assign(const std::vector<InfoRecord>& records, std::vector<std::uint32_t>& scene_of) {
    scene_of.assign(records.size(), kNoRow);
    std::vector<std::size_t> nameless;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const InfoRecord& record = records[i];
      const std::string& key = record.scene_token.empty() ? record.scene_name : record.scene_token;
      if (key.empty()) {
        nameless.push_back(i);
      } else {
        scene_of[i] = named(key, record);
      }
    }
    assignByTime(records, nameless, scene_of);
  }

 private:
  std::uint32_t named(const std::string& key, const InfoRecord& record) {
    const auto [at, is_new] = by_key_.emplace(key, std::uint32_t(parts_.scenes.size()));
    if (is_new) {
      const std::string& name = record.scene_name.empty() ? key : record.scene_name;
      parts_.scenes.push_back({key, name, "", record.location});
    }
    return at->second;
  }

  /// Without names a scene ends where a record's link leads elsewhere, the drive changes or time leaps.
  void assignByTime(const std::vector<InfoRecord>& records, std::vector<std::size_t>& nameless,
                    std::vector<std::uint32_t>& scene_of) {
    std::stable_sort(nameless.begin(), nameless.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(driveOf(records[a]), records[a].timestamp_us) <
             std::pair(driveOf(records[b]), records[b].timestamp_us);
    });
    const InfoRecord* before = nullptr;
    for (const std::size_t i : nameless) {
      const InfoRecord& record = records[i];
      const bool follows = before && (record.previous.empty() || record.previous == before->token) &&
                           (before->next.empty() || before->next == record.token) &&
                           record.timestamp_us - before->timestamp_us <= kSceneGap_us &&
                           driveOf(record) == driveOf(*before);
      if (!follows) {
        const std::string name = "part-" + std::to_string(++parts_found_);
        parts_.scenes.push_back({name, name, driveOf(record), record.location});
      }
      scene_of[i] = std::uint32_t(parts_.scenes.size() - 1);
      before = &record;
    }
    if (parts_found_ > 0) {
      parts_.issues.push_back({"The infos do not name their scenes",
                               "Keyframes were put together by their times.", std::int64_t(nameless.size())});
    }
  }

  IndexParts& parts_;
  std::unordered_map<std::string, std::uint32_t> by_key_;
  std::size_t parts_found_ = 0;
};

/// True when the boxes are in the form of mmdet3d before 1.0: width before length, and the yaw turned. Cars
/// are longer than wide, which the votes of all vehicles decide.
bool hasOldBoxes(const std::vector<InfoRecord>& records) {
  std::int64_t votes = 0;
  for (const InfoRecord& record : records) {
    if (record.boxes_are_current) continue;
    for (const InfoBox& box : record.boxes) {
      const bool is_long = box.category == "vehicle.car" || box.category == "vehicle.truck" ||
                           box.category == "vehicle.bus" || box.category == "vehicle.bicycle";
      if (is_long) votes += box.extents[0] < box.extents[1] ? 1 : -1;
    }
  }
  return votes > 0;
}

/// Copies records into rows.
class RowMaker {
 public:
  RowMaker(IndexParts& parts, bool has_old_boxes) : parts_(parts), has_old_boxes_(has_old_boxes) {
    parts_.boxes.resize(1);
  }

  void addSample(const InfoRecord& record, std::uint32_t scene) {
    sample_ = std::uint32_t(parts_.samples.size());
    scene_ = scene;
    parts_.samples.push_back({record.token, record.timestamp_us, scene});
    for (const InfoSensor& sensor : record.keyframe)
      addReading(sensor, true);
    for (const InfoBox& box : record.boxes)
      addBox(box, record.global_from_boxes);
  }

  /// After all samples: sweeps repeat, and lists of sweeps hold keyframes too.
  void addSweeps(const InfoRecord& record, std::uint32_t sample, std::uint32_t scene) {
    sample_ = sample;
    scene_ = scene;
    for (const InfoSensor& sensor : record.sweeps)
      addReading(sensor, false);
  }

 private:
  void addReading(const InfoSensor& sensor, bool is_keyframe) {
    if (!seen_.emplace(scene_, sensor.slot, sensor.timestamp_us).second && !is_keyframe) return;
    IndexParts::Reading reading;
    reading.timestamp_us = sensor.timestamp_us;
    reading.sample = sample_;
    reading.calibration = calibrationRow(sensor.calibration);
    reading.pose = std::uint32_t(parts_.poses.size());
    reading.file = parts_.files.add(sensor.file, sensor.timestamp_us);
    reading.width = sensor.width;
    reading.height = sensor.height;
    reading.slot = std::uint8_t(sensor.slot);
    reading.is_keyframe = is_keyframe;
    parts_.poses.push_back(sensor.global_from_ego);
    parts_.readings.push_back(reading);
  }

  std::uint32_t calibrationRow(const DatasetIndex::Calibration& calibration) {
    std::array<double, 16> key{};
    auto to = std::copy_n(calibration.ego_from_sensor.rotation_wxyz.begin(), 4, key.begin());
    to = std::copy_n(calibration.ego_from_sensor.translation.begin(), 3, to);
    std::copy_n(calibration.intrinsics.begin(), 9, to);
    const auto [at, is_new] = calibrations_.emplace(key, std::uint32_t(parts_.calibrations.size()));
    if (is_new) parts_.calibrations.push_back(calibration);
    return at->second;
  }

  std::uint32_t categoryRow(const std::string& category) {
    if (category.empty()) return kNoRow;
    const auto [at, is_new] = categories_.emplace(category, std::uint32_t(parts_.categories.size()));
    if (is_new) parts_.categories.push_back(category);
    return at->second;
  }

  void addBox(const InfoBox& box, const Pose& global_from_boxes) {
    const bool is_old = has_old_boxes_;
    const double yaw = is_old ? -box.yaw_rad - std::numbers::pi / 2 : box.yaw_rad;
    const auto& size = box.extents;
    // The yaw is that of a box that stands upright in global, seen from the tilted frame: the devkit takes it
    // from two numbers of the rotation matrix, and this solves for the angle that gives just these.
    const Eigen::Matrix3d m = global_from_boxes.rotationMatrix().transpose();
    const double global_yaw = yaw + std::atan2(m(0, 1), m(0, 0));
    const Eigen::Vector3d centre =
        global_from_boxes * Eigen::Vector3d(box.centre[0], box.centre[1], box.centre[2]);
    DatasetIndex::Box row;
    row.global_from_box = {{std::cos(global_yaw / 2), 0, 0, std::sin(global_yaw / 2)},
                           {centre.x(), centre.y(), centre.z()}};
    row.size_wlh = is_old ? std::array{size[0], size[1], size[2]} : std::array{size[1], size[0], size[2]};
    // Of a velocity in global's plane the file keeps two of three numbers in the tilted frame.
    const Eigen::Vector2d velocity =
        m.topLeftCorner<2, 2>().inverse() * Eigen::Vector2d(box.velocity[0], box.velocity[1]);
    row.velocity_mps.fill(std::numeric_limits<double>::quiet_NaN());
    if (velocity.allFinite()) row.velocity_mps = {velocity.x(), velocity.y()};
    row.category = categoryRow(box.category);
    row.lidar_points = box.lidar_points;
    row.radar_points = box.radar_points;
    parts_.boxes.front().push_back({row, sample_});
  }

  IndexParts& parts_;
  bool has_old_boxes_;
  std::uint32_t sample_ = 0, scene_ = 0;
  std::set<std::tuple<std::uint32_t, std::size_t, std::int64_t>> seen_;
  std::map<std::array<double, 16>, std::uint32_t> calibrations_;
  std::unordered_map<std::string, std::uint32_t> categories_;
};

/// Every record that can be read; the others are counted.
std::vector<InfoRecord> parseAll(const Records& records, std::vector<DatasetIssue>& issues,
                                 Progress* progress) {
  std::vector<InfoRecord> parsed;
  std::set<std::string> tokens;
  std::int64_t damaged_records = 0, damaged_parts = 0, doubles = 0;
  for (const PickleValue& item : records.items) {
    if (progress) progress->throwIfCancelled();
    if (progress) progress->advance();
    try {
      InfoRecord record = records.is_v11 ? parseRecordV11(item, records.classes) : parseRecord(item);
      damaged_parts += record.damaged;
      if (tokens.insert(record.token).second) {
        parsed.push_back(std::move(record));
      } else {
        ++doubles;
      }
    } catch (const Error&) {
      ++damaged_records;
    }
  }
  if (damaged_records > 0) {
    issues.push_back(
        {"Records of the infos lack token, time or poses", "They are left out.", damaged_records});
  }
  if (doubles > 0) issues.push_back({"Records of the infos repeat a token", "The first counts.", doubles});
  if (damaged_parts > 0) {
    issues.push_back(
        {"Cameras, lidars or boxes of the infos are incomplete", "They are left out.", damaged_parts});
  }
  return parsed;
}

Infos readPickledInfos(const fs::path& file, Progress* progress) {
  if (progress) progress->start("Reading " + lastName(file), 0);
  Infos infos;
  IndexParts parts;
  std::vector<InfoRecord> parsed;
  {
    const Pickle pickle = readPickle(file);  // large: gone before the rows are made
    const Records records = recordsOf(pickle.root());
    if (progress) progress->start("Reading " + lastName(file), std::int64_t(records.items.size()));
    infos.version = records.version;
    parsed = parseAll(records, parts.issues, progress);
  }
  infos.root = findInfosRoot(file, parsed, parts.issues);
  setImageSizes(infos.root, parsed);
  std::vector<std::uint32_t> scene_of;
  SceneFinder(parts).assign(parsed, scene_of);
  RowMaker maker(parts, hasOldBoxes(parsed));
  for (std::size_t i = 0; i < parsed.size(); ++i)
    maker.addSample(parsed[i], scene_of[i]);
  for (std::size_t i = 0; i < parsed.size(); ++i)
    maker.addSweeps(parsed[i], std::uint32_t(i), scene_of[i]);
  infos.index = joinIndex(std::move(parts));
  return infos;
}

}  // namespace

Infos readInfos(const fs::path& file, Progress* progress) {
  return aboutFile(file, [&] { return readPickledInfos(file, progress); });
}

bool hasInfosName(const fs::path& file) {
  const std::string name = file.filename().string();
  const std::string extension = file.extension().string();
  return (extension == ".pkl" || extension == ".pickle") && name.find("infos") != std::string::npos;
}

}  // namespace hbev
