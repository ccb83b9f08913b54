// What may be wrong with a ray submission, found in a few keyframes.
#pragma once

#include <string>
#include <vector>

#include "core/eval/evaluation.h"

namespace hbev {

/// Whole sentences with what to do: all rays of one class, distances in another unit, flow in another unit or
/// direction. Compares with the rays of the truth in a few of `frames`. Keyframes that cannot be read are
/// passed over: they are told of when they are scored.
std::vector<std::string> diagnoseRays(const EvaluationPlan& plan, const RaySubmission& submission,
                                      const std::vector<EvaluatedFrame>& frames);

}  // namespace hbev
