// What evaluate and merge print and write.
#pragma once

#include <string>

#include "core/eval/evaluation.h"
#include "core/eval/evaluation_summary.h"

namespace CLI {
class App;
}

namespace hbev {

/// Files to write, where they are named.
struct EvaluationOutputs {
  std::string json, csv, markdown, latex, html;
  bool no_pictures = false;
};
void addOutputOptions(CLI::App& command, EvaluationOutputs& outputs);
/// For what has predictions at hand: the HTML page shows the worst keyframes.
void addPictureOption(CLI::App& command, EvaluationOutputs& outputs);

/// To standard error: what may be wrong with the predictions, before any number.
void printDiagnosis(const EvaluationPlan& plan);
/// To standard error: keyframes whose files cannot be used.
void printSkipped(const EvaluationSummary& summary);
void printTables(const EvaluationSummary& summary);
/// `plan` may be null: then the HTML page has no pictures. Throws Error when a file cannot be written.
void writeOutputs(const EvaluationSummary& summary, const EvaluationPlan* plan,
                  const EvaluationOutputs& outputs);

}  // namespace hbev
