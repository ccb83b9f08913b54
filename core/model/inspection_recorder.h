// Collects a StageInspection from what the network tells while it runs.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "core/model/inspection.h"
#include "core/model/network_input.h"
#include "core/model/stages.h"

namespace hbev {

/// For one prediction of one sample.
class InspectionRecorder {
 public:
  explicit InspectionRecorder(const ModelConfig& config);

  /// Keeps what the inspection needs of a stage; everything else is passed over.
  void stage(const std::string& name, const torch::Tensor& result);
  /// `depth` [N, D, h, w]: NetworkOutput::depth; `cameras`: how the current keyframe's pictures were
  /// prepared.
  std::shared_ptr<const StageInspection> finish(const torch::Tensor& depth,
                                                std::span<const CameraPicture> cameras);

 private:
  void addMap(const std::string& name, const torch::Tensor& map);
  void addAttention(StageInspection& inspection) const;

  ModelConfig config_;
  std::shared_ptr<StageInspection> inspection_;
  std::map<std::string, torch::Tensor> kept_;  // of the backward projection
};

}  // namespace hbev
