#include "app/commands/evaluation_output.h"

#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/terminal.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/eval/diagnosis.h"
#include "core/eval/evaluation_report.h"
#ifdef HBEV_HAS_STUDIO
#include "render/outcome_colors.h"
#include "render/report_pictures.h"
#endif

namespace hbev {
namespace fs = std::filesystem;

void addOutputOptions(CLI::App& command, EvaluationOutputs& outputs) {
  command.add_option("--json", outputs.json, "Also write everything in full precision to this file");
  command.add_option(
      "--csv", outputs.csv,
      "Also write the tables as CSV: classes to this file, others beside it (FILE-scenes.csv ...)");
  command.add_option("--markdown", outputs.markdown, "Also write the tables as Markdown");
  command.add_option("--latex", outputs.latex, "Also write the tables for LaTeX");
  command.add_option("--html", outputs.html, "Also write a report that needs no other file");
}

void addPictureOption(CLI::App& command, EvaluationOutputs& outputs) {
#ifdef HBEV_HAS_STUDIO
  command.add_flag("--no-pictures", outputs.no_pictures,
                   "Leave the pictures of the worst keyframes out of the HTML page");
#else
  (void)command;
  outputs.no_pictures = true;
#endif
}

namespace {

/// The worst keyframes, where this program can draw.
ReportPictures picturesFor(const EvaluationSummary& summary, const EvaluationPlan* plan,
                           const EvaluationOutputs& outputs) {
#ifdef HBEV_HAS_STUDIO
  constexpr std::size_t kPictured = 6;
  if (plan && !outputs.no_pictures) {
    ReportSubject subject{plan->dataset, {}, plan->truth, kDarkOutcomes};
    for (const EvaluationSource& source : plan->sources)
      subject.predictions.push_back(source.shown);
    try {
      TerminalProgress terminal;
      return drawReportPictures(summary, subject, kPictured, terminal.progress());
    } catch (const Cancelled&) {
      ReportPictures none;
      none.note = "Drawing the pictures was cancelled.";
      return none;
    }
  }
#else
  (void)summary, (void)plan, (void)outputs;
#endif
  return {};
}

}  // namespace

void printDiagnosis(const EvaluationPlan& plan) {
  for (const EvaluationSource& source : plan.sources) {
    for (const Suspicion& suspicion : diagnose(plan, source))
      fmt::print(stderr, "{}: {}\n", source.facts.title, commandLineWords(suspicion));
  }
}

void printSkipped(const EvaluationSummary& summary) {
  fmt::print(stderr, "{}", skippedText(summary));
}

void printTables(const EvaluationSummary& summary) {
  fmt::print("{}", evaluationText(summary));
}

void writeOutputs(const EvaluationSummary& summary, const EvaluationPlan* plan,
                  const EvaluationOutputs& outputs) {
  if (!outputs.json.empty()) writeFile(outputs.json, evaluationJson(summary));
  if (!outputs.markdown.empty()) writeFile(outputs.markdown, evaluationMarkdown(summary));
  if (!outputs.latex.empty()) writeFile(outputs.latex, evaluationLatex(summary));
  if (!outputs.html.empty()) {
    writeFile(outputs.html, evaluationHtml(summary, picturesFor(summary, plan, outputs)));
  }
  if (outputs.csv.empty()) return;
  const fs::path csv = outputs.csv;
  for (const auto& [suffix, text] : evaluationCsv(summary)) {
    fs::path file = csv;
    file.replace_filename(csv.stem().string() + suffix + csv.extension().string());
    writeFile(file, text);
  }
}

}  // namespace hbev
