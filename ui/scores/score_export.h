// Scores as files for people and programs: CSV, Markdown, LaTeX, JSON, and one HTML page with pictures.
#pragma once

#include <filesystem>
#include <memory>

#include <QtCore/QString>

#include "core/base/progress.h"
#include "core/data/dataset.h"
#include "core/eval/report_table.h"
#include "ui/scores/score_frames.h"

namespace hbev::ui {

class ScoreView;
class Studio;

/// Everything that an export needs, so that it can be written in the background.
struct ScoreExport {
  std::shared_ptr<const Evaluation> evaluation;  ///< of all that is evaluated; else `report`
  std::optional<SplitReport> report;
  ReportProvenance provenance;
  std::shared_ptr<const Dataset> dataset;
  /// By the evaluation's sources; null where it is not open: then there are no pictures of it.
  std::vector<std::shared_ptr<const PredictionSource>> predictions;
  LabelKind truth = LabelKind::OpenOcc;
};

/// What the panels show now.
ScoreExport scoreExport(const Studio& studio, const ScoreView& view);

/// For the file dialog; the HTML page is there for whole evaluations only.
QString exportFilters(const ScoreExport& scores);

/// The form follows the path's ending: .csv (for whole evaluations several files beside each other), .md,
/// .tex, .json, .html. Throws Error; Cancelled.
void writeScores(const std::filesystem::path& path, const ScoreExport& scores, Progress& progress);

}  // namespace hbev::ui
