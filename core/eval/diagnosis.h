// What may be wrong with predictions, found in a few keyframes before any number is computed: each as one
// sentence with the fix.
#pragma once

#include <string>
#include <vector>

#include "core/eval/evaluation.h"

namespace hbev {

/// Sentences about one source of the plan; none when nothing was found. Looks at up to `frames` keyframes
/// that have labels and a prediction. Never throws for bad files: they are told of when they are scored.
std::vector<std::string> diagnose(const EvaluationPlan& plan, const EvaluationSource& source,
                                  std::size_t frames = 6);

}  // namespace hbev
