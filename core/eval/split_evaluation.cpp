#include "core/eval/split_evaluation.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>

#include <oneapi/tbb/parallel_for.h>

#include "core/eval/frame_scorer.h"

namespace hbev {
namespace {

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

}  // namespace

std::size_t SplitEvaluation::skippedFor(SkipReason reason) const {
  return std::size_t(std::count_if(skipped.begin(), skipped.end(), [reason](const SkippedKeyframe& keyframe) {
    return keyframe.reason == reason;
  }));
}

SplitEvaluation evaluateSplit(const Dataset& dataset, const PredictionSource& predictions, LabelKind labels,
                              const SplitSelection& selection, Progress& progress) {
  // The caller keeps the source alive during this call.
  const std::array sources{evaluationSource(
      std::shared_ptr<const PredictionSource>(std::shared_ptr<const PredictionSource>(), &predictions))};
  FrameScorer scorer(dataset, sources, labels, selection.options, nullptr);
  const auto frames = orderedFrames(dataset, selectedScenes(dataset, selection), FrameOrder::Token);
  for (const EvaluatedFrame& frame : frames)
    scorer.prepareScene(frame.scene);
  std::vector<FrameRecord> records(frames.size());
  progress.start("Evaluating " + predictions.title(), std::int64_t(frames.size()));
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t number) {
    progress.throwIfCancelled();
    records[number] = scorer.score(frames[number]);
    progress.advance();
  });

  SplitEvaluation evaluation{SplitReport(classSetOf(labels)), {}, {}};
  for (FrameRecord& record : records) {
    FrameResult& result = record.results.front();
    const std::string& scene = dataset.scenes()[record.frame.scene].name;
    if (result.skipped) {
      evaluation.skipped.push_back({record.token, scene, record.frame.scene, record.frame.index_in_scene,
                                    *result.skipped, std::move(result.problem)});
    } else {
      evaluation.report.add(result.report);
      evaluation.keyframes.push_back(
          {record.token, scene, record.frame.scene, record.frame.index_in_scene, std::move(result.report)});
    }
  }
  return evaluation;
}

}  // namespace hbev
