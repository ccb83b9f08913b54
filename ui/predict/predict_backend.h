// The network as the window sees it: which configurations and devices there are, and how a predictor is made.
// Tests put another one in its place; a window that was built without LibTorch has one that says so.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <QtCore/QString>

#include "core/base/progress.h"
#include "core/model/predictor.h"

namespace hbev::ui {

struct PredictBackend {
  QString unavailable;                                    ///< why there is no network, a sentence; else empty
  std::function<std::vector<NamedConfig>()> configs;      ///< throws Error
  std::function<ModelConfig(const std::string&)> config;  ///< of a name or a file; throws Error
  std::function<std::vector<DeviceInfo>()> devices;
  /// Throws WeightsMisfit when the weights fit in part only, Cancelled, and Error.
  std::function<std::unique_ptr<Predictor>(const ModelConfig&, const WeightsChoice&, const PredictorOptions&,
                                           Progress&)>
      make;
};

/// core/model in its library, which is loaded by the first call that needs it; or what stands for it where it
/// was not built.
PredictBackend networkBackend();

/// The weights that come with the program for a configuration, by its name; empty where there are none.
QString shippedWeights(const PredictBackend& backend, const QString& config);

}  // namespace hbev::ui
