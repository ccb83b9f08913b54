#include "core/model/torch_errors.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/model/compute_device.h"
#include "core/ops/card_memory.h"

namespace hbev {

FullMemory fullMemoryOf(std::string_view error) {
  const auto says = [&](std::string_view words) { return error.find(words) != error.npos; };
  // LibTorch's allocator, CUDA's runtime and driver, and CUDA's libraries, which allocate for themselves.
  constexpr std::array<std::string_view, 7> kOfCards{"CUDA out of memory",
                                                     "CUDA error: out of memory",
                                                     "CUDA driver error: out of memory",
                                                     "CUBLAS_STATUS_ALLOC_FAILED",
                                                     "CUDNN_STATUS_ALLOC_FAILED",
                                                     "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
                                                     "CUSOLVER_STATUS_ALLOC_FAILED"};
  if (std::ranges::any_of(kOfCards, says)) return FullMemory::Card;
  return says("out of memory") || says("allocate memory") || says("not enough memory") ? FullMemory::Machine
                                                                                       : FullMemory::None;
}

Error translatedError(const c10::Error& error, const ModelConfig& config, std::uint64_t weights,
                      const torch::Device& device) {
  const std::string text = error.what_without_backtrace();
  const FullMemory full = fullMemoryOf(text);
  if (full == FullMemory::Machine) return outOfMemory(config, weights);
  if (full == FullMemory::Card) {
    giveBackCardMemory();
    return outOfMemory(config, weights, cardMemory(device).value_or(CardMemory()));
  }
  return Error({.summary = "LibTorch could not run the network",
                .file = {},
                .expected = {},
                .found = text.substr(0, text.find('\n')),
                .advice = {}});
}

Error translatedError(const std::bad_alloc&, const ModelConfig& config, std::uint64_t weights) {
  return outOfMemory(config, weights);
}

}  // namespace hbev
