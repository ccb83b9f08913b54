#include "core/data/tables.h"

#include <cmath>
#include <limits>
#include <optional>
#include <simdjson.h>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {
namespace fs = std::filesystem;
namespace od = simdjson::ondemand;

namespace {

Error damaged(const fs::path& file, std::size_t row, const std::string& found) {
  return Error({file.filename().string() + " cannot be read", file,
                "a JSON array of objects, as nuScenes writes it", fmt::format("{} near row {}", found, row),
                "Copy or unpack the file again."});
}

/// Calls `use(key, value)` for every field of every row and `rowDone()` after each row.
template <class Use, class RowDone>
void readTable(const fs::path& file, const Use& use, const RowDone& rowDone) {
  simdjson::padded_string text;
  if (const auto error = simdjson::padded_string::load(file.string()).get(text)) {
    throw Error({file.filename().string() + " cannot be read",
                 file,
                 {},
                 simdjson::error_message(error),
                 "Check that the file exists and its permissions."});
  }
  std::size_t row = 0;
  try {
    od::parser parser;
    od::document document = parser.iterate(text);
    for (od::object object : document.get_array()) {
      for (od::field field : object) {
        const std::string_view key = field.unescaped_key();
        use(key, field.value());
      }
      rowDone();
      ++row;
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      throw damaged(file, row, "more text after the array");
  } catch (const simdjson::simdjson_error& error) {
    throw damaged(file, row, error.what());
  }
}

/// A number, or NaN for anything else: null, NaN, a word.
double number(od::value value) {
  double result;
  return value.get_double().get(result) ? std::numeric_limits<double>::quiet_NaN() : result;
}

std::string text(od::value value) {
  std::string_view view;
  return value.get_string().get(view) ? std::string() : std::string(view);
}

Token token(od::value value) {
  std::string_view view;
  return value.get_string().get(view) ? Token() : Token::parse(view);
}

std::int64_t integer(od::value value) {
  const double result = number(value);  // some writers give time stamps as 1.5e15; exact up to 2^53
  return result > -9e15 && result < 9e15 ? std::int64_t(result) : 0;
}

/// A count or size; 0 for what is none.
int smallInteger(od::value value) {
  const std::int64_t result = integer(value);
  return result > 0 && result <= std::numeric_limits<int>::max() ? int(result) : 0;
}

/// Fills `target` from an array of numbers (nested arrays in order); what is not given is NaN, an empty array
/// zeros.
template <std::size_t N>
void numbers(od::value value, std::array<double, N>& target) {
  od::array list;
  if (value.get_array().get(list)) {
    target.fill(std::numeric_limits<double>::quiet_NaN());
    return;
  }
  std::size_t count = 0;
  const auto put = [&](double entry) {
    if (count < N) target[count] = entry;
    ++count;
  };
  for (od::value entry : list) {
    od::json_type type;
    if (entry.type().get(type) ||
        type != od::json_type::array) {  // a bare NaN, as Python writes it, has no type
      put(number(entry));
      continue;
    }
    for (od::value inner : entry.get_array())
      put(number(inner));
  }
  if (count == 0) return target.fill(0.0);
  if (count != N) target.fill(std::numeric_limits<double>::quiet_NaN());
}

bool poseField(std::string_view key, od::value value, PoseRow& pose) {
  if (key == "rotation") return numbers(value, pose.rotation_wxyz), true;
  if (key == "translation") return numbers(value, pose.translation), true;
  return false;
}

/// A table whose rows are turned into `Row`s; `keep` may refuse a row.
template <class Row, class Use, class Keep>
void readRows(const fs::path& file, const Use& use, const Keep& keep) {
  Row row;
  readTable(
      file, [&](std::string_view key, od::value value) { use(row, key, value); },
      [&] {
        keep(std::move(row));
        row = Row();
      });
}

void readScenes(const fs::path& file, NuscenesTables& tables) {
  readRows<SceneRow>(
      file,
      [](SceneRow& row, std::string_view key, od::value value) {
        if (key == "token") {
          row.token = text(value);
          row.key = Token::parse(row.token);
        }
        if (key == "log_token") row.log = token(value);
        if (key == "name") row.name = text(value);
        if (key == "description") row.description = text(value);
      },
      [&](SceneRow&& row) { tables.scenes.push_back(std::move(row)); });
}

void readSamples(const fs::path& file, NuscenesTables& tables) {
  readRows<SampleRow>(
      file,
      [](SampleRow& row, std::string_view key, od::value value) {
        if (key == "token") {
          row.token = text(value);
          row.key = Token::parse(row.token);
        }
        if (key == "scene_token") row.scene = token(value);
        if (key == "timestamp") row.timestamp_us = integer(value);
      },
      [&](SampleRow&& row) { tables.samples.push_back(std::move(row)); });
}

void readSampleData(const fs::path& file, NuscenesTables& tables) {
  readRows<SampleDataRow>(
      file,
      [](SampleDataRow& row, std::string_view key, od::value value) {
        if (key == "sample_token") row.sample = token(value);
        if (key == "ego_pose_token") row.ego_pose = token(value);
        if (key == "calibrated_sensor_token") row.calibrated_sensor = token(value);
        if (key == "filename") row.file = text(value);
        if (key == "timestamp") row.timestamp_us = integer(value);
        if (key == "width") row.width = smallInteger(value);
        if (key == "height") row.height = smallInteger(value);
        if (key == "is_key_frame") {
          bool flag = false;
          row.is_key_frame = !value.get_bool().get(flag) && flag;
        }
      },
      [&](SampleDataRow&& row) { tables.sample_data.push_back(std::move(row)); });
}

void readEgoPoses(const fs::path& file, NuscenesTables& tables) {
  std::unordered_set<Token> wanted;
  for (const SampleDataRow& row : tables.sample_data)
    wanted.insert(row.ego_pose);
  struct Row : PoseRow {
    Token key;
  };
  readRows<Row>(
      file,
      [](Row& row, std::string_view key, od::value value) {
        if (!poseField(key, value, row) && key == "token") row.key = token(value);
      },
      [&](Row&& row) {
        if (wanted.contains(row.key)) tables.ego_poses.emplace(row.key, row);
      });
}

void readCalibratedSensors(const fs::path& file, NuscenesTables& tables) {
  readRows<CalibratedSensorRow>(
      file,
      [](CalibratedSensorRow& row, std::string_view key, od::value value) {
        if (poseField(key, value, row.ego_from_sensor)) return;
        if (key == "token") row.key = token(value);
        if (key == "sensor_token") row.sensor = token(value);
        if (key == "camera_intrinsic") numbers(value, row.intrinsics);
      },
      [&](CalibratedSensorRow&& row) { tables.calibrated_sensors.push_back(row); });
}

std::vector<AnnotationRow> readAnnotations(const fs::path& file) {
  std::vector<AnnotationRow> rows;
  readRows<AnnotationRow>(
      file,
      [](AnnotationRow& row, std::string_view key, od::value value) {
        if (poseField(key, value, row.global_from_box)) return;
        if (key == "token") row.key = token(value);
        if (key == "sample_token") row.sample = token(value);
        if (key == "instance_token") row.instance = token(value);
        if (key == "prev") row.previous = token(value);
        if (key == "next") row.next = token(value);
        if (key == "size") numbers(value, row.size_wlh);
        if (key == "num_lidar_pts") row.lidar_points = smallInteger(value);
      },
      [&](AnnotationRow&& row) { rows.push_back(row); });
  return rows;
}

/// A table of which one text per row is wanted.
std::unordered_map<Token, std::string> readNames(const fs::path& file, std::string_view field) {
  std::unordered_map<Token, std::string> names;
  readRows<std::pair<Token, std::string>>(
      file,
      [field](auto& row, std::string_view key, od::value value) {
        if (key == "token") row.first = token(value);
        if (key == field) row.second = text(value);
      },
      [&](auto&& row) { names.insert(std::move(row)); });
  return names;
}

/// From instances' category tokens and categories' names to instances' category names.
std::unordered_map<Token, std::string> joinCategories(
    const std::unordered_map<Token, std::string>& category_of,
    const std::unordered_map<Token, std::string>& names) {
  std::unordered_map<Token, std::string> categories;
  for (const auto& [instance, category] : category_of) {
    const auto found = names.find(Token::parse(category));
    if (found != names.end()) categories.emplace(instance, found->second);
  }
  return categories;
}

const char* consequenceWithout(const std::string& table) {
  if (table == "log.json") return "Locations are unknown.";
  return table == "sample_annotation.json" ? "There are no boxes." : "Boxes have no class.";
}

IndexParts join(const NuscenesTables& rows) {
  IndexParts parts;
  auto& issues = parts.issues;
  for (const std::string& absent : rows.absent)
    issues.push_back({absent + " is missing", consequenceWithout(absent)});
  for (const Problem& problem : rows.damaged)
    issues.push_back(
        {problem.summary + " (" + problem.found + ")", consequenceWithout(problem.file.filename().string())});
  std::unordered_map<Token, std::uint32_t> scene_of, sample_of, calibration_of, pose_of, annotation_of,
      category_of;
  for (const SceneRow& row : rows.scenes) {
    const auto location = rows.locations.find(row.log);
    scene_of.emplace(row.key, std::uint32_t(parts.scenes.size()));
    parts.scenes.push_back(
        {row.token, row.name, row.description, location == rows.locations.end() ? "" : location->second});
  }
  std::int64_t orphans = 0, nameless = 0;
  for (const SampleRow& row : rows.samples) {
    const auto scene = scene_of.find(row.scene);
    if (row.key.isNull())
      ++nameless;
    else if (scene == scene_of.end())
      ++orphans;
    else {
      sample_of.emplace(row.key, std::uint32_t(parts.samples.size()));
      parts.samples.push_back({row.token, row.timestamp_us, scene->second});
    }
  }
  if (nameless > 0) issues.push_back({"Samples have no token", "They are left out.", nameless});
  if (orphans > 0)
    issues.push_back({"Samples name scenes that scene.json does not hold", "They are left out.", orphans});
  std::vector<std::size_t> slots;
  for (const CalibratedSensorRow& row : rows.calibrated_sensors) {
    const auto channel = rows.channels.find(row.sensor);
    const std::string name = channel == rows.channels.end() ? "" : channel->second;
    const std::optional<Camera> camera = findCamera(name);
    calibration_of.emplace(row.key, std::uint32_t(slots.size()));
    slots.push_back(camera ? std::size_t(*camera) : name == "LIDAR_TOP" ? kLidarSlot : kSlotCount);
    parts.calibrations.push_back({row.ego_from_sensor, row.intrinsics});
  }
  std::int64_t no_sample = 0, no_calibration = 0, no_pose = 0, sweeps = 0;
  for (const SampleDataRow& row : rows.sample_data) {
    const auto sample = sample_of.find(row.sample);
    const auto calibration = calibration_of.find(row.calibrated_sensor);
    const auto pose = rows.ego_poses.find(row.ego_pose);
    if (sample == sample_of.end()) {
      ++(row.is_key_frame ? no_sample : sweeps);
      continue;
    }
    if (calibration == calibration_of.end()) {
      ++(row.is_key_frame ? no_calibration : sweeps);
      continue;
    }
    if (slots[calibration->second] == kSlotCount) continue;
    if (pose == rows.ego_poses.end()) {
      ++(row.is_key_frame ? no_pose : sweeps);
      continue;
    }
    const auto [place, is_new] = pose_of.emplace(row.ego_pose, std::uint32_t(parts.poses.size()));
    if (is_new) parts.poses.push_back(pose->second);
    parts.readings.push_back({row.timestamp_us, sample->second, calibration->second, place->second,
                              parts.files.add(row.file, row.timestamp_us), row.width, row.height,
                              std::uint8_t(slots[calibration->second]), row.is_key_frame});
  }
  if (no_sample > 0)
    issues.push_back(
        {"Sensor readings name samples that sample.json does not hold", "They are left out.", no_sample});
  if (no_calibration > 0)
    issues.push_back(
        {"Sensor readings lack their row in calibrated_sensor.json", "They are left out.", no_calibration});
  if (no_pose > 0)
    issues.push_back({"Sensor readings lack their row in ego_pose.json", "They are left out.", no_pose});
  if (sweeps > 0)
    issues.push_back({"Sweeps lack their sample, calibration or ego pose", "They are left out.", sweeps});
  for (std::uint32_t i = 0; i < rows.annotations.size(); ++i)
    annotation_of.emplace(rows.annotations[i].key, i);
  const auto time_s = [&](const AnnotationRow& at) {
    const auto found = sample_of.find(at.sample);
    return found == sample_of.end() ? 0.0 : double(parts.samples[found->second].timestamp_us) * 1e-6;
  };
  std::unordered_map<std::string, std::uint32_t> number_of;
  for (const AnnotationRow& row : rows.annotations) {
    const auto sample = sample_of.find(row.sample);
    if (sample == sample_of.end()) continue;
    DatasetIndex::Box box{row.global_from_box, row.size_wlh, {0, 0}, kNoRow, row.lidar_points};
    const auto category = rows.categories.find(row.instance);
    if (category != rows.categories.end()) {
      const auto [number, is_new] =
          number_of.emplace(category->second, std::uint32_t(parts.categories.size()));
      if (is_new) parts.categories.push_back(category->second);
      box.category = number->second;
    }
    const auto neighbour = [&](const Token& token) -> const AnnotationRow* {
      const auto found = annotation_of.find(token);
      return token.isNull() || found == annotation_of.end() ? nullptr : &rows.annotations[found->second];
    };
    const AnnotationRow* before = neighbour(row.previous);
    const AnnotationRow* after = neighbour(row.next);
    const double limit_s = before && after ? 3.0 : 1.5;
    if (!before) before = &row;
    if (!after) after = &row;
    const double step_s = time_s(*after) - time_s(*before);
    const auto& a = before->global_from_box.translation;
    const auto& b = after->global_from_box.translation;
    const std::array<double, 2> velocity{(b[0] - a[0]) / step_s, (b[1] - a[1]) / step_s};
    if (step_s > 0 && step_s <= limit_s && std::isfinite(velocity[0]) && std::isfinite(velocity[1]))
      box.velocity_mps = velocity;
    parts.boxes.push_back({box, sample->second});
  }
  return parts;
}

}  // namespace

bool isVersionFolder(const fs::path& folder) {
  std::error_code code;
  return fs::is_regular_file(folder / "sample.json", code) ||
         fs::is_regular_file(folder / "sample_data.json", code);
}

IndexParts readNuscenesTables(const fs::path& folder, Progress* progress) {
  for (const char* name : {"scene", "sample", "sample_data", "ego_pose", "calibrated_sensor", "sensor"}) {
    std::error_code code;
    const fs::path file = folder / (std::string(name) + ".json");
    if (!fs::is_regular_file(file, code)) {
      throw Error({fmt::format("The table {}.json is missing", name), file, "a nuScenes table",
                   "nothing there", "Unpack the data set's metadata archive again."});
    }
  }
  NuscenesTables tables;
  if (progress) progress->start("Reading tables", 9);
  const auto step = [&](const auto& read) {
    if (progress) progress->throwIfCancelled();
    read();
    if (progress) progress->advance();
  };
  // What such a table had given before it broke is thrown away: half of the boxes would mislead.
  const auto optional = [&](const char* name, auto& target, const auto& read) {
    std::error_code code;
    if (!fs::is_regular_file(folder / name, code)) {
      tables.absent.emplace_back(name);
      return;
    }
    try {
      target = read(folder / name);
    } catch (const Error& error) {
      tables.damaged.push_back(error.problem());
    }
  };
  step([&] { readScenes(folder / "scene.json", tables); });
  step([&] { readSamples(folder / "sample.json", tables); });
  step([&] { readSampleData(folder / "sample_data.json", tables); });
  step([&] { readEgoPoses(folder / "ego_pose.json", tables); });
  step([&] { readCalibratedSensors(folder / "calibrated_sensor.json", tables); });
  step([&] { tables.channels = readNames(folder / "sensor.json", "channel"); });
  step([&] {
    optional("log.json", tables.locations, [](const fs::path& file) { return readNames(file, "location"); });
  });
  step([&] { optional("sample_annotation.json", tables.annotations, readAnnotations); });
  step([&] {
    std::unordered_map<Token, std::string> category_of, names;
    optional("instance.json", category_of,
             [](const fs::path& file) { return readNames(file, "category_token"); });
    optional("category.json", names, [](const fs::path& file) { return readNames(file, "name"); });
    tables.categories = joinCategories(category_of, names);
  });
  return join(tables);
}

}  // namespace hbev
