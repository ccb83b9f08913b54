#include "ui/predict/predict_backend.h"

#include <QtCore/QCoreApplication>

#include "core/base/error.h"
#include "core/model/network_library.h"

namespace hbev::ui {

PredictBackend networkBackend() {
#ifdef HBEV_HAS_TORCH
  PredictBackend backend;
  backend.configs = &namedConfigs;
  backend.config = &findModelConfig;
  backend.devices = &devicesOfMachine;
  backend.make = [](const ModelConfig& config, const WeightsChoice& weights, const PredictorOptions& options,
                    Progress& progress) {
    return networkLibrary().load_predictor(config, weights, options, progress);
  };
  return backend;
#else
  PredictBackend none;
  none.unavailable = QCoreApplication::translate(
      "Predict", "This studio was built without LibTorch, which the network needs.");
  none.configs = [] { return std::vector<NamedConfig>(); };
  none.config = [why = none.unavailable.toStdString()](const std::string& name) -> ModelConfig {
    throw Error({.summary = why, .file = name, .expected = {}, .found = {}, .advice = {}});
  };
  none.devices = [] { return std::vector<DeviceInfo>(); };
  none.make = [why = none.unavailable.toStdString()](const ModelConfig&, const WeightsChoice&,
                                                     const PredictorOptions&,
                                                     Progress&) -> std::unique_ptr<Predictor> {
    throw Error({.summary = why, .file = {}, .expected = {}, .found = {}, .advice = {}});
  };
  return none;
#endif
}

QString shippedWeights(const PredictBackend& backend, const QString& config) {
  if (!backend.unavailable.isEmpty()) return {};
  try {
    for (const NamedConfig& named : backend.configs()) {
      if (QString::fromStdString(named.name) == config) return QString::fromStdString(named.weights.string());
    }
  } catch (const Error&) {
    // Whoever shows the configurations says that they are not there.
  }
  return {};
}

}  // namespace hbev::ui
