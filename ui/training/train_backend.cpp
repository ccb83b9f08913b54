#include "ui/training/train_backend.h"

#include "core/base/files.h"
#include "core/model/training_memory.h"
#include "ui/predict/predict_backend.h"

namespace hbev::ui {

#ifdef HBEV_HAS_TORCH

namespace {

ModelConfig configWith(const std::string& config, const std::vector<std::string>& settings) {
  const std::filesystem::path file = findConfigFile(config);
  const auto bytes = readFile(file, kMostConfigBytes);
  const std::string toml =
      withSettings({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, settings, file);
  return parseModelConfig(toml, file);
}

std::uint64_t memoryOf(const ModelConfig& config, std::uint64_t parameters, bool on_card) {
  return on_card ? trainingTensorBytes(config, parameters) : trainingMemoryNeeded(config, parameters);
}

}  // namespace

TrainBackend trainBackend() {
  return {&configWith, &memoryOf};
}

#else

TrainBackend trainBackend() {
  const auto why = networkBackend().unavailable.toStdString();
  return {[why](const std::string& config, const std::vector<std::string>&) -> ModelConfig {
            throw Error({.summary = why, .file = config, .expected = {}, .found = {}, .advice = {}});
          },
          [](const ModelConfig&, std::uint64_t, bool) { return std::uint64_t(0); }};
}

#endif

}  // namespace hbev::ui
