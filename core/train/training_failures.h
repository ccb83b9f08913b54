// Sentences for what ends a training, or keeps it from beginning, inside LibTorch.
#pragma once

#include <filesystem>
#include <functional>

#include "core/model/config.h"
#include "core/model/torch_headers.h"
#include "core/ops/card_memory.h"

namespace hbev {

/// Does `work` on `device`. Throws Error in the place of LibTorch's errors: one about memory says what would
/// fit; `accumulate`: batches per step. Memory that a full card keeps of freed tensors is given back. Other
/// errors pass.
void withSentences(const ModelConfig& config, int accumulate, const torch::Device& device,
                   const std::function<void()>& work);

/// Before a training begins on a processor: throws Error when the machine, or the limit of this process, has
/// less memory than it takes; `processes`: how many begin on this machine. Prepares LibTorch for a limit, see
/// demandMemory().
void demandTrainingMemory(const ModelConfig& config, int accumulate, int processes, int threads);

/// Before a training begins on a card: throws Error when its free memory is far below what training takes on
/// a processor, by whose measure that is guessed.
void demandCardMemory(const ModelConfig& config, int accumulate, const CardMemory& card);

/// Throws Error that names the first weight that is NaN or infinite: no step could mend it. `file`: where the
/// weights come from.
void demandFiniteWeights(const std::filesystem::path& file, const torch::nn::Module& network);

}  // namespace hbev
