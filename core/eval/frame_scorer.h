// Scores one keyframe of several sources against the truth that is prepared once.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/eval/device_caster.h"
#include "core/eval/evaluation_store.h"
#include "core/eval/truth_cache.h"

namespace hbev {

/// Throws Error when a source's class set is not that of the labels.
void requireClassesOf(LabelKind truth, std::span<const EvaluationSource> sources);

/// Used from many threads. Keeps references to what it is given.
class FrameScorer {
 public:
  /// `cache` and `device` may be null. Throws Error like requireClassesOf().
  FrameScorer(const Dataset& dataset, std::span<const EvaluationSource> sources, LabelKind truth,
              const EvaluationOptions& options, TruthCache* cache, const DeviceCaster* device);
  /// To be called before frames of that scene are scored, by one thread.
  void prepareScene(std::size_t scene);

  /// Bad files become a reason to skip, never an exception.
  FrameRecord score(const EvaluatedFrame& frame) const;

 private:
  PredictionFrame prediction(const EvaluationSource& source, const Keyframe& keyframe,
                             std::span<const Eigen::Vector3d> origins) const;
  TruthFrame truth(const std::filesystem::path& file, std::span<const Eigen::Vector3d> origins) const;
  std::vector<std::optional<PredictionFrame>> predictions(const Keyframe& keyframe,
                                                          std::span<const Eigen::Vector3d> origins,
                                                          FrameRecord& record) const;

  const Dataset& dataset_;
  std::span<const EvaluationSource> sources_;
  LabelKind truth_;
  EvaluationOptions options_;
  TruthCache* cache_;
  const DeviceCaster* device_;
  std::map<std::size_t, std::vector<std::optional<SensorReading>>> readings_;
};

}  // namespace hbev
