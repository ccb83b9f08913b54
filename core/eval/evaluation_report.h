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
/// Tables that compare sources; none with one source.
std::vector<Table> comparisonTables(const EvaluationSummary& summary, std::size_t frames);

std::string evaluationText(const EvaluationSummary& summary);
std::string evaluationMarkdown(const EvaluationSummary& summary);
std::string evaluationLatex(const EvaluationSummary& summary);
/// Everything in full precision, frame by frame. With one source also what reportJson() says, at the top.
std::string evaluationJson(const EvaluationSummary& summary);
/// CSV tables with what their file's name ends in: "" for the first source's classes, "-scenes", "-frames",
/// ...; "-2" for the second source and so on.
std::vector<std::pair<std::string, std::string>> evaluationCsv(const EvaluationSummary& summary);
/// One page that needs no other file: tables, curves, provenance.
std::string evaluationHtml(const EvaluationSummary& summary);

}  // namespace hbev
