// Pictures for a report that the window writes: its own colours of right and wrong.
#pragma once

#include "core/base/progress.h"
#include "core/eval/evaluation_report.h"

namespace hbev::ui {

struct ScoreExport;

/// drawReportPictures() of every source that is open. Throws Cancelled.
ReportPictures reportPictures(const ScoreExport& scores, std::size_t count, Progress& progress);

}  // namespace hbev::ui
