// Where a checkpoint keeps its pickle and its storages: PyTorch's zip, or the pickles in a row that PyTorch
// wrote before version 1.6. For the files checkpoint_*.cpp only.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "core/io/torch_pickle.h"

namespace hbev {

struct CheckpointArchive {
  Pickle pickle;
  bool is_legacy = false;  ///< before 1.6
  /// All bytes of storage `index` of the TorchStorages. Throws Error when the file is damaged.
  std::function<std::vector<std::byte>(std::size_t index)> read_storage;
};

/// Throws Error when the file is no checkpoint, damaged, or refused. No storage takes more memory than the
/// file is long.
CheckpointArchive openCheckpointArchive(const std::filesystem::path& file, TorchStorages& storages);

}  // namespace hbev
