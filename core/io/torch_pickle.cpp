#include "core/io/torch_pickle.h"

#include <limits>

#include <fmt/format.h>

#include "core/io/pickle_tree.h"

namespace hbev {
namespace {

using Arguments = std::span<const PickleValue>;

constexpr std::size_t kMaxName = 256;  // of a storage's key and device; PyTorch's are numbers

/// A storage as tensors get it; `base` is where a view of it begins (files older than PyTorch 0.4).
struct StorageView {
  std::size_t storage = 0;
  std::int64_t base = 0;
};

void demandArguments(Arguments arguments, std::size_t count, const char* of) {
  if (arguments.size() >= count) return;
  throw malformedPickle(fmt::format("{} with {} arguments", of, count), fmt::format("{}", arguments.size()));
}

std::string shortText(const PickleValue& value, const char* what) {
  const std::string_view text = value.text();
  if (text.size() <= kMaxName) return std::string(text);
  throw malformedPickle(fmt::format("{} of at most {} letters", what, kMaxName),
                        fmt::format("{}", text.size()));
}

/// "torch.FloatStorage", and "torch.cuda.FloatStorage" of old files.
TensorType storageType(const PickleValue& value) {
  if (value.kind() != PickleValue::Kind::Global) throw malformedPickle("a storage", value.description());
  const std::string_view name = value.name();
  const auto type = tensorTypeOfStorage(name.substr(name.rfind('.') + 1));
  if (!type) throw malformedPickle("a storage", std::string(name));
  return *type;
}

/// _rebuild_tensor(storage, offset, shape, strides) and _rebuild_tensor_v2, which has two more.
PickleValue makeTensor(PickleBuilder& builder, Arguments arguments) {
  demandArguments(arguments, 4, "torch._utils._rebuild_tensor");
  const auto* view = arguments[0].foreign<StorageView>();
  if (!view) throw malformedPickle("a storage", arguments[0].description());
  TensorRecipe recipe;
  recipe.storage = view->storage;
  if (__builtin_add_overflow(arguments[1].integer(), view->base, &recipe.offset) || recipe.offset < 0)
    throw malformedPickle("an offset within the storage", arguments[1].description());
  recipe.shape = arguments[2];
  recipe.strides = arguments[3];
  return builder.foreign(recipe);
}

/// _rebuild_parameter(tensor, requires_grad, hooks), and Parameter(tensor, requires_grad).
PickleValue makeParameter(PickleBuilder& builder, Arguments arguments) {
  demandArguments(arguments, 1, "torch._utils._rebuild_parameter");
  const auto* recipe = arguments[0].foreign<TensorRecipe>();
  if (!recipe) throw malformedPickle("a tensor", arguments[0].description());
  TensorRecipe parameter = *recipe;
  parameter.is_parameter = true;
  return builder.foreign(parameter);
}

/// torch.device('cuda', 0)
PickleValue makeDevice(PickleBuilder& builder, Arguments arguments) {
  demandArguments(arguments, 1, "torch.device");
  if (arguments.size() == 1) return arguments[0];
  return builder.text(
      fmt::format("{}:{}", shortText(arguments[0], "a device's name"), arguments[1].integer()));
}

PickleValue makeSize(PickleBuilder& builder, Arguments arguments) {
  return builder.tuple(arguments.empty() ? Arguments{} : arguments.front().items());
}

PickleValue makeDict(PickleBuilder& builder, Arguments) {
  return builder.dict();
}

}  // namespace

PickleValue TorchStorages::load(PickleBuilder& builder, const PickleValue& id) {
  // ('storage', class, key, device, elements[, (view's key, offset, elements)])
  const Arguments parts = id.items();
  if (parts.size() < 5 || parts[0].text() != "storage")
    throw malformedPickle("the persistent id of a storage", id.description());
  TorchStorage storage{.key = shortText(parts[2], "a storage's key"),
                       .type = storageType(parts[1]),
                       .count = 0,
                       .device = shortText(parts[3], "a device's name")};
  const std::int64_t count = parts[4].integer();
  if (count < 0 || std::uint64_t(count) > std::numeric_limits<std::int64_t>::max() / 16)
    throw malformedPickle("a storage that fits into memory", fmt::format("{} elements", count));
  storage.count = std::uint64_t(count);
  StorageView view;
  if (parts.size() > 5 && !parts[5].isNone()) {
    demandArguments(parts[5].items(), 3, "a view of a storage");
    view.base = parts[5].items()[1].integer();
  }
  const auto [entry, is_new] = index_.try_emplace(storage.key, all_.size());
  view.storage = entry->second;
  if (is_new) {
    all_.push_back(std::move(storage));
  } else if (const TorchStorage& known = all_[view.storage];
             known.type != storage.type || known.count != storage.count) {
    throw malformedPickle(fmt::format("storage {} to be the same everywhere", storage.key),
                          "two sizes or types of it");
  }
  return builder.foreign(view);
}

PickleConstructors TorchStorages::constructors() {
  PickleConstructors known = PickleConstructors::plain();
  for (std::size_t i = 0; i < kTensorTypes; ++i) {
    const auto type = TensorType(i);
    for (const char* module : {"torch", "torch.cuda", "torch.storage"})
      known.addName(fmt::format("{}.{}", module, storageClassName(type)));
    known.addName(fmt::format("torch.{}", tensorTypeName(type)));
  }
  known.add("torch._utils._rebuild_tensor", makeTensor);
  known.add("torch._utils._rebuild_tensor_v2", makeTensor);
  known.add("torch._utils._rebuild_parameter", makeParameter);
  known.add("torch._utils._rebuild_parameter_with_state", makeParameter);
  known.add("torch.nn.parameter.Parameter", makeParameter);
  known.add("torch.device", makeDevice);
  known.add("torch.Size", makeSize);
  known.addName("torch.Tensor");
  known.addName("torch.serialization._get_layout");
  // Configurations and logs that mmcv, mmengine and argparse leave beside the weights.
  for (const char* name : {"mmcv.utils.config.ConfigDict", "mmengine.config.config.ConfigDict",
                           "addict.addict.Dict", "addict.Dict", "collections.Counter"})
    known.add(name, makeDict);
  known.addObject("argparse.Namespace");
  known.addObject("mmengine.logging.history_buffer.HistoryBuffer");
  known.setPersistent(
      [this](PickleBuilder& builder, Arguments arguments) { return load(builder, arguments.front()); });
  return known;
}

}  // namespace hbev
