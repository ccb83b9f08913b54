#include "ui/train_backend.h"

#include <algorithm>

#include "core/base/files.h"
#include "ui/predict_backend.h"

namespace hbev::ui {

#ifdef HBEV_HAS_TORCH

namespace {

constexpr std::uint64_t kMostConfigBytes = 1 << 20;

/// What a step on a processor was measured to take (docs/performance.md): tiny and demo with batches of 1 and
/// 2, 1f with a batch of 1, all with recomputed activations. These three numbers give those five within 6 %.
constexpr double kProgramBytes = 3e8, kOfFeatures = 3.4, kOfMaps = 1.75;

ModelConfig configWith(const std::string& config, const std::vector<std::string>& settings) {
  const std::filesystem::path file = findConfigFile(config);
  const auto bytes = readFile(file, kMostConfigBytes);
  const std::string toml =
      withSettings({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, settings, file);
  return parseModelConfig(toml, file);
}

/// Weights, gradients, two moments and the average; pictures and features of a batch.
std::uint64_t memoryOf(const ModelConfig& config, std::uint64_t parameters) {
  const double pixels = double(kCameras) * config.image.height * config.image.width * config.frames();
  const double features = pixels * 4 * (3 + 16.0 * config.backbone.base_channels / 16);
  const double cells = double(config.lift.x.cells()) * config.lift.y.cells();
  const double maps =
      cells * 4 *
      (double(config.lift.channels) * config.lift.z.cells() * (config.past_keyframes + 1) +
       8.0 * config.bev_encoder.out_channels + 10.0 * config.head.heights * (config.classSet().size() + 2));
  return std::uint64_t(kProgramBytes + double(parameters) * 4 * 5 +
                       config.training.batch_size * (kOfFeatures * features + kOfMaps * maps));
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
          [](const ModelConfig&, std::uint64_t) { return std::uint64_t(0); }};
}

#endif

}  // namespace hbev::ui
