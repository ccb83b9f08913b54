// The folder that `hbevocc predict` writes into: its files, and the record of what made them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/data/occupancy.h"

namespace hbev {

/// What made predictions, by keys of the record's JSON.
using PredictionRecord = std::vector<std::pair<std::string, std::string>>;

class PredictionFolder {
 public:
  /// `format`: "hbevocc", "cvpr2023" or "cvpr2024". An empty folder: nothing is written. Touches no disk.
  PredictionFolder(std::filesystem::path folder, std::string format);
  /// A folder that demandWritable() has made and that is still empty goes.
  ~PredictionFolder();
  PredictionFolder(const PredictionFolder&) = delete;
  PredictionFolder& operator=(const PredictionFolder&) = delete;

  bool isWanted() const { return !folder_.empty(); }
  /// Submissions in rays are made of HBEVOcc's files at the end, so that they can go on after a stop.
  std::filesystem::path fileOf(const std::string& scene, const std::string& token) const;
  std::filesystem::path submission() const { return folder_ / "submission.gz"; }

  /// Makes the folder. Throws Error when it cannot be made or written, with the system's own reason.
  void demandWritable();
  /// Throws Error where `files`, made by `maker`, would stand beside predictions of another maker or of one
  /// that nobody knows. With `again` they may take the place of all that is there.
  void demandSameMaker(PredictionRecord maker, bool again, std::span<const std::filesystem::path> files);
  /// The first voxels bring the record; with another maker's predictions to be replaced, those go. Throws
  /// Error.
  void write(const std::filesystem::path& file, const Occupancy& occupancy);

 private:
  std::filesystem::path folder_;
  std::string format_;
  bool was_made_ = false, is_recorded_ = false;
  PredictionRecord maker_;
  std::vector<std::filesystem::path> replaced_;
};

}  // namespace hbev
