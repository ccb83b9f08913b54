// Writes checkpoints that PyTorch loads, also with torch.load(weights_only=True).
// Format: torch.save's zip of a pickle (protocol 2) and aligned storages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/model/torch_headers.h"

namespace hbev {

/// What a checkpoint is made of: None, numbers, text, tensors, and lists and dictionaries of them.
struct CheckpointValue {
  using List = std::vector<CheckpointValue>;
  using Dict =
      std::vector<std::pair<CheckpointValue, CheckpointValue>>;  ///< in order; keys: text or integers

  std::variant<std::monostate, bool, std::int64_t, double, std::string, torch::Tensor, List, Dict> value;
};

/// The state_dict of `network`: names and tensors, which are not copied.
CheckpointValue::Dict stateDictOf(const torch::nn::Module& network);

/// Tensors may lie on any device; they are written with the tag "cpu". Tensors that share their memory are
/// written once each. The file appears whole. Throws Error when it cannot be written, or when a tensor is of
/// a type that cannot.
void writeCheckpoint(const std::filesystem::path& file, const CheckpointValue& root);

}  // namespace hbev
