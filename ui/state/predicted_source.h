// Predictions that the window's network made: a source that grows, kept in the user's cache in HBEVOcc's
// layout and found there at the next start.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/predictions/source.h"
#include "ui/predict/predict_choice.h"

namespace hbev::ui {

/// Thread-safe. Reading a prediction marks it as used (ui/prediction_store.h).
class PredictedSource : public PredictionSource {
 public:
  /// Scene names by token.
  using Keyframes = std::map<std::string, std::string>;
  /// `folder` need not exist yet; `known` are the keyframes whose files in it belong to the open data set.
  PredictedSource(std::filesystem::path folder, NetworkChoice choice, const ClassSet& classes,
                  Keyframes known = {});

  const std::filesystem::path& path() const override { return folder_; }
  std::string title() const override { return choice_.title().toStdString(); }
  std::string formatName() const override;
  const ClassSet& classes() const override { return classes_; }
  std::size_t count() const override;
  std::optional<std::filesystem::path> find(const Keyframe& keyframe) const override;
  Occupancy read(const Keyframe& keyframe) const override;

  const NetworkChoice& choice() const { return choice_; }
  bool contains(const std::string& token) const;
  /// From now on the keyframe has these voxels. They are written to the folder; when that fails they are kept
  /// in memory (the last few of them) and the Error is thrown.
  void add(const Keyframe& keyframe, const std::shared_ptr<const Occupancy>& occupancy);
  /// These files are gone: what they held is no longer there. Others' files are passed over.
  void forget(const std::vector<std::filesystem::path>& files);
  /// Copies the files into `target`/<scene>/<token>.npz. Throws Error and Cancelled.
  void copyTo(const std::filesystem::path& target, Progress& progress) const;

 private:
  std::filesystem::path fileOf(const std::string& scene, const std::string& token) const;

  const std::filesystem::path folder_;
  const NetworkChoice choice_;
  const ClassSet& classes_;
  mutable std::mutex mutex_;
  Keyframes known_;  ///< every keyframe that is there
  std::vector<std::pair<std::string, std::shared_ptr<const Occupancy>>> unwritten_;  ///< oldest first
};

/// Where they lie: below the user's cache folder. Empty where there is no such folder.
std::filesystem::path predictionFolder();

/// What earlier sessions predicted of this data set, by title. Files that are older than the keyframe's
/// pictures were predicted of others and do not count. Reads names and dates only.
std::vector<std::shared_ptr<PredictedSource>> storedPredictions(const Dataset& dataset);

}  // namespace hbev::ui
