// What a Python pickle holds, as plain data: numbers, text, lists, dictionaries and NumPy arrays.
#pragma once

#include <any>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/npy.h"

namespace hbev {

struct PickleEntry;
struct PickleNode;

/// One value of a Pickle: 16 bytes that point into it. Cheap to copy, valid as long as the Pickle lives. An
/// accessor that does not fit the kind throws Error, which says what was expected and what was found.
class PickleValue {
 public:
  enum class Kind : std::uint8_t {
    None,
    Bool,
    Int,  ///< 64 bits; Python's longer integers are Floats
    Float,
    String,  ///< UTF-8
    Bytes,   ///< also text that is not UTF-8 (Python 2 kept raw bytes in its strings)
    List,
    Tuple,
    Set,
    Dict,
    Array,   ///< a NumPy array
    Dtype,   ///< a NumPy element type
    Object,  ///< an instance of a class that the reader knows as harmless, with its state
    Global,  ///< the name of a known class or function, not called
    Foreign  ///< what a constructor of the caller has made
  };

  PickleValue() = default;  ///< None

  Kind kind() const { return kind_; }
  bool isNone() const { return kind_ == Kind::None; }
  bool isNumber() const { return kind_ == Kind::Bool || kind_ == Kind::Int || kind_ == Kind::Float; }
  bool isText() const { return kind_ == Kind::String; }
  bool isSequence() const { return kind_ == Kind::List || kind_ == Kind::Tuple || kind_ == Kind::Set; }
  bool isDict() const { return kind_ == Kind::Dict; }
  bool isArray() const { return kind_ == Kind::Array; }
  /// "a list of 3", "text", "float32 [3, 3]", for messages
  std::string description() const;

  bool boolean() const;                      ///< of a Bool or an Int
  std::int64_t integer() const;              ///< of an Int, a Bool, or a Float without a fraction
  double number() const;                     ///< of any number
  std::string_view text() const;             ///< of a String
  std::span<const std::byte> bytes() const;  ///< of Bytes or a String

  /// Elements of a List, Tuple or Set, or of an Array of objects.
  std::span<const PickleValue> items() const;
  /// Pairs of a Dict, in the order they were set. A key that was set twice stands there twice; the later
  /// counts.
  std::span<const PickleEntry> entries() const;
  /// The value behind a text key of a Dict, or of an Object whose state is a Dict; nullptr when it is absent
  /// or this is neither. Takes time in proportion to the number of keys.
  const PickleValue* find(std::string_view key) const;
  /// The same; throws Error when it is absent.
  const PickleValue& at(std::string_view key) const;

  /// Type and shape of an Array, or the type of a Dtype. An Array of objects has kind 'O', records 'V'.
  const NpyHeader& header() const;
  /// A copy of an Array of numbers, in C order and native byte order.
  NpyArray array() const;
  /// The numbers of a number, an Array, a sequence of numbers, or a sequence of such sequences, row after
  /// row.
  std::vector<double> numbers() const;
  /// The texts of a sequence of texts or of an Array of text (trailing NULs cut, as NumPy does).
  std::vector<std::string> texts() const;

  /// The full name of a Global or of an Object's class: "collections.OrderedDict".
  std::string_view name() const;
  /// What was last set as an Object's state; None before.
  PickleValue state() const;
  /// The T that a caller's constructor has made, or nullptr.
  template <class T>
  const T* foreign() const {
    return kind_ == Kind::Foreign ? std::any_cast<T>(any_) : nullptr;
  }

 private:
  friend class PickleBuilder;
  friend class PickleChecker;
  Kind kind_ = Kind::None;
  std::uint32_t length_ = 0;  ///< of text and bytes
  union {
    std::int64_t integer_ = 0;
    double float_;
    const char* characters_;
    PickleNode* node_;
    const std::any* any_;
  };
};
static_assert(sizeof(PickleValue) == 16);

struct PickleEntry {
  PickleValue key;
  PickleValue value;
};

}  // namespace hbev
