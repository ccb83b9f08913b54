#include "core/io/pickle_value.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/io/pickle_tree.h"

namespace hbev {
namespace {

Error unexpected(const std::string& expected, const PickleValue& found) {
  return Error({"The pickle holds something else than expected", {}, expected, found.description(), {}});
}

/// One element of a NumPy array of text: 4 bytes a character (U) or one (S), filled up with NULs.
std::string elementText(const NpyHeader& header, std::span<const std::byte> element) {
  std::string text;
  if (header.kind == 'S') {
    text.assign(reinterpret_cast<const char*>(element.data()), element.size());
    text.resize(text.find_last_not_of('\0') + 1);
    return text;
  }
  for (std::size_t i = 0; i + 4 <= element.size(); i += 4) {
    std::uint32_t code = 0;
    std::memcpy(&code, &element[i], 4);
    if (header.big_endian) code = __builtin_bswap32(code);
    appendUtf8(text, code);
  }
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

void addNumbers(const PickleValue& value, std::vector<double>& numbers) {
  if (value.isNumber()) {
    numbers.push_back(value.number());
  } else if (value.isArray() && value.header().kind != 'O') {
    const std::vector<double> more = value.array().values<double>();
    numbers.insert(numbers.end(), more.begin(), more.end());
  } else {
    throw unexpected("numbers", value);
  }
}

}  // namespace

std::string PickleValue::description() const {
  switch (kind_) {
    case Kind::None:
      return "None";
    case Kind::Bool:
      return integer_ ? "True" : "False";
    case Kind::Int:
      return fmt::format("the number {}", integer_);
    case Kind::Float:
      return fmt::format("the number {}", float_);
    case Kind::String:
      return length_ <= 60 ? fmt::format("the text '{}'", text()) : "a long text";
    case Kind::Bytes:
      return fmt::format("{} bytes", length_);
    case Kind::List:
      return fmt::format("a list of {}", items().size());
    case Kind::Tuple:
      return fmt::format("a tuple of {}", items().size());
    case Kind::Set:
      return fmt::format("a set of {}", items().size());
    case Kind::Dict:
      return fmt::format("a dictionary of {}", entries().size());
    case Kind::Array:
      return header().description();
    case Kind::Dtype:
      return "an element type";
    case Kind::Object:
      return fmt::format("an object of class {}", name());
    case Kind::Global:
      return fmt::format("the name {}", name());
    case Kind::Foreign:
      return "an object";
  }
  return "nothing";
}

bool PickleValue::boolean() const {
  if (kind_ != Kind::Bool && kind_ != Kind::Int) throw unexpected("True or False", *this);
  return integer_ != 0;
}

std::int64_t PickleValue::integer() const {
  if (kind_ == Kind::Bool || kind_ == Kind::Int) return integer_;
  constexpr double kEnd = 9223372036854775808.0;  // 2^63
  if (kind_ == Kind::Float && std::trunc(float_) == float_ && float_ >= -kEnd && float_ < kEnd)
    return std::int64_t(float_);
  throw unexpected("a whole number", *this);
}

double PickleValue::number() const {
  if (kind_ == Kind::Float) return float_;
  if (kind_ == Kind::Bool || kind_ == Kind::Int) return double(integer_);
  throw unexpected("a number", *this);
}

std::string_view PickleValue::text() const {
  if (kind_ != Kind::String) throw unexpected("text", *this);
  return {characters_, length_};
}

std::span<const std::byte> PickleValue::bytes() const {
  if (kind_ != Kind::Bytes && kind_ != Kind::String) throw unexpected("bytes", *this);
  return {reinterpret_cast<const std::byte*>(characters_), length_};
}

std::span<const PickleValue> PickleValue::items() const {
  if (isSequence()) return static_cast<const PickleSequence*>(node_)->items;
  if (kind_ == Kind::Array && header().kind == 'O') return static_cast<const PickleArray*>(node_)->items;
  throw unexpected("a list", *this);
}

std::span<const PickleEntry> PickleValue::entries() const {
  if (kind_ != Kind::Dict) throw unexpected("a dictionary", *this);
  return static_cast<const PickleDict*>(node_)->entries;
}

const PickleValue* PickleValue::find(std::string_view key) const {
  if (kind_ == Kind::Object) {
    const PickleValue& state = static_cast<const PickleObject*>(node_)->state;
    return state.isDict() ? state.find(key) : nullptr;
  }
  if (kind_ != Kind::Dict) return nullptr;
  const std::span<const PickleEntry> all = entries();
  for (std::size_t i = all.size(); i-- > 0;) {
    if (all[i].key.isText() && all[i].key.text() == key) return &all[i].value;
  }
  return nullptr;
}

const PickleValue& PickleValue::at(std::string_view key) const {
  if (const PickleValue* value = find(key)) return *value;
  throw unexpected(fmt::format("a dictionary with the key '{}'", key), *this);
}

const NpyHeader& PickleValue::header() const {
  if (kind_ != Kind::Array && kind_ != Kind::Dtype) throw unexpected("a NumPy array", *this);
  return static_cast<const PickleArray*>(node_)->header;
}

NpyArray PickleValue::array() const {
  if (kind_ != Kind::Array || !header().isNumber()) throw unexpected("a NumPy array of numbers", *this);
  const std::span<const std::byte> elements = static_cast<const PickleArray*>(node_)->elements;
  return {header(), {elements.begin(), elements.end()}, "the array"};
}

std::vector<double> PickleValue::numbers() const {
  std::vector<double> numbers;
  if (!isSequence() && !(kind_ == Kind::Array && header().kind == 'O')) {
    addNumbers(*this, numbers);
    return numbers;
  }
  for (const PickleValue& item : items()) {
    if (!item.isSequence()) {
      addNumbers(item, numbers);
      continue;
    }
    for (const PickleValue& inner : item.items())
      addNumbers(inner, numbers);
  }
  return numbers;
}

std::vector<std::string> PickleValue::texts() const {
  std::vector<std::string> texts;
  if (kind_ == Kind::Array && (header().kind == 'U' || header().kind == 'S')) {
    const NpyHeader& type = header();
    const std::span<const std::byte> elements = static_cast<const PickleArray*>(node_)->elements;
    for (std::size_t i = 0; i < type.count(); ++i)
      texts.push_back(elementText(type, elements.subspan(i * type.item_size, type.item_size)));
    return texts;
  }
  // NumPy keeps an empty list of texts as an array of numbers without elements.
  if (kind_ == Kind::Array && header().isNumber() && header().count() == 0) return texts;
  for (const PickleValue& item : items())
    texts.emplace_back(item.text());
  return texts;
}

std::string_view PickleValue::name() const {
  if (kind_ != Kind::Object && kind_ != Kind::Global) throw unexpected("the name of a class", *this);
  return static_cast<const PickleObject*>(node_)->name;
}

PickleValue PickleValue::state() const {
  if (kind_ != Kind::Object) throw unexpected("an object", *this);
  return static_cast<const PickleObject*>(node_)->state;
}

}  // namespace hbev
