#include "core/io/pickle_tree.h"

#include <algorithm>
#include <limits>
#include <new>

#include <fmt/format.h>

#include "simdjson.h"

namespace hbev {

Error malformedPickle(const std::string& expected, const std::string& found) {
  return Error({"The pickle cannot be read", {}, expected, found, {}});
}

void PickleMemory::charge(std::uint64_t bytes) {
  if (bytes > left_) {
    throw Error({"The pickle would fill the memory",
                 {},
                 "values in proportion to the file's size",
                 "far more",
                 "It is damaged, or made to do harm."});
  }
  left_ -= bytes;
}

void* PickleMemory::do_allocate(std::size_t bytes, std::size_t alignment) {
  charge(bytes);
  return ::operator new(bytes, std::align_val_t(alignment));
}

void PickleMemory::do_deallocate(void* address, std::size_t bytes, std::size_t alignment) {
  left_ += bytes;
  ::operator delete(address, std::align_val_t(alignment));
}

PickleNode* PickleBuilder::node(PickleValue::Kind kind, PickleValue& value) {
  const auto make = [&]<class Node, class... Arguments>(std::type_identity<Node>, Arguments... arguments) {
    return new (tree_.arena.allocate(sizeof(Node), alignof(Node))) Node(arguments...);
  };
  value.kind_ = kind;
  using Kind = PickleValue::Kind;
  if (kind == Kind::Dict) {
    value.node_ = make(std::type_identity<PickleDict>(), &tree_.arena);
  } else if (kind == Kind::Array || kind == Kind::Dtype) {
    tree_.memory.charge(sizeof(PickleArray));
    value.node_ = &tree_.arrays.emplace_back();
  } else if (kind == Kind::Object || kind == Kind::Global) {
    value.node_ = make(std::type_identity<PickleObject>());
  } else {
    value.node_ = make(std::type_identity<PickleSequence>(), &tree_.arena);
  }
  return value.node_;
}

PickleValue PickleBuilder::boolean(bool value) {
  PickleValue result;
  result.kind_ = PickleValue::Kind::Bool;
  result.integer_ = value;
  return result;
}

PickleValue PickleBuilder::integer(std::int64_t value) {
  PickleValue result;
  result.kind_ = PickleValue::Kind::Int;
  result.integer_ = value;
  return result;
}

PickleValue PickleBuilder::number(double value) {
  PickleValue result;
  result.kind_ = PickleValue::Kind::Float;
  result.float_ = value;
  return result;
}

PickleValue PickleBuilder::bytesView(std::span<const std::byte> value) {
  if (value.size() > std::numeric_limits<std::uint32_t>::max())
    throw malformedPickle("text and bytes of less than 4 GiB", fmt::format("{} bytes", value.size()));
  PickleValue result;
  result.kind_ = PickleValue::Kind::Bytes;
  result.length_ = std::uint32_t(value.size());
  result.characters_ = reinterpret_cast<const char*>(value.data());
  return result;
}

PickleValue PickleBuilder::textView(std::string_view value) {
  PickleValue result = bytesView(std::as_bytes(std::span(value)));
  if (simdjson::validate_utf8(value.data(), value.size())) result.kind_ = PickleValue::Kind::String;
  return result;
}

PickleValue PickleBuilder::bytes(std::span<const std::byte> value) {
  auto* copy = static_cast<std::byte*>(tree_.arena.allocate(std::max<std::size_t>(value.size(), 1), 1));
  std::copy(value.begin(), value.end(), copy);
  return bytesView({copy, value.size()});
}

PickleValue PickleBuilder::text(std::string_view value) {
  const std::span<const std::byte> copy = bytes(std::as_bytes(std::span(value))).bytes();
  return textView({reinterpret_cast<const char*>(copy.data()), copy.size()});
}

PickleValue PickleBuilder::list(std::span<const PickleValue> items) {
  PickleValue result;
  node(PickleValue::Kind::List, result);
  append(result, items);
  return result;
}

PickleValue PickleBuilder::tuple(std::span<const PickleValue> items) {
  PickleValue result = list(items);
  result.kind_ = PickleValue::Kind::Tuple;
  return result;
}

PickleValue PickleBuilder::set(std::span<const PickleValue> items) {
  PickleValue result = list(items);
  result.kind_ = PickleValue::Kind::Set;
  return result;
}

PickleValue PickleBuilder::dict() {
  PickleValue result;
  node(PickleValue::Kind::Dict, result);
  return result;
}

PickleValue PickleBuilder::object(std::string_view class_name) {
  PickleValue result;
  auto* made = static_cast<PickleObject*>(node(PickleValue::Kind::Object, result));
  const std::span<const std::byte> copy = bytes(std::as_bytes(std::span(class_name))).bytes();
  made->name = {reinterpret_cast<const char*>(copy.data()), copy.size()};
  return result;
}

PickleValue PickleBuilder::global(std::string_view name) {
  PickleValue result = object(name);
  result.kind_ = PickleValue::Kind::Global;
  return result;
}

PickleValue PickleBuilder::dtype(const NpyHeader& type) {
  PickleValue result;
  static_cast<PickleArray*>(node(PickleValue::Kind::Dtype, result))->header = type;
  return result;
}

PickleValue PickleBuilder::array(const NpyHeader& header, std::span<const std::byte> elements) {
  PickleValue result;
  auto* made = static_cast<PickleArray*>(node(PickleValue::Kind::Array, result));
  made->header = header;
  made->elements = elements;
  return result;
}

PickleValue PickleBuilder::objectArray(const NpyHeader& header, std::span<const PickleValue> items) {
  PickleValue result = array(header, {});
  setArray(result, header, {}, items);
  return result;
}

PickleValue PickleBuilder::foreign(std::any value) {
  tree_.memory.charge(sizeof(std::any) + 64);
  PickleValue result;
  result.kind_ = PickleValue::Kind::Foreign;
  result.any_ = &tree_.foreigns.emplace_back(std::move(value));
  return result;
}

void PickleBuilder::append(const PickleValue& sequence, std::span<const PickleValue> items) {
  if (!sequence.isSequence()) throw malformedPickle("a list to append to", sequence.description());
  auto& all = static_cast<PickleSequence*>(sequence.node_)->items;
  all.insert(all.end(), items.begin(), items.end());
}

void PickleBuilder::setEntry(const PickleValue& dict, const PickleValue& key, const PickleValue& value) {
  if (!dict.isDict()) throw malformedPickle("a dictionary to set keys of", dict.description());
  static_cast<PickleDict*>(dict.node_)->entries.push_back({key, value});
}

void PickleBuilder::setState(const PickleValue& object, const PickleValue& state) {
  if (object.kind_ != PickleValue::Kind::Object) throw malformedPickle("an object", object.description());
  static_cast<PickleObject*>(object.node_)->state = state;
}

void PickleBuilder::setArray(const PickleValue& target, const NpyHeader& header,
                             std::span<const std::byte> elements, std::span<const PickleValue> items) {
  if (target.kind_ != PickleValue::Kind::Array && target.kind_ != PickleValue::Kind::Dtype)
    throw malformedPickle("a NumPy array", target.description());
  tree_.memory.charge(header.shape.size() * sizeof(std::size_t));
  auto* to = static_cast<PickleArray*>(target.node_);
  to->header = header;
  to->elements = elements;
  to->items = items.empty() ? items : list(items).items();
}

}  // namespace hbev
