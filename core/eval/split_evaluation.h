// Scores a folder of predictions against a data set's labels, keyframes beside each other.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/data/dataset.h"
#include "core/data/predictions/source.h"
#include "core/eval/frame_report.h"
#include "core/eval/skip_reason.h"
#include "core/eval/split_report.h"

namespace hbev {

struct SplitSelection {
  std::vector<std::string> scenes{};  ///< names or tokens; all scenes when empty
  EvaluationOptions options{};
};

struct KeyframeReport {
  std::string token;
  std::string scene_name;
  std::size_t scene = 0;  ///< index into Dataset::scenes()
  std::size_t index_in_scene = 0;
  FrameReport report;
};

/// A keyframe that was not scored. Metrics are over the others.
struct SkippedKeyframe {
  std::string token;
  std::string scene_name;
  std::size_t scene = 0;
  std::size_t index_in_scene = 0;
  SkipReason reason = SkipReason::NoTruth;
  std::string problem;  ///< what was wrong with an Unusable one; empty for the others
};

struct SplitEvaluation {
  SplitReport report;
  std::vector<KeyframeReport> keyframes;  ///< scored ones, in the data set's order
  std::vector<SkippedKeyframe> skipped;   ///< in the data set's order

  std::size_t skippedFor(SkipReason reason) const;
};

/// Scores every selected keyframe that has labels and a prediction; the others are listed. Rays start where
/// the keyframe's own scene says, by token; the reference goes by positions in two lists whose orders may
/// differ, so its published figures may rest on another keyframe's origins. The result does not depend on the
/// number of threads. Throws Error when the predictions' class set is not that of the labels, or a selected
/// scene does not exist; Cancelled when `progress` is cancelled.
SplitEvaluation evaluateSplit(const Dataset& dataset, const PredictionSource& predictions, LabelKind labels,
                              const SplitSelection& selection, Progress& progress);

}  // namespace hbev
