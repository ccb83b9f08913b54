#include "ui/scores/report_pictures.h"

#include "render/outcome_colors.h"
#include "render/report_pictures.h"
#include "ui/scores/score_export.h"

namespace hbev::ui {

ReportPictures reportPictures(const ScoreExport& scores, std::size_t count, Progress& progress) {
  // Of the dark theme, like the pictures' background.
  return drawReportPictures(scores.evaluation->summary,
                            {scores.dataset, scores.predictions, scores.truth, kDarkOutcomes}, count,
                            progress);
}

}  // namespace hbev::ui
