// What networks run on: processors, threads and memory.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.h"
#include "core/model/predictor.h"
#include "core/model/torch_headers.h"

namespace hbev {

/// A device of predictorDevices(), or "auto": a GPU where there is one. Throws Error that lists the devices.
DeviceInfo findDevice(const std::string& id);
torch::Device torchDevice(const DeviceInfo& device);

/// How many threads `wanted` (0: all processors) comes to, and makes LibTorch use them from the calling
/// thread. OpenBLAS gets one: its own threads inside OpenMP's would be more than there are processors, which
/// costs several times the speed.
int useThreads(int wanted);

/// Waits until the device has done what it was told. Does nothing on a processor.
void synchronize(const torch::Device& device);

/// Memory that this process has used at most since the last call of resetPeakMemory(), bytes; 0: unknown.
std::uint64_t peakMemory();
void resetPeakMemory();
/// What this process may still take, bytes: what the machine has free, or less where a limit is set
/// (ulimit -v); 0: unknown.
std::uint64_t freeMemory();

/// Where the process's memory is limited: takes what OpenBLAS needs for products on so many threads while
/// there is some, since it asks for ever where none is left. Throws std::bad_alloc, also when less is left
/// than predicting takes.
void demandMemory(const ModelConfig& config, int threads);

/// What a process takes that predicts on a processor, bytes, by the sizes in the configuration: within 15 %
/// of what was measured. `weights`: bytes of them; 0: guessed.
std::uint64_t memoryNeeded(const ModelConfig& config, std::uint64_t weights);

/// The error of a prediction for which there was too little memory; names smaller configurations that fit.
Error outOfMemory(const ModelConfig& config, std::uint64_t weights);

}  // namespace hbev
