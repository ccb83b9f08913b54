// The checkpoints in a run's folder: which there are, which a training goes on from, which it no longer
// needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/runs/run_folder.h"
#include "core/train/trainer.h"

namespace hbev {

/// Puts `trainer` where the newest checkpoint that is whole was written; its step, or nothing when there is
/// no checkpoint at all. `notes` says which are passed over, and why. Throws Error when there are
/// checkpoints, but none that can be gone on from: another beginning would take their place.
std::optional<std::int64_t> resumeNewest(Trainer& trainer, const RunPaths& paths,
                                         std::vector<std::string>& notes);

/// Removes all up to step `newest` but the `keep` newest of them and that of step `best` (-1: none).
void removeOldCheckpoints(const RunPaths& paths, std::int64_t newest, int keep, std::int64_t best);

}  // namespace hbev
