#include "ui/scores/report_pictures.h"

#include "render/report_pictures.h"
#include "ui/kit/theme.h"
#include "ui/scores/score_export.h"

namespace hbev::ui {
namespace {

/// Of the dark theme, like the pictures' background.
Rgb darkRgb(Role role) {
  const QColor color = Theme::current().tokens().color(role, Tone::Dark);
  return {std::uint8_t(color.red()), std::uint8_t(color.green()), std::uint8_t(color.blue())};
}

}  // namespace

ReportPictures reportPictures(const ScoreExport& scores, std::size_t count, Progress& progress) {
  const OutcomeColors colors{darkRgb(Role::Right), darkRgb(Role::WrongClass), darkRgb(Role::Phantom),
                             darkRgb(Role::Missed), darkRgb(Role::OutsideMask)};
  return drawReportPictures(scores.evaluation->summary,
                            {scores.dataset, scores.predictions, scores.truth, colors}, count, progress);
}

}  // namespace hbev::ui
