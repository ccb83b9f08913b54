// What an evaluation found: sums over its frames, whole and in groups, for tables and reports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/scene_conditions.h"
#include "core/eval/evaluation_store.h"
#include "core/eval/split_report.h"

namespace hbev {

/// One frame's scores; NaN where there is none.
struct FrameScores {
  EvaluatedFrame frame;
  std::string token;
  double ray_iou = 0, mave_mps = 0, mean_iou = 0;
};

struct SkippedFrame {
  EvaluatedFrame frame;
  std::string token;
  SkipReason reason = SkipReason::NoTruth;
  std::string problem;
};

/// Frames of a scene or of a condition.
struct GroupReport {
  std::string name, description;
  SplitReport report;
};

struct SourceSummary {
  SourceFacts facts;
  SplitReport total;
  std::vector<GroupReport> scenes;      ///< in the data set's order, those with scored frames
  std::vector<GroupReport> conditions;  ///< in the order of kSceneConditions, those with scored frames
  std::vector<FrameScores> frames;      ///< scored ones, by ordinal
  std::vector<SkippedFrame> skipped;    ///< by ordinal

  std::int64_t skippedFor(SkipReason reason) const;
};

/// Sums of one source over some of its frames.
struct GroupedReports {
  SplitReport total;
  std::vector<GroupReport> scenes, conditions;  ///< as in SourceSummary
};

/// Two sources over all frames that both were scored in: what differences are made of, because sources that
/// were scored on different frames cannot be compared by their totals.
struct PairSummary {
  std::size_t first = 0, second = 0;
  std::vector<RightRays> classes;  ///< rays within 2 m, by true class
  GroupedReports first_common, second_common;
  std::int64_t frames = 0;  ///< that both were scored in
  std::int64_t either = 0;  ///< that one of them at least was scored in

  RightRays total() const;
  /// "32 of 40 keyframes, those that both were scored in"; "all 40 keyframes".
  std::string framesText() const;
};

struct EvaluationSummary {
  EvaluationFacts facts;
  std::vector<StoredScene> scenes;
  std::vector<SourceSummary> sources;
  std::vector<PairSummary> pairs;
  std::int64_t frames = 0;   ///< in the store
  std::int64_t missing = 0;  ///< of the selection, not there (yet): other shards, or not evaluated

  /// The scene's name of a frame; "" when the store does not know it.
  std::string sceneName(const EvaluatedFrame& frame) const;
};

/// Sums are made in the order of the frames. Throws Error when the file is damaged.
EvaluationSummary summarise(const EvaluationStore& store);

}  // namespace hbev
