#include "core/eval/split_evaluation.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <variant>

#include <oneapi/tbb/parallel_for.h>

#include "core/eval/origins.h"

namespace hbev {
namespace {

struct Place {
  std::size_t scene;
  std::size_t index_in_scene;
};

std::vector<std::size_t> selectedScenes(const Dataset& dataset, const SplitSelection& selection) {
  std::vector<std::size_t> scenes;
  if (selection.scenes.empty()) {
    scenes.resize(dataset.scenes().size());
    std::iota(scenes.begin(), scenes.end(), std::size_t{0});
    return scenes;
  }
  for (const std::string& name : selection.scenes)
    scenes.push_back(dataset.sceneIndex(name));
  std::sort(scenes.begin(), scenes.end());
  scenes.erase(std::unique(scenes.begin(), scenes.end()), scenes.end());
  return scenes;
}

using LidarReadings = std::vector<std::optional<SensorReading>>;

// Scores keyframes one at a time; used from many threads.
class KeyframeScorer {
 public:
  KeyframeScorer(const Dataset& dataset, const PredictionSource& predictions, LabelKind labels,
                 const SplitSelection& selection)
      : dataset_(dataset), predictions_(predictions), labels_(labels), options_(selection.options) {
    for (const std::size_t scene : selectedScenes(dataset, selection)) {
      if (options_.rays) readings_[scene] = dataset.lidarReadings(scene);
      const std::size_t keyframes = dataset.scenes()[scene].keyframes.size();
      for (std::size_t index = 0; index < keyframes; ++index)
        places_.push_back({scene, index});
    }
  }

  std::size_t count() const { return places_.size(); }

  std::variant<KeyframeReport, SkippedKeyframe> score(std::size_t number) const {
    const auto [scene, index] = places_[number];
    const auto skip = [&](SkipReason reason, Problem problem = {}) {
      const Scene& whole = dataset_.scenes()[scene];
      return SkippedKeyframe{whole.keyframes[index], whole.name, scene, index, reason, std::move(problem)};
    };
    try {
      const Keyframe keyframe = dataset_.keyframe(scene, index);
      const std::optional<std::filesystem::path> truth_file = dataset_.truthFile(labels_, keyframe);
      if (!truth_file) return skip(SkipReason::NoTruth);
      if (!predictions_.find(keyframe)) return skip(SkipReason::NoPrediction);
      const std::vector<Eigen::Vector3d> origins =
          options_.rays ? lidarOrigins(readings_.at(scene), index) : std::vector<Eigen::Vector3d>();
      const Occupancy truth = readOccupancyNpz(*truth_file, classSetOf(labels_));
      const Occupancy prediction = predictions_.read(keyframe);
      return KeyframeReport{keyframe.token, keyframe.scene_name, scene, index,
                            evaluateFrame(prediction, truth, origins, options_)};
    } catch (const Error& error) {
      return skip(SkipReason::Unusable, error.problem());
    }
  }

 private:
  const Dataset& dataset_;
  const PredictionSource& predictions_;
  LabelKind labels_;
  EvaluationOptions options_;
  std::map<std::size_t, LidarReadings> readings_;
  std::vector<Place> places_;
};

}  // namespace

std::string_view skipReasonTitle(SkipReason reason) {
  switch (reason) {
    case SkipReason::NoTruth:
      return "no truth";
    case SkipReason::NoPrediction:
      return "no prediction";
    case SkipReason::Unusable:
      return "unusable";
  }
  return {};
}

std::size_t SplitEvaluation::skippedFor(SkipReason reason) const {
  return std::size_t(std::count_if(skipped.begin(), skipped.end(), [reason](const SkippedKeyframe& keyframe) {
    return keyframe.reason == reason;
  }));
}

SplitEvaluation evaluateSplit(const Dataset& dataset, const PredictionSource& predictions, LabelKind labels,
                              const SplitSelection& selection, Progress& progress) {
  const ClassSet& classes = classSetOf(labels);
  if (&predictions.classes() != &classes) {
    throw Error({"The predictions are in another class set than the labels", predictions.path(),
                 std::string(classes.name()), std::string(predictions.classes().name()),
                 "Choose the labels that the predictions were made for."});
  }
  const KeyframeScorer scorer(dataset, predictions, labels, selection);
  std::vector<std::variant<KeyframeReport, SkippedKeyframe>> results(scorer.count());
  progress.start("Evaluating " + predictions.title(), std::int64_t(scorer.count()));
  tbb::parallel_for(std::size_t{0}, scorer.count(), [&](std::size_t number) {
    progress.throwIfCancelled();
    results[number] = scorer.score(number);
    progress.advance();
  });

  SplitEvaluation evaluation{SplitReport(classes), {}, {}};
  for (auto& result : results) {
    if (auto* scored = std::get_if<KeyframeReport>(&result)) {
      evaluation.report.add(scored->report);
      evaluation.keyframes.push_back(std::move(*scored));
    } else {
      evaluation.skipped.push_back(std::get<SkippedKeyframe>(std::move(result)));
    }
  }
  return evaluation;
}

}  // namespace hbev
