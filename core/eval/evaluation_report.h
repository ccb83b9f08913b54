// A whole evaluation as text, Markdown, LaTeX, CSV, JSON, or one HTML page.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/eval/evaluation_summary.h"
#include "core/eval/report_table.h"
#include "core/eval/table.h"

namespace hbev {

ReportProvenance provenanceOf(const EvaluationSummary& summary, const SourceSummary& source);

/// Tables of one source, classes first; `frames` of the worst keyframes.
std::vector<Table> tablesOf(const EvaluationSummary& summary, const SourceSummary& source,
                            std::size_t frames);
/// Tables that compare sources, and up to `frames` keyframes that differ; none with one source.
std::vector<Table> comparisonTables(const EvaluationSummary& summary, std::size_t frames);

std::string evaluationText(const EvaluationSummary& summary);
std::string evaluationMarkdown(const EvaluationSummary& summary);
std::string evaluationLatex(const EvaluationSummary& summary);
/// Everything in full precision, frame by frame. With one source also what reportJson() says, at the top.
std::string evaluationJson(const EvaluationSummary& summary);
/// CSV tables with what their file's name ends in: "" for the first source's classes, "-scenes", "-frames",
/// ...; "-2" for the second source and so on.
std::vector<std::pair<std::string, std::string>> evaluationCsv(const EvaluationSummary& summary);

/// Pictures of one keyframe of one source, for a page.
struct KeyframePictures {
  std::size_t source = 0;  ///< index into EvaluationSummary::sources
  std::string token;
  std::vector<std::pair<std::string, std::string>> pictures;  ///< "prediction", "data:image/jpeg;base64,..."
};
/// What colours of pictures stand for.
struct PictureLegend {
  std::string title;                                         ///< "Prediction"
  std::vector<std::pair<std::string, std::string>> colours;  ///< "right", "#575b62"
};
struct ReportPictures {
  std::vector<KeyframePictures> keyframes;  ///< in the order in which they are shown
  std::vector<PictureLegend> legends;
  std::string note;  ///< one sentence, for instance why there are none; may be empty
};

/// Up to `count` scored frames of a source, lowest RayIoU first (mIoU where no rays were cast).
std::vector<const FrameScores*> worstFrames(const SourceSummary& source, std::size_t count);

/// One page that needs no other file: scores, worst keyframes with their pictures, tables, curves,
/// provenance.
std::string evaluationHtml(const EvaluationSummary& summary, const ReportPictures& pictures = {});

/// What could not be scored and why, one line a reason with how many keyframes it is and the first file;
/// empty when there is none.
std::string skippedText(const EvaluationSummary& summary);

}  // namespace hbev
