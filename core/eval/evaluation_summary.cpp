#include "core/eval/evaluation_summary.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

namespace hbev {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Sums over frames, whole and in groups.
struct GroupSums {
  SplitReport total;
  std::map<std::size_t, SplitReport> scenes{};
  std::map<SceneCondition, SplitReport> conditions{};

  void add(std::size_t scene, const std::set<SceneCondition>& of_scene, const FrameReport& report) {
    total.add(report);
    scenes.try_emplace(scene, total.classes()).first->second.add(report);
    for (const SceneCondition condition : of_scene)
      conditions.try_emplace(condition, total.classes()).first->second.add(report);
  }
};

/// What is added up for one source.
struct Sums {
  SourceSummary summary;
  GroupSums groups;
};

/// What is added up for two sources.
struct PairSums {
  std::size_t first = 0, second = 0;
  std::vector<RightRays> classes;
  GroupSums first_sums, second_sums;
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
  sums.groups.add(record.frame.scene, conditions, result.report);
  sums.summary.frames.push_back(scoresOf(record, result.report));
}

void add(const FrameRecord& record, const ClassSet& classes, const std::set<SceneCondition>& conditions,
         std::vector<PairSums>& sums) {
  for (const SourcePair& pair : record.pairs) {
    auto sum = std::find_if(sums.begin(), sums.end(), [&](const PairSums& other) {
      return other.first == pair.first && other.second == pair.second;
    });
    if (sum == sums.end()) {
      sums.push_back({pair.first,
                      pair.second,
                      std::vector<RightRays>(pair.classes.size()),
                      {SplitReport(classes)},
                      {SplitReport(classes)}});
      sum = sums.end() - 1;
    }
    for (std::size_t label = 0; label < pair.classes.size(); ++label)
      sum->classes[label] += pair.classes[label];
    sum->first_sums.add(record.frame.scene, conditions, record.results[pair.first].report);
    sum->second_sums.add(record.frame.scene, conditions, record.results[pair.second].report);
  }
}

GroupedReports finished(GroupSums sums, const std::map<std::size_t, const StoredScene*>& scenes) {
  GroupedReports reports{std::move(sums.total), {}, {}};
  for (auto& [scene, report] : sums.scenes) {
    const auto found = scenes.find(scene);
    const bool known = found != scenes.end();
    reports.scenes.push_back({known ? found->second->name : "scene " + std::to_string(scene),
                              known ? found->second->description : "", std::move(report)});
  }
  for (auto& [condition, report] : sums.conditions)
    reports.conditions.push_back({std::string(conditionName(condition)), "", std::move(report)});
  return reports;
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

std::string PairSummary::framesText() const {
  if (frames == either) return fmt::format("all {} keyframe{}", frames, frames == 1 ? "" : "s");
  return fmt::format("{} of {} keyframes, those that both were scored in", frames, either);
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
  std::vector<PairSums> pairs;
  const ClassSet& classes = store.classes();
  for (const SourceFacts& facts : store.sources())
    sums.push_back({{facts, SplitReport(classes), {}, {}, {}, {}}, {SplitReport(classes)}});
  store.forEachFrame([&](const FrameRecord& record) {
    ++summary.frames;
    const std::set<SceneCondition>& of_scene = conditions[record.frame.scene];
    for (std::size_t i = 0; i < sums.size(); ++i)
      add(record, record.results[i], of_scene, sums[i]);
    add(record, classes, of_scene, pairs);
  });
  for (Sums& sum : sums) {
    GroupedReports groups = finished(std::move(sum.groups), scenes);
    sum.summary.total = std::move(groups.total);
    sum.summary.scenes = std::move(groups.scenes);
    sum.summary.conditions = std::move(groups.conditions);
    summary.sources.push_back(std::move(sum.summary));
  }
  for (PairSums& pair : pairs) {
    const std::int64_t frames = pair.first_sums.total.frames();
    const std::int64_t either =
        summary.sources[pair.first].total.frames() + summary.sources[pair.second].total.frames() - frames;
    summary.pairs.push_back({pair.first, pair.second, std::move(pair.classes),
                             finished(std::move(pair.first_sums), scenes),
                             finished(std::move(pair.second_sums), scenes), frames, either});
  }
  summary.missing = std::max<std::int64_t>(0, summary.facts.keyframes - summary.frames);
  return summary;
}

}  // namespace hbev
