// PyTorch's checkpoints (.pth, .pt, .ckpt) as plain data: names, types, shapes and bytes. Needs no Torch, and
// runs nothing of what a file says.
// Format: torch.save's zip (PyTorch 1.6 and later) and the files before it; mmcv's and mmengine's
// dictionaries in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/io/pickle_value.h"
#include "core/io/tensor_type.h"

namespace hbev {

/// A tensor of a checkpoint: where its elements lie. It was checked to lie within its storage.
struct CheckpointTensor {
  std::string name;  ///< "img_backbone.conv1.weight"; empty outside of a state_dict
  TensorType type = TensorType::Float32;
  std::vector<std::int64_t> shape, strides;  ///< strides in elements
  std::int64_t offset = 0;                   ///< elements
  std::size_t storage = 0;
  bool is_parameter = false;  ///< saved as torch.nn.Parameter; state_dicts hold plain tensors

  std::uint64_t count() const;  ///< elements
  std::uint64_t byteCount() const { return count() * tensorItemSize(type); }
  bool isContiguous() const;
  /// "float32 [64, 3, 7, 7]", for messages
  std::string description() const;
};

/// An opened checkpoint. Tensors are read when asked for. Not for several threads at once.
class CheckpointFile {
 public:
  enum class Kind {
    StateDict,  ///< names and tensors, nothing else
    Mmcv,       ///< meta, state_dict and perhaps optimizer, as mmcv and mmengine write
    Ema,        ///< state_dict and the number of updates, as the averaging hook of BEVDet writes
    Wrapped     ///< a state_dict under some key
  };

  /// Which weights: those of the last step, or their running average, where a training keeps both in one file
  /// ("ema" beside "state_dict"). Other files have one kind.
  enum class Part { Weights, Average };

  /// Throws Error when the file is absent, no checkpoint, damaged, holds names that are not known to be
  /// harmless, tensors that reach out of their storage, or no weights.
  explicit CheckpointFile(const std::filesystem::path& file, Part part = Part::Weights);
  ~CheckpointFile();
  CheckpointFile(CheckpointFile&&) noexcept;
  CheckpointFile& operator=(CheckpointFile&&) noexcept;

  const std::filesystem::path& file() const;
  Kind kind() const;
  bool isLegacy() const;  ///< written by a PyTorch before 1.6, or so that those can read it
  /// The weights, in the file's order.
  const std::vector<CheckpointTensor>& state() const;
  /// Entries of the state_dict that are no tensors, which are left out.
  const std::vector<std::string>& skipped() const;
  /// The device that the weights lay on: "cpu", "cuda:0", "" when there are none.
  std::string device() const;

  /// Everything that torch.save was given: meta and optimizer too. Lives as long as this.
  const PickleValue& root() const;
  /// Whether a value under root() is a tensor, and which. Throws Error when it reaches out of its storage.
  std::optional<CheckpointTensor> tensorOf(const PickleValue& value) const;

  /// The elements in C order, little-endian.
  std::vector<std::byte> read(const CheckpointTensor& tensor) const;
  /// The same for many, storage by storage so that each is read once; `consume` gets them in that order, with
  /// the index in `tensors`. Throws Error when the file is damaged.
  void read(std::span<const CheckpointTensor> tensors,
            const std::function<void(std::size_t index, std::vector<std::byte> elements)>& consume) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// "an mmcv checkpoint", for people
std::string kindName(CheckpointFile::Kind kind);

/// What an optimizer's part of a checkpoint holds.
struct OptimizerSummary {
  std::size_t groups = 0;   ///< of parameters with their own settings
  std::size_t states = 0;   ///< parameters with a state
  std::size_t tensors = 0;  ///< in those states
  std::uint64_t values = 0;
};
/// Nothing when there is no optimizer. Throws Error when a tensor reaches out of its storage.
std::optional<OptimizerSummary> optimizerOf(const CheckpointFile& file);

}  // namespace hbev
