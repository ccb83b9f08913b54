// The rows of nuScenes' JSON tables that keyframes are made of. Source: nuScenes schema v1.0.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/dataset_index.h"
#include "core/data/token.h"

namespace hbev {

struct SceneRow {
  Token key, log;
  std::string token, name, description;
};
struct SampleRow {
  Token key, scene;
  std::string token;
  std::int64_t timestamp_us = 0;
};
struct SampleDataRow {
  Token sample, ego_pose, calibrated_sensor;
  std::string file;
  std::int64_t timestamp_us = 0;
  int width = 0, height = 0;
  bool is_key_frame = false;
};
struct CalibratedSensorRow {
  Token key, sensor;
  PoseRow ego_from_sensor;
  std::array<double, 9> intrinsics{};  ///< row-major; all zero for a lidar
};
struct AnnotationRow {
  Token key, sample, instance, previous, next;
  PoseRow global_from_box;
  std::array<double, 3> size_wlh{0, 0, 0};
  int lidar_points = 0;
};

/// All that is needed to make keyframes, after reading; rows of other time stamps than keyframes are not
/// kept.
struct NuscenesTables {
  std::vector<SceneRow> scenes;
  std::vector<SampleRow> samples;
  std::vector<SampleDataRow> sample_data;  ///< keyframes of the six cameras and LIDAR_TOP and other sensors
  std::unordered_map<Token, PoseRow> ego_poses;  ///< those that sample_data names
  std::vector<CalibratedSensorRow> calibrated_sensors;
  std::unordered_map<Token, std::string> channels;   ///< of sensors
  std::unordered_map<Token, std::string> locations;  ///< of logs
  std::vector<AnnotationRow> annotations;
  std::unordered_map<Token, std::string> categories;  ///< of instances
  std::vector<std::string> absent;                    ///< files of tables that are missing but not needed
  std::vector<Problem> damaged;                       ///< tables that are not needed and cannot be read
};

/// Reads the tables in a version folder ("v1.0-mini"). Throws Error: a table that is needed is absent or no
/// JSON array of objects (file and row are named). A number that is no number becomes NaN, for whoever uses
/// the row.
IndexParts readNuscenesTables(const std::filesystem::path& folder, Progress* progress);

/// True when `folder` holds the table that every version has (sample.json).
bool isVersionFolder(const std::filesystem::path& folder);

}  // namespace hbev
