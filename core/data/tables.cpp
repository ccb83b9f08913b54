#include "core/data/tables.h"

#include <array>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include <tbb/parallel_invoke.h>

#include "core/base/error.h"
#include "core/data/large_tables.h"
#include "core/data/table_reader.h"

namespace hbev {
namespace fs = std::filesystem;
using namespace table_reader;

namespace {

/// Rows as they stand in the table.
template <class Row>
struct RowChunk {
  static constexpr const auto& kNames = Row::kNames;

  void use(std::size_t name, od::value value) { row.use(name, value); }
  void rowDone() {
    rows.push_back(std::move(row));
    row = Row();
  }
  void pieceDone() {}

  std::vector<Row> rows;
  Row row;
};

template <class Row>
std::vector<Row> readRows(const Source& source) {
  std::vector<Row> rows;
  for (auto& chunk : readTable(source, [] { return RowChunk<Row>(); }))
    std::move(chunk.rows.begin(), chunk.rows.end(), std::back_inserter(rows));
  return rows;
}

struct SceneRow {
  static constexpr std::array<std::string_view, 4> kNames{"token", "log_token", "name", "description"};
  std::string token, name, description;
  Token log;

  void use(std::size_t field, od::value value) {
    if (field == 0) token = text(value);
    if (field == 1) log = table_reader::token(value);
    if (field == 2) name = text(value);
    if (field == 3) description = text(value);
  }
};

struct SampleRow {
  static constexpr std::array<std::string_view, 3> kNames{"token", "scene_token", "timestamp"};
  std::string token;
  Token scene;
  std::int64_t timestamp_us = 0;

  void use(std::size_t field, od::value value) {
    if (field == 0) token = text(value);
    if (field == 1) scene = table_reader::token(value);
    if (field == 2) timestamp_us = integer(value);
  }
};

struct CalibrationRow {
  static constexpr std::array<std::string_view, 5> kNames{"token", "sensor_token", "rotation", "translation",
                                                          "camera_intrinsic"};
  Token key, sensor;
  DatasetIndex::Calibration calibration;

  void use(std::size_t field, od::value value) {
    if (field == 0) key = table_reader::token(value);
    if (field == 1) sensor = table_reader::token(value);
    if (field == 2) numbers(value, calibration.ego_from_sensor.rotation_wxyz);
    if (field == 3) numbers(value, calibration.ego_from_sensor.translation);
    if (field == 4) numbers(value, calibration.intrinsics);
  }
};

/// A row of which one text is wanted.
template <const std::string_view& kField>
struct NameRow {
  static constexpr std::array<std::string_view, 2> kNames{"token", kField};
  Token key;
  std::string name;

  void use(std::size_t field, od::value value) {
    if (field == 0) key = table_reader::token(value);
    if (field == 1) name = text(value);
  }
};
constexpr std::string_view kChannel = "channel", kLocation = "location", kName = "name";

struct InstanceRow {
  static constexpr std::array<std::string_view, 2> kNames{"token", "category_token"};
  Token key, category;

  void use(std::size_t field, od::value value) { (field == 0 ? key : category) = table_reader::token(value); }
};

template <class Row>
TokenTable tableOfKeys(const std::vector<Row>& rows) {
  std::vector<Token> keys;
  keys.reserve(rows.size());
  for (const Row& row : rows)
    keys.push_back(row.key);
  return TokenTable(std::move(keys));
}

std::string consequenceWithout(std::string_view table) {
  if (table == "log.json") return "Locations are unknown.";
  return table == "sample_annotation.json" ? "There are no boxes." : "Boxes have no class.";
}

/// Runs both to their ends, each in the other's pauses, and then throws what the first of them threw. (TBB
/// alone would call off the loops within the other one.)
template <class First, class Second>
void atOnce(const First& first, const Second& second) {
  std::array<std::exception_ptr, 2> failures;
  const auto run = [](const auto& work, std::exception_ptr& failure) {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  };
  tbb::parallel_invoke([&] { run(first, failures[0]); }, [&] { run(second, failures[1]); });
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

/// Reads one folder: the small tables into hash tables, then the large ones, whose rows find their partners
/// there.
class TablesReader {
 public:
  TablesReader(const fs::path& folder, Progress* progress, std::size_t piece_bytes)
      : folder_(folder), progress_(progress, totalBytes(folder)), piece_bytes_(piece_bytes) {}

  IndexParts read() {
    readScenes();
    readSamples();
    readCalibrations();
    readCategories();
    atOnce([&] { readReadings(sourceOf("sample_data.json"), sourceOf("ego_pose.json"), keys_, parts_); },
           [&] {
             readOptional("sample_annotation.json",
                          [&](const Source& source) { readBoxes(source, keys_, parts_); });
           });
    progress_.finish();
    putIssuesInOrder();
    return std::move(parts_);
  }

 private:
  static std::uint64_t totalBytes(const fs::path& folder) {
    std::uint64_t total = 0;
    for (const NuscenesTable& table : kNuscenesTables) {
      std::error_code code;
      const std::uintmax_t bytes = fs::file_size(folder / table.file, code);
      if (!code) total += bytes;
    }
    return total;
  }
  Source sourceOf(std::string_view table) { return {folder_ / table, piece_bytes_, &progress_}; }

  /// What such a table had given before it broke is thrown away: half of the boxes would mislead.
  template <class Read>
  void readOptional(std::string_view table, const Read& read) {
    const Source source = sourceOf(table);
    std::error_code code;
    if (!fs::is_regular_file(source.file, code)) {
      absent_.push_back({std::string(table) + " is missing", consequenceWithout(table)});
      return;
    }
    try {
      read(source);
    } catch (const Error& error) {
      const Problem& problem = error.problem();
      damaged_.push_back({problem.summary + " (" + problem.found + ")", consequenceWithout(table)});
    }
  }

  void readScenes() {
    std::vector<NameRow<kLocation>> logs;
    readOptional("log.json", [&](const Source& source) { logs = readRows<NameRow<kLocation>>(source); });
    const TokenTable log_of = tableOfKeys(logs);
    std::vector<Token> keys;
    for (SceneRow& row : readRows<SceneRow>(sourceOf("scene.json"))) {
      const std::uint32_t log = log_of.find(row.log);
      keys.push_back(Token::parse(row.token));
      parts_.scenes.push_back({std::move(row.token), std::move(row.name), std::move(row.description),
                               log == kNoRow ? std::string() : logs[log].name});
    }
    scene_of_ = TokenTable(std::move(keys));
  }

  void readSamples() {
    std::int64_t orphans = 0, nameless = 0;
    std::vector<Token> keys;
    for (SampleRow& row : readRows<SampleRow>(sourceOf("sample.json"))) {
      const Token key = Token::parse(row.token);
      const std::uint32_t scene = scene_of_.find(row.scene);
      if (key.isNull()) {  // its labels and predictions could not be found
        ++nameless;
      } else if (scene == kNoRow) {
        ++orphans;
      } else {
        keys.push_back(key);
        parts_.samples.push_back({std::move(row.token), row.timestamp_us, scene});
      }
    }
    keys_.samples = TokenTable(std::move(keys));
    addIssue(parts_.issues, "Samples have no token", nameless);
    addIssue(parts_.issues, "Samples name scenes that scene.json does not hold", orphans);
  }

  void readCalibrations() {
    const auto sensors = readRows<NameRow<kChannel>>(sourceOf("sensor.json"));
    const TokenTable sensor_of = tableOfKeys(sensors);
    const auto rows = readRows<CalibrationRow>(sourceOf("calibrated_sensor.json"));
    for (const CalibrationRow& row : rows) {
      const std::uint32_t sensor = sensor_of.find(row.sensor);
      const std::string name = sensor == kNoRow ? std::string() : sensors[sensor].name;
      const std::optional<Camera> camera = findCamera(name);
      keys_.slots.push_back(camera                ? std::uint8_t(*camera)
                            : name == "LIDAR_TOP" ? std::uint8_t(kLidarSlot)
                                                  : TableKeys::kOtherSensor);
      parts_.calibrations.push_back(row.calibration);
    }
    keys_.calibrations = tableOfKeys(rows);
  }

  void readCategories() {
    std::vector<InstanceRow> instances;
    std::vector<NameRow<kName>> categories;
    readOptional("instance.json", [&](const Source& source) { instances = readRows<InstanceRow>(source); });
    readOptional("category.json",
                 [&](const Source& source) { categories = readRows<NameRow<kName>>(source); });
    std::map<std::string, std::uint32_t> number_of;
    std::vector<std::uint32_t> numbers;
    for (const auto& row : categories) {
      const auto [number, is_new] = number_of.emplace(row.name, std::uint32_t(parts_.categories.size()));
      if (is_new) parts_.categories.push_back(row.name);
      numbers.push_back(number->second);
    }
    const TokenTable category_of = tableOfKeys(categories);
    for (const InstanceRow& row : instances) {
      const std::uint32_t category = category_of.find(row.category);
      keys_.categories.push_back(category == kNoRow ? kNoRow : numbers[category]);
    }
    keys_.instances = tableOfKeys(instances);
  }

  /// Tables first, in the order in which people know them, then broken links.
  void putIssuesInOrder() {
    std::vector<DatasetIssue> issues;
    for (auto* list : {&absent_, &damaged_, &parts_.issues})
      std::move(list->begin(), list->end(), std::back_inserter(issues));
    parts_.issues = std::move(issues);
  }

  fs::path folder_;
  ByteProgress progress_;
  std::size_t piece_bytes_;
  IndexParts parts_;
  TokenTable scene_of_;
  TableKeys keys_;
  std::vector<DatasetIssue> absent_, damaged_;
};

}  // namespace

bool isVersionFolder(const fs::path& folder) {
  std::error_code code;
  return fs::is_regular_file(folder / "sample.json", code) ||
         fs::is_regular_file(folder / "sample_data.json", code);
}

IndexParts readNuscenesTables(const fs::path& folder, Progress* progress, std::size_t piece_bytes) {
  for (const NuscenesTable& table : kNuscenesTables) {
    std::error_code code;
    if (!table.is_needed || fs::is_regular_file(folder / table.file, code)) continue;
    throw Error({"The table " + std::string(table.file) + " is missing", folder / table.file,
                 "a nuScenes table", "nothing there", "Unpack the data set's metadata archive again."});
  }
  return TablesReader(folder, progress, piece_bytes).read();
}

}  // namespace hbev
