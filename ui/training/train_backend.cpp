#include "ui/training/train_backend.h"

#include "core/base/files.h"
#include "core/model/training_memory.h"
#include "ui/predict/predict_backend.h"

namespace hbev::ui {

#ifdef HBEV_HAS_TORCH

namespace {

constexpr std::uint64_t kMostConfigBytes = 1 << 20;

ModelConfig configWith(const std::string& config, const std::vector<std::string>& settings) {
  const std::filesystem::path file = findConfigFile(config);
  const auto bytes = readFile(file, kMostConfigBytes);
  const std::string toml =
      withSettings({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, settings, file);
  return parseModelConfig(toml, file);
}

}  // namespace

TrainBackend trainBackend() {
  return {&configWith, &trainingMemoryNeeded};
}

#else

TrainBackend trainBackend() {
  const auto why = networkBackend().unavailable.toStdString();
  return {[why](const std::string& config, const std::vector<std::string>&) -> ModelConfig {
            throw Error({.summary = why, .file = config, .expected = {}, .found = {}, .advice = {}});
          },
          [](const ModelConfig&, std::uint64_t) { return std::uint64_t(0); }};
}

#endif

}  // namespace hbev::ui
