#include "app/commands/evaluation_output.h"

#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/base/files.h"
#include "core/eval/diagnosis.h"
#include "core/eval/evaluation_report.h"

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

void printDiagnosis(const EvaluationPlan& plan) {
  for (const EvaluationSource& source : plan.sources) {
    for (const Suspicion& suspicion : diagnose(plan, source))
      fmt::print(stderr, "{}: {}\n", source.facts.title, commandLineWords(suspicion));
  }
}

void printSkipped(const EvaluationSummary& summary) {
  for (const SourceSummary& source : summary.sources) {
    for (const SkippedFrame& frame : source.skipped) {
      if (frame.reason != SkipReason::Unusable) continue;
      fmt::print(stderr, "skipped {}/{}: {}\n", summary.sceneName(frame.frame), frame.token, frame.problem);
    }
  }
}

void printTables(const EvaluationSummary& summary) {
  fmt::print("{}", evaluationText(summary));
}

void writeOutputs(const EvaluationSummary& summary, const EvaluationOutputs& outputs) {
  if (!outputs.json.empty()) writeFile(outputs.json, evaluationJson(summary));
  if (!outputs.markdown.empty()) writeFile(outputs.markdown, evaluationMarkdown(summary));
  if (!outputs.latex.empty()) writeFile(outputs.latex, evaluationLatex(summary));
  if (!outputs.html.empty()) writeFile(outputs.html, evaluationHtml(summary));
  if (outputs.csv.empty()) return;
  const fs::path csv = outputs.csv;
  for (const auto& [suffix, text] : evaluationCsv(summary)) {
    fs::path file = csv;
    file.replace_filename(csv.stem().string() + suffix + csv.extension().string());
    writeFile(file, text);
  }
}

}  // namespace hbev
