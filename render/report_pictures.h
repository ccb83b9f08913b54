// Pictures for the report of an evaluation: its worst keyframes as prediction, truth and front camera, drawn
// without a window.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/base/progress.h"
#include "core/data/dataset.h"
#include "core/data/predictions/source.h"
#include "core/eval/evaluation_report.h"
#include "render/coloring.h"

namespace hbev {

/// What is drawn of an evaluation.
struct ReportSubject {
  std::shared_ptr<const Dataset> dataset;
  /// By the evaluation's sources; null: no pictures of it.
  std::vector<std::shared_ptr<const PredictionSource>> predictions;
  LabelKind truth = LabelKind::OpenOcc;
  OutcomeColors colors{};
};

/// Of every source the `count` keyframes that worstFrames() gives: the prediction by outcome, the truth by
/// class, the front camera's picture where there is one. What cannot be read is left out; where there is no
/// OpenGL the note says so. Makes an OpenGL context of its own: not on a thread where one is current. Throws
/// Cancelled.
ReportPictures drawReportPictures(const EvaluationSummary& summary, const ReportSubject& subject,
                                  std::size_t count, Progress& progress);

}  // namespace hbev
