// Loads a network with progress and cancellation.
#pragma once

#include <memory>

#include "core/base/progress.h"
#include "core/model/predictor.h"
#include "core/model/weights_misfit.h"

namespace hbev {

/// As makePredictor(). `progress` counts the bytes of the weights; it is asked between two of them whether
/// the network is still wanted. Throws Cancelled, WeightsMisfit when a part of the weights fits and that is
/// not enough, and Error.
std::unique_ptr<Predictor> loadPredictor(const ModelConfig& config, const WeightsChoice& weights,
                                         const PredictorOptions& options, Progress& progress);

}  // namespace hbev
