// A small nuScenes folder as tables in memory: change a row, write it, open it.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "core/data/labels.h"

namespace hbev::test {

/// Two scenes: "scene-a" with three keyframes and a car that drives 1 m each 0.5 s, "scene-b" with one
/// keyframe. Every keyframe has six cameras and a lidar, a radar beside them and sweeps in between. Tokens
/// are plain words: "a0" is the first sample of scene-a, "a0-CAM_FRONT" its front camera's reading.
class MadeNuscenes {
 public:
  MadeNuscenes();

  /// The rows of a table, to be changed: table("ego_pose").
  nlohmann::json& table(const std::string& name) { return tables_.at(name); }
  /// The row of `table` with that token.
  nlohmann::json& row(const std::string& table, const std::string& token);
  void removeTable(const std::string& name) { tables_.erase(name); }
  /// A table as this text, whatever it is.
  void replaceTable(const std::string& name, const std::string& text) { texts_[name] = text; }
  /// The table as it would be written.
  std::string text(const std::string& name) const { return tables_.at(name).dump(1); }

  /// Writes the tables to `root`/`version`. Sensor files are not written.
  void write(const std::filesystem::path& root, const std::string& version = "v1.0-mini") const;

 private:
  void addKeyframe(const std::string& scene, int number);

  std::map<std::string, nlohmann::json> tables_;
  std::map<std::string, std::string> texts_;
};

/// A grid of free voxels with a floor of driveable surface and one car of 10 x 5 x 4 voxels that moves at (2,
/// 0) m/s.
Occupancy madeOccupancy(LabelKind kind);

/// Where labels of a keyframe belong below a data set's root.
std::filesystem::path labelsFile(LabelKind kind, const std::string& scene, const std::string& token);

}  // namespace hbev::test
