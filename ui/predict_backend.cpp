#include "ui/predict_backend.h"

#include <string_view>

#include <QtCore/QCoreApplication>

namespace hbev::ui {

PredictBackend networkBackend() {
#ifdef HBEV_HAS_TORCH
  return {{}, &namedConfigs, &findModelConfig, &predictorDevices, &makePredictor};
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
                                                     const PredictorOptions&) -> std::unique_ptr<Predictor> {
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

bool canUseAnyway(const Problem& problem) {
  // What loading a checkpoint advises, and nothing else does.
  return problem.advice.find("allow the mismatch") != std::string::npos;
}

}  // namespace hbev::ui
