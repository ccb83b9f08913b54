#include "core/eval/evaluation_summary.h"

#include <algorithm>
#include <limits>
#include <map>

namespace hbev {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// What is added up for one source.
struct Sums {
  SourceSummary summary;
  std::map<std::size_t, SplitReport> scenes;
  std::map<SceneCondition, SplitReport> conditions;
};

FrameScores scoresOf(const FrameRecord& record, const FrameReport& report) {
  FrameScores scores{record.frame, record.token, kNone, kNone, kNone};
  if (report.rays) {
    const RayScores rays = report.rayScores();
    scores.ray_iou = rays.ray_iou;
    scores.mave_mps = rays.mave_mps;
  }
  if (report.voxels) scores.mean_iou = report.voxelScores().mean_iou;
  return scores;
}

void add(const FrameRecord& record, const FrameResult& result, const std::set<SceneCondition>& conditions,
         Sums& sums) {
  if (result.skipped) {
    sums.summary.skipped.push_back({record.frame, record.token, *result.skipped, result.problem});
    return;
  }
  const ClassSet& classes = sums.summary.total.classes();
  sums.summary.total.add(result.report);
  sums.scenes.try_emplace(record.frame.scene, classes).first->second.add(result.report);
  for (const SceneCondition condition : conditions)
    sums.conditions.try_emplace(condition, classes).first->second.add(result.report);
  sums.summary.frames.push_back(scoresOf(record, result.report));
}

void add(const std::vector<SourcePair>& pairs, std::vector<PairSummary>& sums) {
  for (const SourcePair& pair : pairs) {
    auto sum = std::find_if(sums.begin(), sums.end(), [&](const PairSummary& other) {
      return other.first == pair.first && other.second == pair.second;
    });
    if (sum == sums.end()) {
      sums.push_back({pair.first, pair.second, pair.classes});
      continue;
    }
    for (std::size_t label = 0; label < pair.classes.size(); ++label)
      sum->classes[label] += pair.classes[label];
  }
}

SourceSummary finished(Sums sums, const std::map<std::size_t, const StoredScene*>& scenes) {
  for (auto& [scene, report] : sums.scenes) {
    const auto found = scenes.find(scene);
    const bool known = found != scenes.end();
    sums.summary.scenes.push_back({known ? found->second->name : "scene " + std::to_string(scene),
                                   known ? found->second->description : "", std::move(report)});
  }
  for (auto& [condition, report] : sums.conditions)
    sums.summary.conditions.push_back({std::string(conditionName(condition)), "", std::move(report)});
  return std::move(sums.summary);
}

}  // namespace

std::int64_t SourceSummary::skippedFor(SkipReason reason) const {
  return std::count_if(skipped.begin(), skipped.end(),
                       [reason](const SkippedFrame& frame) { return frame.reason == reason; });
}

RightRays PairSummary::total() const {
  RightRays sum;
  for (const RightRays& rays : classes)
    sum += rays;
  return sum;
}

std::string EvaluationSummary::sceneName(const EvaluatedFrame& frame) const {
  const auto found = std::find_if(scenes.begin(), scenes.end(),
                                  [&](const StoredScene& scene) { return scene.scene == frame.scene; });
  return found == scenes.end() ? std::string() : found->name;
}

EvaluationSummary summarise(const EvaluationStore& store) {
  EvaluationSummary summary{store.facts(), store.scenes(), {}, {}, 0, 0};
  std::map<std::size_t, const StoredScene*> scenes;
  std::map<std::size_t, std::set<SceneCondition>> conditions;
  for (const StoredScene& scene : store.scenes()) {
    scenes[scene.scene] = &scene;
    conditions[scene.scene] = conditionsOf(scene.description);
  }
  std::vector<Sums> sums;
  for (const SourceFacts& facts : store.sources())
    sums.push_back({{facts, SplitReport(store.classes()), {}, {}, {}, {}}, {}, {}});
  store.forEachFrame([&](const FrameRecord& record) {
    ++summary.frames;
    for (std::size_t i = 0; i < sums.size(); ++i)
      add(record, record.results[i], conditions[record.frame.scene], sums[i]);
    add(record.pairs, summary.pairs);
  });
  for (Sums& sum : sums)
    summary.sources.push_back(finished(std::move(sum), scenes));
  summary.missing = std::max<std::int64_t>(0, summary.facts.keyframes - summary.frames);
  return summary;
}

}  // namespace hbev
