#include "ui/scores/score_export.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/eval/evaluation_report.h"
#include "core/eval/score_tables.h"
#include "ui/scores/evaluating.h"
#include "ui/scores/report_pictures.h"
#include "ui/scores/score_view.h"
#include "ui/state/studio.h"

namespace hbev::ui {
namespace {

constexpr std::size_t kPictures = 6;

ReportProvenance provenanceOf(const Studio& studio, const ScoreView& view, const SplitReport& report) {
  ReportProvenance provenance;
  const Dataset& dataset = *studio.dataset();
  provenance.dataset = dataset.name();
  provenance.version = dataset.version();
  provenance.keyframes = std::size_t(report.frames());
  provenance.program = "hbevocc-studio " HBEV_VERSION;
  provenance.scenes = {dataset.scenes()[studio.current().scene].name};
  provenance.predictions = view.sourceTitle().toStdString();
  if (const auto side = studio.scoredSide()) {
    provenance.labels = labelKindName(*studio.source(other(*side))->truth);
    provenance.predictions = studio.source(*side)->prediction->path().string();
    provenance.prediction_format = studio.source(*side)->prediction->formatName();
  }
  return provenance;
}

void writeAll(const std::filesystem::path& path, const std::string& ending, const ScoreExport& scores,
              Progress& progress) {
  const EvaluationSummary& summary = scores.evaluation->summary;
  if (ending == ".md") return writeFile(path, evaluationMarkdown(summary));
  if (ending == ".tex") return writeFile(path, evaluationLatex(summary));
  if (ending == ".json") return writeFile(path, evaluationJson(summary));
  if (ending == ".html" || ending == ".htm") {
    return writeFile(path, evaluationHtml(summary, reportPictures(scores, kPictures, progress)));
  }
  for (const auto& [suffix, text] : evaluationCsv(summary)) {
    std::filesystem::path file = path;
    if (!suffix.empty()) file.replace_filename(path.stem().string() + suffix + path.extension().string());
    writeFile(file, text);
  }
}

}  // namespace

ScoreExport scoreExport(const Studio& studio, const ScoreView& view) {
  ScoreExport scores;
  scores.dataset = studio.dataset();
  if (view.subject() != ScoreSubject::All) {
    scores.report = view.report();
    if (scores.report) scores.provenance = provenanceOf(studio, view, *scores.report);
    return scores;
  }
  scores.evaluation = view.shared();
  if (!scores.evaluation) return scores;
  const EvaluationSummary& summary = scores.evaluation->summary;
  if (const auto kind = findLabelKind(summary.facts.truth)) scores.truth = *kind;
  scores.predictions.resize(summary.sources.size());
  for (const OccupancySource& source : studio.sources()) {
    if (const auto number = view.numberOf(source)) scores.predictions[*number] = source.prediction;
  }
  return scores;
}

QString exportFilters(const ScoreExport& scores) {
  QString filters = QStringLiteral("CSV (*.csv);;Markdown (*.md);;LaTeX (*.tex);;JSON (*.json)");
  if (scores.evaluation) filters += QStringLiteral(";;HTML (*.html)");
  return filters;
}

void writeScores(const std::filesystem::path& path, const ScoreExport& scores, Progress& progress) {
  const std::string ending = path.extension().string();
  if (scores.evaluation) return writeAll(path, ending, scores, progress);
  if (!scores.report) return;
  if (ending == ".md") return writeFile(path, reportMarkdown(*scores.report, scores.provenance));
  if (ending == ".tex") return writeFile(path, tableLatex(classTable(*scores.report)));
  if (ending == ".json") return writeFile(path, reportJson(*scores.report, scores.provenance));
  writeFile(path, reportCsv(*scores.report));
}

}  // namespace hbev::ui
