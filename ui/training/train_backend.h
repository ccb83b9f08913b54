// What the window asks of core about a training before it starts it: a configuration with other values in it,
// and what it will take. Without LibTorch it says why it cannot.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/model/config.h"

namespace hbev::ui {

/// A file that is larger is no configuration.
inline constexpr std::uint64_t kMostConfigBytes = 1 << 20;

struct TrainBackend {
  /// Of a name or a file, with settings "section.key=value". Throws Error: what is wrong, and what is
  /// allowed.
  std::function<ModelConfig(const std::string& config, const std::vector<std::string>& settings)> config;
  /// Bytes that a training takes, roughly: nobody has measured it yet. Of a card its tensors alone.
  std::function<std::uint64_t(const ModelConfig& config, std::uint64_t parameters, bool on_card)> memory;
};

TrainBackend trainBackend();

}  // namespace hbev::ui
