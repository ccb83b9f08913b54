#include "core/data/large_tables.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <utility>

#include "core/data/large_vector.h"
#include "core/data/table_reader.h"

namespace hbev {
using namespace table_reader;

void addIssue(std::vector<DatasetIssue>& issues, std::string what, std::int64_t count) {
  if (count > 0) issues.push_back({std::move(what), "They are left out.", count});
}

namespace {

/// Where the rows of every chunk begin when they stand behind each other, and how many there are.
template <class Chunk, class SizeOf>
std::vector<std::size_t> offsets(const std::vector<Chunk>& chunks, const SizeOf& sizeOf) {
  std::vector<std::size_t> result{0};
  for (const Chunk& chunk : chunks)
    result.push_back(result.back() + sizeOf(chunk));
  return result;
}

struct SampleDataChunk {
  static constexpr std::array<std::string_view, 8> kNames{
      "sample_token", "ego_pose_token", "calibrated_sensor_token", "filename", "timestamp", "is_key_frame",
      "width",        "height"};
  explicit SampleDataChunk(const TableKeys& table_keys) : keys(&table_keys) { clear(); }

  void use(std::size_t field, od::value value) {
    switch (field) {
      case 0:
        sample = token(value);
        break;
      case 1:
        row.ego_pose = token(value);
        break;
      case 2:
        calibration = token(value);
        break;
      case 3:
        row.file = text(value);
        break;
      case 4:
        row.reading.timestamp_us = integer(value);
        break;
      case 5:
        row.reading.is_keyframe = flag(value);
        break;
      case 6:
        row.reading.width = smallInteger(value);
        break;
      default:
        row.reading.height = smallInteger(value);
        break;
    }
  }

  void rowDone() {
    rows.push_back(row);
    samples.push_back(sample);
    calibrations.push_back(calibration);
    clear();
  }
  void clear() {
    row = {};
    row.reading.is_keyframe = false;
    sample = calibration = {};
  }

  /// Looks the piece's tokens up together, because waits for memory then overlap.
  void pieceDone() {
    std::vector<std::uint32_t> sample_rows(rows.size()), calibration_rows(rows.size());
    keys->samples.find(samples, sample_rows);
    keys->calibrations.find(calibrations, calibration_rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].reading.sample = sample_rows[i];
      rows[i].reading.calibration = calibration_rows[i];
      keep(rows[i]);
    }
    std::vector<Row>().swap(rows);
    std::vector<Token>().swap(samples);
    std::vector<Token>().swap(calibrations);
  }

  struct Row {
    IndexParts::Reading reading;
    Token ego_pose;
    std::string_view file;  ///< lies in the parser, until it takes the next piece
  };

  void keep(Row& found) {
    IndexParts::Reading& reading = found.reading;
    if (reading.sample == kNoRow) {
      ++(reading.is_keyframe ? without_sample : damaged_sweeps);
      return;
    }
    if (reading.calibration == kNoRow) {
      ++(reading.is_keyframe ? without_calibration : damaged_sweeps);
      return;
    }
    reading.slot = keys->slots[reading.calibration];
    if (reading.slot == TableKeys::kOtherSensor) return;
    reading.file = files.add(found.file, reading.timestamp_us);
    readings.push_back(reading);
    ego_poses.push_back(found.ego_pose);
  }

  const TableKeys* keys;
  std::vector<IndexParts::Reading> readings;
  std::vector<Token> ego_poses;  ///< of readings
  FileNames files;
  std::int64_t without_sample = 0, without_calibration = 0, damaged_sweeps = 0;

  std::vector<Row> rows;  ///< of the piece that is being read
  std::vector<Token> samples, calibrations;
  Row row;
  Token sample, calibration;
};

struct EgoPoseChunk {
  static constexpr std::array<std::string_view, 3> kNames{"token", "rotation", "translation"};
  explicit EgoPoseChunk(const TokenTable& wanted_tokens) : wanted(&wanted_tokens) {}

  void use(std::size_t field, od::value value) {
    if (field == 0) key = token(value);
    if (field == 1) numbers(value, row.rotation_wxyz);
    if (field == 2) numbers(value, row.translation);
  }
  void rowDone() {
    keys.push_back(key);
    poses.push_back(row);
    key = {};
    row = {};
  }
  /// Keeps the poses that some reading names.
  void pieceDone() {
    readings.resize(keys.size());
    wanted->find(keys, readings);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (readings[i] == kNoRow) continue;
      readings[kept] = readings[i];
      poses[kept++] = poses[i];
    }
    readings.resize(kept);
    poses.resize(kept);
    poses.shrink_to_fit();
    std::vector<Token>().swap(keys);
  }

  const TokenTable* wanted;
  std::vector<Token> keys;
  std::vector<PoseRow> poses;
  std::vector<std::uint32_t> readings;  ///< the first reading that names the pose

  Token key;
  PoseRow row;
};

/// The readings of all chunks and the tokens of their poses.
std::vector<Token> gatherReadings(std::vector<SampleDataChunk> chunks, IndexParts& parts,
                                  std::int64_t& damaged_sweeps) {
  std::int64_t without_sample = 0, without_calibration = 0;
  const auto begin = offsets(chunks, [](const auto& chunk) { return chunk.readings.size(); });
  std::vector<std::vector<std::uint32_t>> files;
  for (const SampleDataChunk& chunk : chunks) {
    files.push_back(parts.files.merge(chunk.files));
    without_sample += chunk.without_sample;
    without_calibration += chunk.without_calibration;
    damaged_sweeps += chunk.damaged_sweeps;
  }
  addIssue(parts.issues, "Sensor readings name samples that sample.json does not hold", without_sample);
  addIssue(parts.issues, "Sensor readings lack their row in calibrated_sensor.json", without_calibration);
  resizeLarge(parts.readings, begin.back());
  std::vector<Token> ego_poses;
  resizeLarge(ego_poses, begin.back());
  tbb::parallel_for(std::size_t(0), chunks.size(), [&](std::size_t c) {
    SampleDataChunk& chunk = chunks[c];
    for (std::size_t i = 0; i < chunk.readings.size(); ++i) {
      IndexParts::Reading& row = parts.readings[begin[c] + i];
      row = chunk.readings[i];
      row.file = files[c][row.file];
      ego_poses[begin[c] + i] = chunk.ego_poses[i];
    }
    std::vector<IndexParts::Reading>().swap(chunk.readings);
  });
  return ego_poses;
}

/// The poses of all chunks. Returns for every reading that is the first to name its pose which one that is.
std::vector<std::uint32_t> gatherPoses(std::vector<EgoPoseChunk> chunks, IndexParts& parts) {
  const auto begin = offsets(chunks, [](const auto& chunk) { return chunk.poses.size(); });
  std::vector<std::uint32_t> pose_of(parts.readings.size(), kNoRow);
  resizeLarge(parts.poses, begin.back());
  tbb::parallel_for(std::size_t(0), chunks.size(), [&](std::size_t c) {
    EgoPoseChunk& chunk = chunks[c];
    for (std::size_t i = 0; i < chunk.poses.size(); ++i) {
      const std::uint32_t pose = std::uint32_t(begin[c] + i);
      parts.poses[pose] = chunk.poses[i];
      // Of two rows with one token the first in the file counts, whichever thread comes first.
      std::atomic_ref<std::uint32_t> link(pose_of[chunk.readings[i]]);
      std::uint32_t other = link.load(std::memory_order_relaxed);
      while (pose < other && !link.compare_exchange_weak(other, pose, std::memory_order_relaxed)) {
      }
    }
    std::vector<PoseRow>().swap(chunk.poses);
  });
  return pose_of;
}

}  // namespace

void readReadings(const Source& sample_data, const Source& ego_pose, const TableKeys& keys,
                  IndexParts& parts) {
  std::int64_t damaged_sweeps = 0, without_pose = 0;
  const TokenTable wanted(
      gatherReadings(readTable(sample_data, [&] { return SampleDataChunk(keys); }), parts, damaged_sweeps));
  const std::vector<std::uint32_t> pose_of =
      gatherPoses(readTable(ego_pose, [&] { return EgoPoseChunk(wanted); }), parts);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < parts.readings.size(); ++i) {
    IndexParts::Reading& row = parts.readings[i];
    row.pose = pose_of[i];
    if (row.pose == kNoRow) {  // another reading may have been the first to name this pose
      const std::uint32_t first = wanted.find(wanted.tokens()[i]);
      row.pose = first == kNoRow ? kNoRow : pose_of[first];
    }
    if (row.pose == kNoRow) {
      ++(row.is_keyframe ? without_pose : damaged_sweeps);
    } else {
      parts.readings[kept++] = row;
    }
  }
  parts.readings.resize(kept);
  addIssue(parts.issues, "Sensor readings lack their row in ego_pose.json", without_pose);
  addIssue(parts.issues, "Sweeps lack their sample, calibration or ego pose", damaged_sweeps);
}

namespace {

struct AnnotationChunk {
  static constexpr std::array<std::string_view, 10> kNames{
      "sample_token", "rotation", "translation",    "size",          "token",
      "prev",         "next",     "instance_token", "num_lidar_pts", "num_radar_pts"};
  explicit AnnotationChunk(const TableKeys& table_keys) : tables(&table_keys) {}

  void use(std::size_t field, od::value value) {
    DatasetIndex::Box& box = row.box;
    switch (field) {
      case 0:
        sample = token(value);
        break;
      case 1:
        numbers(value, box.global_from_box.rotation_wxyz);
        break;
      case 2:
        numbers(value, box.global_from_box.translation);
        break;
      case 3:
        numbers(value, box.size_wlh);
        break;
      case 4:
        key = token(value);
        break;
      case 5:
        previous = token(value);
        break;
      case 6:
        next = token(value);
        break;
      case 7:
        instance = token(value);
        break;
      case 8:
        box.lidar_points = smallInteger(value);
        break;
      default:
        box.radar_points = smallInteger(value);
        break;
    }
  }
  void rowDone() {
    boxes.push_back(row);
    keys.push_back(key);
    links.push_back(previous);
    links.push_back(next);
    samples.push_back(sample);
    instances.push_back(instance);
    row = {};
    key = previous = next = sample = instance = {};
  }
  void pieceDone() {
    std::vector<std::uint32_t> sample_rows(boxes.size()), instance_rows(boxes.size());
    tables->samples.find(samples, sample_rows);
    tables->instances.find(instances, instance_rows);
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      boxes[i].sample = sample_rows[i];
      if (instance_rows[i] != kNoRow) boxes[i].box.category = tables->categories[instance_rows[i]];
    }
    std::vector<Token>().swap(samples);
    std::vector<Token>().swap(instances);
  }

  const TableKeys* tables;
  std::vector<IndexParts::Box> boxes;  ///< sample is kNoRow where there is none
  std::vector<Token> keys, links;      ///< of boxes; the previous and the next of each

  std::vector<Token> samples, instances;  ///< of boxes, until the piece is done
  IndexParts::Box row;
  Token key, previous, next, sample, instance;
};

/// Where and when an object was; the time is 0 for an annotation whose sample is unknown.
struct Anchor {
  double x = 0, y = 0, time_s = 0;
};

/// By the difference of the neighbouring annotations, as the nuScenes devkit's box_velocity does; NaN when
/// they lie more than 1.5 s apart (3 s for both sides) or do not exist.
std::array<double, 2> velocity(const Anchor* before, const Anchor& here, const Anchor* after) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr std::array<double, 2> kUnknown{kNaN, kNaN};
  if (!before && !after) return kUnknown;
  const double limit_s = before && after ? 3.0 : 1.5;
  const Anchor& a = before ? *before : here;
  const Anchor& b = after ? *after : here;
  const double step_s = b.time_s - a.time_s;
  if (!(step_s > 0 && step_s <= limit_s)) return kUnknown;
  const std::array<double, 2> result{(b.x - a.x) / step_s, (b.y - a.y) / step_s};
  return std::isfinite(result[0]) && std::isfinite(result[1]) ? result : kUnknown;
}

/// The velocities of a piece's boxes, of which the first is annotation `first` of all.
void setVelocities(const TokenTable& annotations, const std::vector<Anchor>& anchors, std::size_t first,
                   AnnotationChunk& chunk) {
  constexpr std::size_t kAhead = 16;
  std::vector<std::uint32_t> found(chunk.links.size());
  annotations.find(chunk.links, found);
  const auto neighbour = [&](std::uint32_t row) { return row == kNoRow ? nullptr : &anchors[row]; };
  for (std::size_t i = 0; i < chunk.boxes.size(); ++i) {
    for (std::size_t j = 2 * (i + kAhead); j < std::min(2 * (i + kAhead + 1), found.size()); ++j)
      __builtin_prefetch(neighbour(found[j]));
    chunk.boxes[i].box.velocity_mps =
        velocity(neighbour(found[2 * i]), anchors[first + i], neighbour(found[2 * i + 1]));
  }
}

}  // namespace

void readBoxes(const Source& sample_annotation, const TableKeys& keys, IndexParts& parts) {
  std::vector<AnnotationChunk> chunks = readTable(sample_annotation, [&] { return AnnotationChunk(keys); });
  const auto begin = offsets(chunks, [](const auto& chunk) { return chunk.boxes.size(); });
  std::vector<Token> tokens;
  std::vector<Anchor> anchors;
  resizeLarge(tokens, begin.back());
  resizeLarge(anchors, begin.back());
  tbb::parallel_for(std::size_t(0), chunks.size(), [&](std::size_t c) {
    std::size_t at = begin[c];
    for (const IndexParts::Box& row : chunks[c].boxes) {
      const auto& center = row.box.global_from_box.translation;
      const double time_s =
          row.sample == kNoRow ? 0.0 : double(parts.samples[row.sample].timestamp_us) * 1e-6;
      anchors[at++] = {center[0], center[1], time_s};
    }
    std::copy(chunks[c].keys.begin(), chunks[c].keys.end(), tokens.begin() + std::ptrdiff_t(begin[c]));
    std::vector<Token>().swap(chunks[c].keys);
  });
  const TokenTable annotations(std::move(tokens));
  parts.boxes.resize(chunks.size());
  tbb::parallel_for(std::size_t(0), chunks.size(), [&](std::size_t c) {
    setVelocities(annotations, anchors, begin[c], chunks[c]);
    std::vector<Token>().swap(chunks[c].links);
    std::erase_if(chunks[c].boxes, [](const IndexParts::Box& row) { return row.sample == kNoRow; });
    parts.boxes[c] = std::move(chunks[c].boxes);
  });
}

}  // namespace hbev
