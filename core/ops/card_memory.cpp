#include "core/ops/card_memory.h"

#ifdef HBEV_OPS_CUDA
#include <algorithm>
#include <cuda_runtime_api.h>

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>
#include <c10/cuda/CUDACachingAllocator.h>
#endif

namespace hbev {

#ifdef HBEV_OPS_CUDA
namespace {

namespace allocator = c10::cuda::CUDACachingAllocator;

/// Among an allocator's counts: of small and large blocks together.
constexpr std::size_t kAllBlocks = 0;

/// The card with its number. Before the first tensor on it LibTorch's allocator does not know it.
c10::Device usedCard(const c10::Device& device) {
  return at::empty({0}, at::device(device)).device();
}

}  // namespace

std::optional<CardMemory> cardMemory(const c10::Device& device) {
  if (!device.is_cuda()) return {};
  const c10::Device card = usedCard(device);
  const c10::DeviceGuard guard(card);
  std::size_t left = 0, all = 0;
  if (cudaMemGetInfo(&left, &all) != cudaSuccess) {
    cudaGetLastError();  // else the next kernel is said to have failed
    return {};
  }
  const auto counts = allocator::getDeviceStats(card.index());
  const auto unused = counts.reserved_bytes[kAllBlocks].current - counts.allocated_bytes[kAllBlocks].current;
  return CardMemory{left + std::uint64_t(std::max<std::int64_t>(0, unused)), all};
}

std::uint64_t totalCardMemory(const c10::Device& device) {
  if (!device.is_cuda()) return 0;
  cudaDeviceProp properties{};
  if (cudaGetDeviceProperties(&properties, std::max<int>(0, device.index())) != cudaSuccess) {
    cudaGetLastError();  // as above
    return 0;
  }
  return properties.totalGlobalMem;
}

std::uint64_t peakCardMemory(const c10::Device& device) {
  if (!device.is_cuda()) return 0;
  return std::uint64_t(allocator::getDeviceStats(usedCard(device).index()).allocated_bytes[kAllBlocks].peak);
}

void resetPeakCardMemory(const c10::Device& device) {
  if (device.is_cuda()) allocator::resetPeakStats(usedCard(device).index());
}

void giveBackCardMemory() {
  try {
    allocator::emptyCache();
  } catch (const c10::Error&) {
    // A card that has failed keeps what it has.
  }
}
#else
std::optional<CardMemory> cardMemory(const c10::Device&) {
  return {};
}

std::uint64_t totalCardMemory(const c10::Device&) {
  return 0;
}

std::uint64_t peakCardMemory(const c10::Device&) {
  return 0;
}

void resetPeakCardMemory(const c10::Device&) {}

void giveBackCardMemory() {}
#endif

}  // namespace hbev
