#include "app/commands/prediction_summary.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace hbev {

std::string keyframesText(std::size_t count) {
  return fmt::format("{} keyframe{}", count, count == 1 ? "" : "s");
}

/// A broken file is the reason of many keyframes.
void PredictionSummary::count(std::vector<Reason>& reasons, const std::string& text,
                              const std::string& where) {
  const auto known = std::ranges::find(reasons, text, &Reason::text);
  if (known != reasons.end()) {
    ++known->count;
  } else {
    reasons.push_back({text, where, 1});
  }
}

void PredictionSummary::add(const std::string& where, const PredictedFrame& frame) {
  ++predicted_;
  seconds_ += frame.seconds;
  for (const StageTime& time : frame.times)
    stages_[time.stage] += time.seconds;
  for (const std::string& note : frame.notes) {
    if (!note.starts_with("The weights are untrained")) count(notes_, note, where);  // said at the beginning
  }
}

void PredictionSummary::skip(const std::string& where, const Problem& problem) {
  count(skipped_, toString(problem), where);
}

void PredictionSummary::printSkipped() const {
  std::fflush(stdout);  // before what goes to standard error, also in a file that gets both
  for (const Reason& skipped : skipped_) {
    const std::string more =
        skipped.count == 1 ? "" : fmt::format(" and {} after it", keyframesText(skipped.count - 1));
    fmt::print(stderr, "skipped {}{}: {}\n", skipped.first, more, skipped.text);
  }
}

void PredictionSummary::print(const PredictorFacts& facts) const {
  if (finished_before_ > 0) {
    fmt::print("{} {} there already (--again predicts what is there, too)\n", keyframesText(finished_before_),
               finished_before_ == 1 ? "was" : "were");
  }
  if (predicted_ > 0) {
    const auto count = double(predicted_);
    fmt::print("{} in {:.1f} s, {:.3f} s each\n", keyframesText(predicted_), seconds_, seconds_ / count);
    for (const std::string& stage : predictorStages()) {
      const auto found = stages_.find(stage);
      if (found == stages_.end()) continue;
      fmt::print("  {:<20} {:>8.3f} s {:>5.1f} %\n", stage, found->second / count,
                 100 * found->second / seconds_);
    }
    if (facts.peak_bytes > 0) fmt::print("  at most {:.2f} GB of memory\n", double(facts.peak_bytes) / 1e9);
  }
  std::fflush(stdout);
  for (const Reason& note : notes_) {
    const std::string more =
        note.count == 1 ? "" : fmt::format(" and {} after it", keyframesText(note.count - 1));
    fmt::print(stderr, "note on {}{}: {}\n", note.first, more, note.text);
  }
  printSkipped();
}

}  // namespace hbev
