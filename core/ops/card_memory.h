// Memory of cards: what tensors take of it, and what is free. Without CUDA there is nothing to tell.
#pragma once

#include <cstdint>
#include <optional>

#include <c10/core/Device.h>

namespace hbev {

struct CardMemory {
  std::uint64_t free_bytes = 0;  ///< for this process: what nobody has, and what LibTorch keeps unused
  std::uint64_t total_bytes = 0;
};

/// Of the device, which is used from then on. Nothing when it is no card, or its driver does not say.
std::optional<CardMemory> cardMemory(const c10::Device& device);

/// Bytes of it in all, asked of the driver alone: the device stays unused. 0: it is no card, or its driver
/// does not say.
std::uint64_t totalCardMemory(const c10::Device& device);

/// Bytes that tensors took of the device at most since the last resetPeakCardMemory(); 0: it is no card. CUDA
/// and its libraries take some hundred megabytes beside them.
std::uint64_t peakCardMemory(const c10::Device& device);
void resetPeakCardMemory(const c10::Device& device);

/// What LibTorch keeps of freed tensors on all cards goes back to the driver: CUDA's libraries and other
/// programs have no use for it otherwise. Throws nothing.
void giveBackCardMemory();

}  // namespace hbev
