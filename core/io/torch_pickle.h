// The names that PyTorch's pickles use, for the restricted reader: tensors, storages, parameters. For the
// files checkpoint_*.cpp only.
// Format: torch.serialization (persistent ids), torch._utils (_rebuild_*).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/pickle.h"
#include "core/io/tensor_type.h"

namespace hbev {

/// A run of elements that tensors look into.
struct TorchStorage {
  std::string key;  ///< its name in the file
  TensorType type = TensorType::Float32;
  std::uint64_t count = 0;  ///< elements
  std::string device;       ///< where it lay when it was saved: "cuda:0"
};

/// What a pickle says of a tensor, as yet unchecked.
struct TensorRecipe {
  std::size_t storage = 0;
  std::int64_t offset = 0;  ///< elements
  PickleValue shape, strides;
  bool is_parameter = false;
};

/// Collects the storages that a pickle names while it is read. Must outlive the constructors that it gives.
class TorchStorages {
 public:
  /// NumPy's and Python's plain names, and PyTorch's.
  PickleConstructors constructors();
  const std::vector<TorchStorage>& all() const { return all_; }

 private:
  PickleValue load(PickleBuilder& builder, const PickleValue& id);

  std::vector<TorchStorage> all_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace hbev
