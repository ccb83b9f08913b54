// LibTorch's errors in our words, for what runs a network.
#pragma once

#include <new>
#include <string>

#include "core/base/error.h"
#include "core/model/compute_device.h"

namespace hbev {

/// What `work` returns; LibTorch's errors and the lack of memory become Error. `weights`: bytes of them; 0:
/// guessed.
template <class Work>
auto translated(const ModelConfig& config, std::uint64_t weights, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    const bool memory = text.find("out of memory") != text.npos || text.find("allocate memory") != text.npos;
    if (memory) throw outOfMemory(config, weights);
    throw Error({.summary = "LibTorch could not run the network",
                 .file = {},
                 .expected = {},
                 .found = text.substr(0, text.find('\n')),
                 .advice = {}});
  } catch (const std::bad_alloc&) {
    throw outOfMemory(config, weights);
  }
}

}  // namespace hbev
