// What networks run on: devices and threads, and the memory that they take there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/model/predictor.h"
#include "core/model/process_memory.h"
#include "core/model/torch_headers.h"
#include "core/ops/card_memory.h"

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

/// Where the process's memory is limited: takes what OpenBLAS needs for products on so many threads while
/// there is some, since it asks for ever where none is left. Throws std::bad_alloc, also when less is left
/// than a process needs that takes `needed` bytes with LibTorch, which is loaded already.
void demandMemory(std::uint64_t needed, int threads);
/// The same for predicting.
void demandMemory(const ModelConfig& config, int threads);
/// Such a process's address space beyond what this one has taken, bytes.
std::uint64_t inAddressSpace(std::uint64_t needed);

/// What a process takes that predicts on a processor, bytes, by the sizes in the configuration: within 15 %
/// of what was measured. `weights`: bytes of them; 0: guessed.
std::uint64_t memoryNeeded(const ModelConfig& config, std::uint64_t weights);

/// The error of a prediction for which there was too little memory; names smaller configurations that fit.
/// `card`: the memory is a card's, of which so much is free now; empty: the machine's.
Error outOfMemory(const ModelConfig& config, std::uint64_t weights,
                  const std::optional<CardMemory>& card = {});
/// What is free of a full card's memory, in words, if only that it is full.
std::string freeCardMemory(const CardMemory& card);

}  // namespace hbev
