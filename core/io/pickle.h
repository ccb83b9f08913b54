// Reads Python pickles, protocols 0 to 5, as plain data. Nothing in a file is ever executed.
// Format: Python's pickletools. A pickle is a program that may name any function of Python and have it
// called; this reader knows a short list of names (NumPy's arrays, a few containers, what the caller adds),
// builds the data itself and refuses every other name.
#pragma once

#include <any>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/pickle_value.h"

namespace hbev {

/// What a pickle may cost. Time and memory are in proportion to the file's size whatever it says of itself.
struct PickleLimits {
  std::uint64_t file_bytes = std::uint64_t(16) << 30;     ///< files are mapped into memory, not read
  std::uint64_t unpacked_bytes = std::uint64_t(1) << 30;  ///< what a gzipped file may become
  std::size_t depth = 256;                                ///< lists in lists
  /// Memory for values: `memory_base_bytes` + `memory_factor` x the pickle's size.
  std::uint64_t memory_base_bytes = std::uint64_t(64) << 20;
  std::uint64_t memory_factor = 128;
  /// A list may stand in another many times. With every copy counted the values must not take more than
  /// `copies_base_bytes` + `copies_factor` x the pickle's size (8 bytes a value, the bytes of text and
  /// arrays).
  std::uint64_t copies_base_bytes = std::uint64_t(256) << 20;
  std::uint64_t copies_factor = 64;
};

struct PickleTree;

/// Makes values while a pickle is read; what constructors work with.
class PickleBuilder {
 public:
  explicit PickleBuilder(PickleTree& tree) : tree_(tree) {}

  PickleValue none() const { return {}; }
  PickleValue boolean(bool value);
  PickleValue integer(std::int64_t value);
  PickleValue number(double value);
  PickleValue text(std::string_view value);                 ///< copied; Bytes when it is not UTF-8
  PickleValue bytes(std::span<const std::byte> value);      ///< copied
  PickleValue textView(std::string_view value);             ///< not copied: lies in the pickle's own bytes
  PickleValue bytesView(std::span<const std::byte> value);  ///< not copied: lies in the pickle's own bytes
  PickleValue list(std::span<const PickleValue> items);
  PickleValue tuple(std::span<const PickleValue> items);
  PickleValue set(std::span<const PickleValue> items);
  PickleValue dict();
  PickleValue object(std::string_view class_name);
  PickleValue global(std::string_view name);
  PickleValue dtype(const NpyHeader& type);
  /// An array over bytes that live as long as the pickle.
  PickleValue array(const NpyHeader& header, std::span<const std::byte> elements);
  PickleValue objectArray(const NpyHeader& header, std::span<const PickleValue> items);
  PickleValue foreign(std::any value);

  void append(const PickleValue& sequence, std::span<const PickleValue> items);
  void setEntry(const PickleValue& dict, const PickleValue& key, const PickleValue& value);
  void setState(const PickleValue& object, const PickleValue& state);
  /// Sets anew what an Array or a Dtype is. The bytes must live as long as the pickle; items are copied.
  void setArray(const PickleValue& target, const NpyHeader& header, std::span<const std::byte> elements,
                std::span<const PickleValue> items = {});

 private:
  PickleNode* node(PickleValue::Kind kind, PickleValue& value);
  PickleTree& tree_;
};

/// Stands for Python's call NAME(arguments). Throws Error when it cannot make sense of them.
using PickleConstructor = std::function<PickleValue(PickleBuilder&, std::span<const PickleValue> arguments)>;

/// The names that a pickle may use. Start with plain() and add: that is how PyTorch's checkpoints are read.
class PickleConstructors {
 public:
  /// NumPy's arrays and scalars (the module names of NumPy 1 and 2), list, tuple, dict, set, frozenset,
  /// bytes, bytearray, OrderedDict, defaultdict, pathlib's paths (as text), pyquaternion's Quaternion (as
  /// Object).
  static const PickleConstructors& plain();

  /// `name` with its module: "torch._utils._rebuild_tensor_v2".
  void add(const std::string& name, PickleConstructor constructor) { calls_[name] = std::move(constructor); }
  /// A name that may stand there as a value and cannot be called: "torch.FloatStorage".
  void addName(const std::string& name) { calls_[name] = nullptr; }
  /// A class whose instances are kept as Objects: name and state.
  void addObject(const std::string& name);
  /// What stands for a persistent id, which is the only argument. Without it such pickles are refused.
  void setPersistent(PickleConstructor load) { persistent_ = std::move(load); }

  /// nullptr: not known. An empty function: a name only.
  const PickleConstructor* find(std::string_view name) const;
  const PickleConstructor& persistent() const { return persistent_; }

 private:
  std::map<std::string, PickleConstructor, std::less<>> calls_;
  PickleConstructor persistent_;
};

struct PickleOptions {
  PickleLimits limits;
  const PickleConstructors* constructors = nullptr;  ///< plain() without it
};

/// A pickle that was read. Its values live as long as it does. It can be moved, and read from any thread.
class Pickle {
 public:
  /// What the readPickle functions do. `owner` keeps the bytes, unless the caller does.
  Pickle(std::shared_ptr<const void> owner, std::span<const std::byte> bytes, const PickleOptions& options);
  ~Pickle();
  Pickle(Pickle&&) noexcept;
  Pickle& operator=(Pickle&&) noexcept;

  const PickleValue& root() const { return root_; }
  /// Where the pickle ended in its bytes: others may follow in the same file.
  std::size_t endOffset() const { return end_offset_; }

 private:
  std::unique_ptr<PickleTree> tree_;
  PickleValue root_;
  std::size_t end_offset_ = 0;
};

/// Reads a .pkl, gzipped or not. The file is mapped and text, bytes and arrays stay where they lie in it, so
/// that gigabytes of arrays cost no memory before they are asked for; a gzipped one is unpacked into memory
/// (for a large one see gunzipToFile). Throws Error naming the file: absent, malformed, truncated, a name
/// that is not known ("holds posix.system, which will not be run"), over a limit, a list that contains
/// itself.
Pickle readPickle(const std::filesystem::path& file, const PickleOptions& options = {});
/// The same for bytes in memory, which must outlive the Pickle.
Pickle readPickle(std::span<const std::byte> bytes, const PickleOptions& options = {});
/// The same; the Pickle keeps the bytes.
Pickle readPickle(std::vector<std::byte> bytes, const PickleOptions& options = {});

}  // namespace hbev
