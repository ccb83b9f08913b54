// What may be wrong with predictions, found in a few keyframes before any number is computed: each as one
// sentence with the fix.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/data/predictions/orientation.h"
#include "core/eval/evaluation.h"

namespace hbev {

/// What was found. Where opening the files otherwise is the fix, how: one of the two is set; else the
/// sentence says what to do.
struct Suspicion {
  std::string sentence;
  std::optional<Orientation> orientation{};  ///< how the arrays seem to lie
  const ClassSet* classes = nullptr;         ///< the set that the numbers seem to be of
};

/// What is suspicious about one source of the plan; nothing when nothing was found. Looks at up to `frames`
/// keyframes that have labels and a prediction. Never throws for bad files: they are told of when they are
/// scored.
std::vector<Suspicion> diagnose(const EvaluationPlan& plan, const EvaluationSource& source,
                                std::size_t frames = 6);

/// The sentence, and the options of `hbevocc evaluate` that are the fix.
std::string commandLineWords(const Suspicion& suspicion);

}  // namespace hbev
