#include "core/train/training_failures.h"

#include <algorithm>
#include <new>
#include <string>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/model/compute_device.h"
#include "core/model/hbevocc.h"
#include "core/model/process_memory.h"
#include "core/model/torch_errors.h"
#include "core/model/training_memory.h"

namespace hbev {
namespace {

std::string freeMachineMemory() {
  return freeMemory() > 0 ? fmt::format("{:.1f} GB free", double(freeMemory()) / 1e9) : "";
}

struct MemoryWords {
  std::string found = freeMachineMemory(), expected{}, where{};
  std::string others = "Close other programs";
};

/// On a card.
MemoryWords cardWords(const CardMemory& card, const std::string& expected = {}) {
  return {.found = freeCardMemory(card),
          .expected = expected,
          .where = " on the card",
          .others = "Close other programs that use the card (`nvidia-smi` lists them)"};
}

Error tooLittleMemory(const ModelConfig& config, int accumulate, const MemoryWords& words = {},
                      int processes = 1) {
  const int batch = config.training.batch_size;
  std::string advice = words.others + ", or take a smaller configuration.";
  if (processes > 1) {
    advice = "Start fewer processes on this machine (--nproc), or take a smaller configuration.";
  } else if (batch > 1) {
    advice = fmt::format("Take --set training.batch_size={} --accumulate {}, which trains alike.", batch / 2,
                         2 * accumulate);
  } else if (!config.training.recompute) {
    advice = "Take --set training.recompute=true.";
  }
  return Error(
      {.summary = fmt::format("There is too little memory{} to train {} with {} keyframe{} per batch",
                              words.where, config.name, batch, batch == 1 ? "" : "s"),
       .file = {},
       .expected = words.expected,
       .found = words.found,
       .advice = advice});
}

}  // namespace

void withSentences(const ModelConfig& config, int accumulate, const torch::Device& device,
                   const std::function<void()>& work) {
  try {
    work();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    const FullMemory full = fullMemoryOf(text);
    if (full == FullMemory::Card) {
      giveBackCardMemory();
      throw tooLittleMemory(config, accumulate, cardWords(cardMemory(device).value_or(CardMemory())));
    }
    if (full == FullMemory::Machine) throw tooLittleMemory(config, accumulate);
    throw Error({.summary = "LibTorch could not train the network",
                 .file = {},
                 .expected = {},
                 .found = text.substr(0, text.find('\n')),
                 .advice = {}});
  } catch (const std::bad_alloc&) {
    throw tooLittleMemory(config, accumulate);
  }
}

void demandTrainingMemory(const ModelConfig& config, int accumulate, int processes, int threads) {
  constexpr double kCertain = 0.9;  // the guess is off by a tenth at most
  const auto parameters = std::uint64_t(roughParameters(config));
  // LibTorch is loaded, in all processes: what is free is free for tensors.
  const double all = double(trainingTensorBytes(config, parameters)) * std::max(1, processes),
               available = double(machineMemoryAndSwap());
  if (available > 0 && available < kCertain * all) {
    const std::string whose = processes > 1 ? fmt::format(" for {} processes", processes) : "";
    throw tooLittleMemory(config, accumulate,
                          {.expected = fmt::format("about {:.1f} GB{}", all / 1e9, whose)}, processes);
  }
  // In a limited address space the heaps of the threads that make batches count, too.
  constexpr std::uint64_t kHeaps = 400'000'000;
  const std::uint64_t needed = trainingMemoryNeeded(config, parameters);
  try {
    demandMemory(needed + kHeaps, threads);
  } catch (const std::bad_alloc&) {
    throw tooLittleMemory(config, accumulate,
                          {.expected = fmt::format("about {:.1f} GB of address space",
                                                   double(inAddressSpace(needed + kHeaps)) / 1e9)});
  }
}

void demandCardMemory(const ModelConfig& config, int accumulate, const CardMemory& card) {
  constexpr double kCertain = 0.7;  // the guess was fitted to processors: what surely fails is refused
  const double needed = double(trainingTensorBytes(config, std::uint64_t(roughParameters(config))));
  if (double(card.free_bytes) < kCertain * needed)
    throw tooLittleMemory(config, accumulate, cardWords(card, fmt::format("about {:.1f} GB", needed / 1e9)));
}

void demandFiniteWeights(const std::filesystem::path& file, const torch::nn::Module& network) {
  for (const StateEntry& entry : stateOf(network)) {
    if (!entry.tensor.is_floating_point() || entry.tensor.isfinite().all().item<bool>()) continue;
    throw Error({.summary = "The weights to begin with are not all numbers",
                 .file = file,
                 .expected = "finite values",
                 .found = fmt::format("NaN or infinity in {}", entry.name),
                 .advice = "Take an earlier checkpoint."});
  }
}

}  // namespace hbev
