// Whether a device can train in a configuration's precision, and what speaks against it. Knows no Torch.
#pragma once

#include <string>
#include <string_view>

#include "core/model/config.h"

namespace hbev {

/// Throws Error where the device ("cpu", "cuda:0") cannot train so: float16 is for CUDA devices.
void demandPrecision(const TrainingConfig& config, std::string_view device);

/// A sentence for whoever is about to begin such a training; empty when nothing speaks against it.
std::string precisionWarning(const TrainingConfig& config, std::string_view device);

}  // namespace hbev
