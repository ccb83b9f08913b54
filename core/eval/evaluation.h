// Evaluates a split: reads, casts and compares keyframes beside each other, and keeps what was found in an
// EvaluationStore.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/eval/device_caster.h"
#include "core/eval/evaluation_store.h"
#include "core/eval/truth_cache.h"

namespace hbev {

struct EvaluationPlan {
  std::shared_ptr<const Dataset> dataset;
  std::vector<EvaluationSource> sources;
  LabelKind truth = LabelKind::OpenOcc;
  std::string split = "all";        ///< as scenesOfSplit() takes it
  std::vector<std::string> scenes;  ///< names or tokens; the split's when empty
  FrameOrder order = FrameOrder::Token;
  EvaluationOptions options{.details = true};
  Shard shard;
  TruthCache* cache = nullptr;           ///< may be null; must outlive the evaluation
  CastDevice device = CastDevice::Auto;  ///< the answers are the same
  /// So much work a process that dies may lose, at most 64 frames.
  std::chrono::milliseconds keep_every{2000};
};

/// Indices of the plan's scenes, ascending. Throws Error when there is no such split or scene.
std::vector<std::size_t> scenesOf(const EvaluationPlan& plan);

EvaluationFacts factsOf(const EvaluationPlan& plan);

/// A new store for the plan: at `file`, or in memory when that is empty. Throws Error when a source's class
/// set does not fit, or there is such a file.
EvaluationStore createStore(const EvaluationPlan& plan, const std::filesystem::path& file);

/// The store of an evaluation that was begun before. Throws Error when it is of another plan, or when
/// predictions that it has scored have other files now.
EvaluationStore resumeStore(const EvaluationPlan& plan, const std::filesystem::path& file);

/// Scores all frames of the plan's shard that `store` does not have yet, in all sources. Throws Error when
/// the device cannot be had. Frames are kept every few seconds; when `progress` is cancelled, those that are
/// finished are kept and Cancelled is thrown.
/// What is in the store at the end does not depend on threads, interruptions or shards.
void runEvaluation(const EvaluationPlan& plan, EvaluationStore& store, Progress& progress);

}  // namespace hbev
