// The reference's golden numbers: the folder in HBEV_PARITY_DIR, or tests/data/parity. Nothing about its
// scenes, class lists or origins is assumed; they are read from the files.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/data/occupancy.h"
#include "core/eval/ray_iou.h"
#include "core/io/npz.h"

namespace hbev::test {

std::filesystem::path parityFolder();
/// Whether HBEV_PARITY_DIR names another folder than the project's own.
bool otherFolderGiven();
/// Which of these files the folder in HBEV_PARITY_DIR lacks, as a sentence to skip a test with. Empty when it
/// lacks none, and of the project's own folder, which must have them: there their absence is a failure.
std::string lackingFiles(std::initializer_list<const char*> files);

/// rayiou.npz and rayiou.json.
class RayGoldens {
 public:
  RayGoldens();

  /// lackingFiles() of these two.
  static std::string lacking() { return lackingFiles({"rayiou.npz", "rayiou.json"}); }

  const NpzReader& arrays() const { return arrays_; }
  const nlohmann::json& numbers() const { return numbers_; }

  /// Class sets that the file has scenes of: "openocc", "occ3d".
  std::vector<std::string> groups() const;
  /// "openocc.s3" for every scene of a group, in the order in which they were accumulated.
  std::vector<std::string> scenes(const std::string& group) const;
  RayClasses classes(const std::string& group) const;
  /// The ClassSet of that name when the file's class list is the same, else nullptr.
  const ClassSet* classSet(const std::string& group) const;

  /// Array `scene`.`name`; scenes of the second class set share arrays that do not depend on it with the
  /// first.
  NpyArray array(const std::string& scene, const std::string& name) const;
  bool hasArray(const std::string& scene, const std::string& name) const;
  std::vector<Eigen::Vector3d> origins(const std::string& scene) const;
  /// Semantics, flow and camera mask; `side` is "pred" or "gt".
  Occupancy occupancy(const std::string& scene, const std::string& side) const;

 private:
  std::string memberOf(const std::string& scene, const std::string& name) const;

  NpzReader arrays_;
  nlohmann::json numbers_;
};

/// A number of the JSON file; null is NaN.
double numberOf(const nlohmann::json& value);

/// Equal to 1e-9, or both NaN.
testing::AssertionResult sameScore(double ours, double golden);

}  // namespace hbev::test
