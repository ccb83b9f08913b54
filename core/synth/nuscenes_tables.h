// The thirteen nuScenes tables, filled row by row and linked when they are written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/geometry/box.h"
#include "core/synth/rig.h"

namespace hbev::synth {

/// 32 hex digits, the same for the same seed and text.
std::string tokenOf(std::uint64_t seed, std::string_view text);

struct Recording {
  std::string token;  ///< also of its ego pose
  std::string sample_token;
  std::string calibration_token;
  std::int64_t timestamp_us = 0;
  bool is_keyframe = true;
  int width = 0;  ///< px, 0 for the lidar
  int height = 0;
  std::string file;  ///< relative to the data set
  Pose global_from_ego;
};

struct Annotation {
  std::string token;
  std::string sample_token;
  OrientedBox global_box;
  std::string attribute;  ///< "" for none
  int visibility = 4;     ///< 1 (below 40 %) to 4 (above 80 %)
  int lidar_points = 0;
};

class NuscenesTables {
 public:
  explicit NuscenesTables(std::uint64_t seed);

  std::string token(std::string_view text) const { return tokenOf(seed_, text); }
  /// Adds a log and the map of its location.
  void addLog(const std::string& token, const std::string& logfile, const std::string& location);
  void addScene(const std::string& token, const std::string& name, const std::string& description,
                const std::string& log_token, const std::vector<std::string>& samples,
                const std::vector<std::int64_t>& timestamps_us);
  void addCalibration(const std::string& token, const SensorMount& mount);
  /// Everything one sensor recorded in a scene, in time order.
  void addRecordings(const std::vector<Recording>& recordings);
  /// One object with all its annotations in time order; nothing when there are none.
  void addInstance(const std::string& token, std::string_view category,
                   const std::vector<Annotation>& annotations);

  /// The file of a location's map, relative to the data set.
  std::string mapFile(const std::string& location) const;
  /// Writes the tables as JSON into `folder`.
  void write(const std::filesystem::path& folder) const;

 private:
  using Rows = nlohmann::ordered_json;
  Rows& rows(const std::string& table) { return tables_.at(table); }

  std::uint64_t seed_;
  std::map<std::string, Rows> tables_;
  std::map<std::string, std::vector<std::string>> logs_by_location_;
};

}  // namespace hbev::synth
