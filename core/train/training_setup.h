// From a plan to what a training needs before its first step: configuration, keyframes and their order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/model/config.h"
#include "core/train/sampler.h"
#include "core/train/training_plan.h"

namespace hbev {

struct TrainingSetup {
  TrainingPlan plan;   ///< complete: what was left open is decided
  ModelConfig config;  ///< its batch is that of each process
  std::shared_ptr<const Dataset> dataset;
  std::string boost_json;             ///< the file of keyframes to see more often, as it was read
  std::vector<SequencePiece> pieces;  ///< of what is trained on, with repetitions of boosted keyframes
  std::int64_t keyframes = 0;         ///< different ones
  double steps_per_epoch = 1;         ///< steps that see each of them once, boosted ones more often
  std::vector<FrameKey> evaluated;    ///< all of the split that is evaluated; empty when none is
  std::vector<std::string> notes;     ///< what is worth knowing, whole sentences
};

/// Throws Error: no data set, no such split, no keyframe that can be trained on, fewer pieces of scenes than
/// a step has samples, labels without the camera mask that is asked for, a damaged configuration or boost
/// file; with `plan.resume`, no run in `plan.out`, or one whose steps do not divide among the processes.
TrainingSetup prepareTraining(TrainingPlan plan);

/// A training that is evaluated where that is possible goes without; its notes say why.
void withoutEvaluations(TrainingSetup& setup, const Error& why);

/// What a process of a training runs on: `wanted` is "auto", for which `automatic` is found, "cuda" or a
/// DeviceInfo::id. Of several processes each has a card of its own. Throws Error when those of one machine
/// are to share a card.
std::string trainingDevice(const std::string& wanted, const std::string& automatic, const Launch& launch);

/// What goes into run.json; program, device and counts of the network are the caller's.
RunFacts factsOf(const TrainingSetup& setup);

}  // namespace hbev
