// The evaluations that the window keeps in the user's cache folder: one file for each choice of data, truth,
// split and predictions as they were.
#pragma once

#include <filesystem>

#include "core/base/progress.h"
#include "core/eval/evaluation.h"

namespace hbev::ui {

/// Where the evaluation of a plan is kept, whether it is there or not; empty where nothing can be kept. Looks
/// at every file of predictions and labels: minutes for very many. Throws Cancelled.
std::filesystem::path keptEvaluation(const EvaluationPlan& plan, const Progress& progress);

/// One that was begun before goes on; a damaged one is made anew; in memory where `file` is empty. Throws
/// Error while another process writes.
EvaluationStore openKept(const EvaluationPlan& plan, const std::filesystem::path& file);

/// The oldest go when there are many.
void pruneKept();

}  // namespace hbev::ui
