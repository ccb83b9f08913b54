// A small nuScenes folder with labels, and predictions in memory, for tests of whole evaluations.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/eval/evaluation.h"

namespace hbev::test {

struct MadeSplitOptions {
  int keyframes_in_scene = 3;
  bool second_scene_first = false;  ///< the second scene of the tables was driven before the first
  bool deflate = false;             ///< labels are compressed
};

/// Two scenes; the car drives 2 m from keyframe to keyframe. Keyframe 4 has no labels. There are six truths,
/// over and over. The folder goes with the object.
class MadeSplit {
 public:
  explicit MadeSplit(const MadeSplitOptions& options = {});
  ~MadeSplit();
  MadeSplit(const MadeSplit&) = delete;
  MadeSplit& operator=(const MadeSplit&) = delete;

  const std::filesystem::path& root() const { return root_; }
  const std::shared_ptr<const Dataset>& dataset() const { return dataset_; }
  const std::vector<Occupancy>& truths() const { return truths_; }  ///< by number of the keyframe, modulo six
  static std::string tokenOf(int number);
  std::string sceneOf(int keyframe) const;
  int keyframes() const { return 2 * options_.keyframes_in_scene; }

 private:
  void writeTables() const;

  MadeSplitOptions options_;
  std::filesystem::path folder_;
  std::filesystem::path root_;
  std::vector<Occupancy> truths_;
  std::shared_ptr<const Dataset> dataset_;
};

class FakePredictions : public PredictionSource {
 public:
  explicit FakePredictions(const ClassSet& classes = ClassSet::openocc()) : classes_(classes) {}
  /// makeFlawedPrediction() of every truth.
  static std::shared_ptr<FakePredictions> of(const MadeSplit& split, std::uint32_t seed);

  std::map<std::string, Occupancy> occupancies;
  std::string damaged;                           ///< a token whose file cannot be read
  std::function<void()> on_reading;              ///< called at every read
  std::filesystem::path folder = "predictions";  ///< where find() says that they lie: <token>

  const std::filesystem::path& path() const override { return folder; }
  std::string title() const override { return "fake"; }
  std::string formatName() const override { return "in memory"; }
  const ClassSet& classes() const override { return classes_; }
  std::size_t count() const override { return occupancies.size(); }
  std::optional<std::filesystem::path> find(const Keyframe& keyframe) const override;
  Occupancy read(const Keyframe& keyframe) const override;

 private:
  const ClassSet& classes_;
};

/// A plan for these sources.
EvaluationPlan planOf(const MadeSplit& split, std::vector<std::shared_ptr<const PredictionSource>> sources);

}  // namespace hbev::test
