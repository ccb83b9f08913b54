#include "core/data/tables.h"

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
  struct Row : SampleDataRow {
    bool is_key_frame = false;
  };
  readRows<Row>(
      file,
      [](Row& row, std::string_view key, od::value value) {
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
      [&](Row&& row) {
        if (row.is_key_frame) tables.sample_data.push_back(std::move(row));
      });
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

}  // namespace

bool isVersionFolder(const fs::path& folder) {
  std::error_code code;
  return fs::is_regular_file(folder / "sample.json", code) ||
         fs::is_regular_file(folder / "sample_data.json", code);
}

NuscenesTables readNuscenesTables(const fs::path& folder, Progress* progress) {
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
  return tables;
}

}  // namespace hbev
