#include "core/io/checkpoint_file.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/io/checkpoint_archive.h"
#include "core/io/pickle_tree.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxTensorDimensions = 16;
constexpr std::int64_t kMaxElements = std::int64_t(1) << 48;
/// Views may repeat a storage's elements; all together not more often than this.
constexpr std::uint64_t kMaxRepeats = 16;

std::vector<std::int64_t> sizesOf(const PickleValue& value, const char* what) {
  const std::span<const PickleValue> items = value.items();
  if (items.size() > kMaxTensorDimensions)
    throw malformedPickle(fmt::format("at most {} dimensions", kMaxTensorDimensions),
                          fmt::format("{}", items.size()));
  std::vector<std::int64_t> sizes;
  for (const PickleValue& item : items) {
    sizes.push_back(item.integer());
    if (sizes.back() < 0)
      throw malformedPickle(fmt::format("{} without negative numbers", what),
                            fmt::format("{}", sizes.back()));
  }
  return sizes;
}

/// One past the last element that a tensor touches, with its offset; a huge number when that overflows.
std::int64_t reach(const CheckpointTensor& tensor) {
  if (std::ranges::find(tensor.shape, 0) != tensor.shape.end()) return tensor.offset;
  std::int64_t last = tensor.offset, count = 1;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    std::int64_t step = 0;
    if (__builtin_mul_overflow(tensor.shape[i] - 1, tensor.strides[i], &step) ||
        __builtin_add_overflow(last, step, &last) || __builtin_mul_overflow(count, tensor.shape[i], &count) ||
        count > kMaxElements || last > kMaxElements) {
      return kMaxElements;
    }
  }
  return last + 1;
}

/// Elements in C order out of those of a storage.
std::vector<std::byte> gather(const CheckpointTensor& tensor, std::span<const std::byte> storage) {
  const std::size_t item = tensorItemSize(tensor.type);
  if (tensor.isContiguous()) {
    const auto elements = storage.subspan(std::size_t(tensor.offset) * item, tensor.byteCount());
    return {elements.begin(), elements.end()};
  }
  std::vector<std::byte> result(tensor.byteCount());
  std::vector<std::int64_t> position(tensor.shape.size(), 0);
  std::int64_t source = tensor.offset;
  for (std::size_t target = 0; target < result.size(); target += item) {
    std::memcpy(&result[target], &storage[std::size_t(source) * item], item);
    for (std::size_t i = tensor.shape.size(); i-- > 0;) {
      source += tensor.strides[i];
      if (++position[i] < tensor.shape[i]) break;
      source -= tensor.strides[i] * tensor.shape[i];
      position[i] = 0;
    }
  }
  return result;
}

bool holdsTensors(const PickleValue& value) {
  return value.isDict() && std::ranges::any_of(value.entries(), [](const PickleEntry& entry) {
           return entry.key.isText() && entry.value.foreign<TensorRecipe>();
         });
}

}  // namespace

std::uint64_t CheckpointTensor::count() const {
  return std::accumulate(
      shape.begin(), shape.end(), std::uint64_t(1),
      [](std::uint64_t product, std::int64_t extent) { return product * std::uint64_t(extent); });
}

bool CheckpointTensor::isContiguous() const {
  std::int64_t expected = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 0) return true;
    if (shape[i] == 1) continue;
    if (strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

std::string CheckpointTensor::description() const {
  return fmt::format("{} [{}]", tensorTypeName(type), fmt::join(shape, ", "));
}

struct CheckpointFile::Impl {
  Impl(const fs::path& path, Part part) : file(path), archive(openCheckpointArchive(path, storages)) {
    file_bytes = fs::file_size(path);
    aboutFile(file, [&] { findState(part); });
  }

  CheckpointTensor tensor(const TensorRecipe& recipe) const {
    const TorchStorage& storage = storages.all().at(recipe.storage);
    CheckpointTensor made{.name = {},
                          .type = storage.type,
                          .shape = sizesOf(recipe.shape, "a shape"),
                          .strides = sizesOf(recipe.strides, "strides"),
                          .offset = recipe.offset,
                          .storage = recipe.storage,
                          .is_parameter = recipe.is_parameter};
    if (made.shape.size() != made.strides.size())
      throw malformedPickle(fmt::format("{} strides", made.shape.size()),
                            fmt::format("{}", made.strides.size()));
    if (std::uint64_t(reach(made)) > storage.count)
      throw malformedPickle(
          fmt::format("tensors within storage {} of {} elements", storage.key, storage.count),
          fmt::format("{} with strides [{}] from element {}", made.description(),
                      fmt::join(made.strides, ", "), made.offset));
    demandProportion(made.byteCount());
    return made;
  }

  /// A stride of 0 makes much of little.
  void demandProportion(std::uint64_t bytes) const {
    if (bytes > kMaxRepeats * file_bytes)
      throw malformedPickle("tensors in proportion to the file's size", "far more");
  }

  /// The dictionary with the weights: the root, or what stands under one of the usual keys.
  const PickleValue& findWeights(Part part) {
    const PickleValue& root = archive.pickle.root();
    const PickleValue* average = part == Part::Average ? root.find("ema") : nullptr;
    const PickleValue* averaged = average && average->isDict() ? average->find("state_dict") : nullptr;
    if (averaged && holdsTensors(*averaged)) {
      kind = Kind::Ema;
      return *averaged;
    }
    for (const char* key : {"state_dict", "model_state_dict", "model", "module", "network"}) {
      const PickleValue* found = root.find(key);
      if (!found || !holdsTensors(*found)) continue;
      kind = root.find("meta") ? Kind::Mmcv : root.find("updates") ? Kind::Ema : Kind::Wrapped;
      return *found;
    }
    if (holdsTensors(root)) return root;
    throw Error({file.filename().string() + " holds no weights", file, "a state_dict", root.description(),
                 "Save the network's state_dict()."});
  }

  void findState(Part part) {
    // A key that was set twice counts with its later value, in its first place.
    std::map<std::string_view, std::size_t> index;
    std::uint64_t total = 0;
    for (const auto& [key, value] : findWeights(part).entries()) {
      if (!key.isText()) throw malformedPickle("names of tensors", key.description());
      const auto* recipe = value.foreign<TensorRecipe>();
      if (!recipe) {
        skipped.emplace_back(key.text());
        continue;
      }
      CheckpointTensor made = tensor(*recipe);
      made.name = key.text();
      total += made.byteCount();
      demandProportion(total);
      const auto [entry, is_new] = index.try_emplace(key.text(), state.size());
      if (is_new) {
        state.push_back(std::move(made));
      } else {
        state[entry->second] = std::move(made);
      }
    }
  }

  fs::path file;
  std::uint64_t file_bytes = 0;
  TorchStorages storages;
  CheckpointArchive archive;
  Kind kind = Kind::StateDict;
  std::vector<CheckpointTensor> state;
  std::vector<std::string> skipped;
};

CheckpointFile::CheckpointFile(const fs::path& file, Part part) : impl_(std::make_unique<Impl>(file, part)) {}
CheckpointFile::~CheckpointFile() = default;
CheckpointFile::CheckpointFile(CheckpointFile&&) noexcept = default;
CheckpointFile& CheckpointFile::operator=(CheckpointFile&&) noexcept = default;

const fs::path& CheckpointFile::file() const {
  return impl_->file;
}
CheckpointFile::Kind CheckpointFile::kind() const {
  return impl_->kind;
}
bool CheckpointFile::isLegacy() const {
  return impl_->archive.is_legacy;
}
const std::vector<CheckpointTensor>& CheckpointFile::state() const {
  return impl_->state;
}
const std::vector<std::string>& CheckpointFile::skipped() const {
  return impl_->skipped;
}
const PickleValue& CheckpointFile::root() const {
  return impl_->archive.pickle.root();
}

std::string CheckpointFile::device() const {
  return impl_->state.empty() ? std::string() : impl_->storages.all()[impl_->state.front().storage].device;
}

std::optional<CheckpointTensor> CheckpointFile::tensorOf(const PickleValue& value) const {
  const auto* recipe = value.foreign<TensorRecipe>();
  if (!recipe) return std::nullopt;
  return aboutFile(impl_->file, [&] { return impl_->tensor(*recipe); });
}

std::vector<std::byte> CheckpointFile::read(const CheckpointTensor& tensor) const {
  std::vector<std::byte> result;
  read({&tensor, 1}, [&](std::size_t, std::vector<std::byte> elements) { result = std::move(elements); });
  return result;
}

void CheckpointFile::read(
    std::span<const CheckpointTensor> tensors,
    const std::function<void(std::size_t index, std::vector<std::byte> elements)>& consume) const {
  std::vector<std::size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return tensors[i].storage; });
  std::vector<std::byte> storage;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const CheckpointTensor& tensor = tensors[order[i]];
    const auto usesStorage = [&](std::size_t other) {
      return other < order.size() && tensors[order[other]].storage == tensor.storage;
    };
    if (i == 0 || !usesStorage(i - 1)) storage = impl_->archive.read_storage(tensor.storage);
    const bool is_whole = tensor.isContiguous() && tensor.byteCount() == storage.size();
    consume(order[i], is_whole && !usesStorage(i + 1) ? std::move(storage) : gather(tensor, storage));
  }
}

std::string kindName(CheckpointFile::Kind kind) {
  switch (kind) {
    case CheckpointFile::Kind::Mmcv:
      return "an mmcv checkpoint";
    case CheckpointFile::Kind::Ema:
      return "averaged weights (EMA)";
    case CheckpointFile::Kind::Wrapped:
      return "a state_dict in a dictionary";
    case CheckpointFile::Kind::StateDict:
      break;
  }
  return "a state_dict";
}

std::optional<OptimizerSummary> optimizerOf(const CheckpointFile& file) {
  const PickleValue* optimizer = file.root().find("optimizer");
  if (!optimizer || !optimizer->isDict()) return std::nullopt;
  OptimizerSummary summary;
  if (const PickleValue* groups = optimizer->find("param_groups"); groups && groups->isSequence())
    summary.groups = groups->items().size();
  const PickleValue* states = optimizer->find("state");
  if (!states || !states->isDict()) return summary;
  for (const PickleEntry& state : states->entries()) {
    ++summary.states;
    if (!state.value.isDict()) continue;
    for (const PickleEntry& entry : state.value.entries()) {
      const auto tensor = file.tensorOf(entry.value);
      if (!tensor) continue;
      ++summary.tensors;
      summary.values += tensor->count();
    }
  }
  return summary;
}

}  // namespace hbev
