// Parts of an evaluation, made by several workers, become one.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "core/eval/evaluation_store.h"

namespace hbev {

struct MergeSummary {
  std::int64_t frames = 0;   ///< in the merged file
  std::int64_t missing = 0;  ///< of the selection, in none of the parts
};

/// Writes the frames of all `parts` to a new file: every table of it is equal to the last bit to that of an
/// evaluation in one piece. A frame may be in several parts with the same numbers; one that a part could not
/// score is taken from another that could. Throws Error when parts do not belong together or differ in a
/// frame, or `file` exists; then nothing is left there.
MergeSummary mergeEvaluations(const std::filesystem::path& file,
                              std::span<const std::filesystem::path> parts);

}  // namespace hbev
