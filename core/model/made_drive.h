// Six cameras around a car that drives straight on: what benchmarks give a network, without data.
#pragma once

#include "core/model/config.h"
#include "core/model/hbevocc.h"

namespace hbev {

/// `frames` keyframes, the current one after `keyframe` steps of the drive, `batch` times the same cameras.
/// Pictures are noise of LibTorch's default generator. On the processor.
NetworkInput madeDrive(const ModelConfig& config, int keyframe, int frames, int batch = 1);

}  // namespace hbev
