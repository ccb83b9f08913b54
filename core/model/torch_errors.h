// LibTorch's errors in our words, for what runs a network.
#pragma once

#include <cstdint>
#include <new>
#include <string_view>

#include "core/base/error.h"
#include "core/model/config.h"
#include "core/model/torch_headers.h"

namespace hbev {

/// Which memory is full when LibTorch's error says this.
enum class FullMemory { None, Machine, Card };
FullMemory fullMemoryOf(std::string_view error);

/// What LibTorch's error means for predicting on `device`. Memory that a full card keeps of freed tensors is
/// given back, so that a smaller network can follow.
Error translatedError(const c10::Error& error, const ModelConfig& config, std::uint64_t weights,
                      const torch::Device& device);
/// There was no memory in the machine.
Error translatedError(const std::bad_alloc& error, const ModelConfig& config, std::uint64_t weights);

/// What `work` returns; LibTorch's errors and the lack of memory become Error. `weights`: bytes of them; 0:
/// guessed.
template <class Work>
auto translated(const ModelConfig& config, std::uint64_t weights, const torch::Device& device,
                const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const c10::Error& error) {
    throw translatedError(error, config, weights, device);
  } catch (const std::bad_alloc& error) {
    throw translatedError(error, config, weights);
  }
}

}  // namespace hbev
