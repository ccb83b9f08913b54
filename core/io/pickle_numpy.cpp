#include "core/io/pickle_numpy.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "core/io/pickle_tree.h"

namespace hbev {
namespace {

constexpr std::size_t kMaxPickledDimensions = 64;  // NumPy 2's own limit
constexpr std::size_t kMaxItemSize = std::size_t(1) << 30;

/// An element type's code: "f8", "<i4", "U12", "|b1". What cannot be read as numbers or text becomes 'V'.
NpyHeader parseType(std::string_view code) {
  NpyHeader type;
  type.item_size = 0;
  const std::string whole(code);
  if (!code.empty() && std::string_view("<>|=").find(code[0]) != std::string_view::npos) {
    type.big_endian = code[0] == '>';
    code.remove_prefix(1);
  }
  if (code.empty() || std::string_view("biufcOSUVmM").find(code[0]) == std::string_view::npos)
    throw malformedPickle("an element type such as f4 or u1", fmt::format("'{}'", whole));
  type.kind = code[0];
  for (const char digit : code.substr(1)) {
    if (digit < '0' || digit > '9') break;
    type.item_size = type.item_size * 10 + std::size_t(digit - '0');
    if (type.item_size > kMaxItemSize)
      throw malformedPickle("an element that fits into memory", fmt::format("'{}'", whole));
  }
  if (type.kind == 'U') type.item_size *= 4;
  if (type.kind == 'O') type.item_size = 8;
  const std::size_t size = type.item_size;
  const bool power = size == 1 || size == 2 || size == 4 || size == 8;
  const bool known = type.kind == 'b'   ? size == 1
                     : type.kind == 'f' ? power && size != 1
                                        : power || !type.isNumber();
  if (!known) {
    if (type.kind != 'f' || size == 0)
      throw malformedPickle("an element type such as f4 or u1", fmt::format("'{}'", whole));
    type.kind = 'V';  // long double, whose bytes differ from machine to machine
  }
  return type;
}

const PickleValue& argument(std::span<const PickleValue> arguments, std::size_t index, const char* of) {
  if (index >= arguments.size())
    throw malformedPickle(fmt::format("{} with {} arguments or more", of, index + 1),
                          fmt::format("{}", arguments.size()));
  return arguments[index];
}

const NpyHeader& typeOf(const PickleValue& value) {
  if (value.kind() != PickleValue::Kind::Dtype) throw malformedPickle("an element type", value.description());
  return value.header();
}

/// `type` with a shape, whose bytes are `available`. Checked without overflow.
NpyHeader shapedLike(const NpyHeader& type, const PickleValue& shape, std::size_t available) {
  NpyHeader header = type;
  std::size_t bytes = type.item_size;
  bool is_empty = false;
  if (shape.items().size() > kMaxPickledDimensions)
    throw malformedPickle(fmt::format("at most {} dimensions", kMaxPickledDimensions), "more");
  for (const PickleValue& extent : shape.items()) {
    const std::int64_t size = extent.integer();
    if (size < 0) throw malformedPickle("a shape without negative extents", fmt::format("{}", size));
    header.shape.push_back(std::size_t(size));
    is_empty = is_empty || size == 0;
  }
  for (const std::size_t extent : header.shape) {
    if (!is_empty && __builtin_mul_overflow(bytes, extent, &bytes))
      throw malformedPickle("an array that fits into memory", "an enormous one");
  }
  if (is_empty) bytes = 0;
  if (type.item_size == 0 && !is_empty && !header.shape.empty())
    throw malformedPickle("elements of at least one byte", "an array of nothing");
  if (bytes != available) {
    throw malformedPickle(fmt::format("{} bytes for an array of {}", bytes, header.description()),
                          fmt::format("{} bytes", available));
  }
  return header;
}

PickleValue makeDtype(PickleBuilder& builder, std::span<const PickleValue> arguments) {
  return builder.dtype(parseType(argument(arguments, 0, "numpy.dtype").text()));
}

/// An array before its state is set: no elements.
PickleValue makeEmptyArray(PickleBuilder& builder, std::span<const PickleValue>) {
  return builder.array(NpyHeader{.shape = {0}}, {});
}

PickleValue makeScalar(PickleBuilder& builder, std::span<const PickleValue> arguments) {
  constexpr const char* kName = "numpy.core.multiarray.scalar";
  const NpyHeader& type = typeOf(argument(arguments, 0, kName));
  const PickleValue& raw = argument(arguments, 1, kName);
  if (type.kind == 'O') return raw;
  const std::span<const std::byte> bytes = raw.bytes();
  if (bytes.size() != type.item_size)
    throw malformedPickle(fmt::format("a number of {} bytes", type.item_size),
                          fmt::format("{} bytes", bytes.size()));
  if (!type.isNumber()) {
    if (type.kind != 'U' && type.kind != 'S') return raw;
    NpyHeader one = type;
    one.shape = {1};
    return builder.text(builder.array(one, bytes).texts().front());
  }
  const NpyArray number(type, {bytes.begin(), bytes.end()}, "the number");
  const double value = number.values<double>().front();
  if (type.kind == 'b') return builder.boolean(value != 0);
  const bool is_whole = type.kind == 'i' || (type.kind == 'u' && value < 9.2e18);
  return is_whole ? builder.integer(number.values<std::int64_t>().front()) : builder.number(value);
}

/// The elements of an array whose axes were permuted: axis i of `stored` becomes axis order[i] of the result.
PickleValue permuted(PickleBuilder& builder, const NpyHeader& stored, std::span<const std::byte> elements,
                     const PickleValue& order) {
  const std::size_t rank = stored.shape.size();
  std::vector<std::size_t> axes;
  for (const PickleValue& axis : order.items())
    axes.push_back(std::size_t(axis.integer()));
  std::vector<std::size_t> sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < std::max(rank, sorted.size()); ++i) {
    if (rank != sorted.size() || sorted[i] != i)
      throw malformedPickle("an order of all axes", order.description());
  }
  std::vector<std::size_t> stride(rank, stored.item_size);  // of the stored axes, in bytes
  for (std::size_t i = rank; i-- > 1;)
    stride[i - 1] = stride[i] * stored.shape[i];
  NpyHeader header = stored;
  for (std::size_t i = 0; i < rank; ++i)
    header.shape[i] = stored.shape[axes[i]];
  std::vector<std::byte> result(elements.size());
  std::vector<std::size_t> position(rank, 0);
  std::size_t source = 0;
  for (std::size_t target = 0; target < result.size(); target += header.item_size) {
    std::memcpy(&result[target], &elements[source], header.item_size);
    for (std::size_t i = rank; i-- > 0;) {
      source += stride[axes[i]];
      if (++position[i] < header.shape[i]) break;
      source -= stride[axes[i]] * header.shape[i];
      position[i] = 0;
    }
  }
  return builder.array(header, builder.bytes(result).bytes());
}

/// numpy.core.numeric._frombuffer(buffer, dtype, shape, order[, axis_order])
PickleValue makeFromBuffer(PickleBuilder& builder, std::span<const PickleValue> arguments) {
  constexpr const char* kName = "numpy.core.numeric._frombuffer";
  const std::span<const std::byte> bytes = argument(arguments, 0, kName).bytes();
  const NpyHeader& type = typeOf(argument(arguments, 1, kName));
  NpyHeader header = shapedLike(type, argument(arguments, 2, kName), bytes.size());
  const std::string_view order = argument(arguments, 3, kName).text();
  if (type.kind == 'O') throw malformedPickle("an array of numbers", "objects as raw bytes");
  if (order == "K" && arguments.size() > 4 && !arguments[4].isNone())
    return permuted(builder, header, bytes, arguments[4]);
  if (order != "C" && order != "F") throw malformedPickle("the order C or F", fmt::format("'{}'", order));
  header.fortran_order = order == "F";
  return builder.array(header, bytes);
}

/// (version, byte order, sub-array, field names, fields, item size, alignment, flags...)
NpyHeader dtypeWithState(NpyHeader type, std::span<const PickleValue> state) {
  constexpr const char* kName = "an element type's state";
  const PickleValue& order = argument(state, 1, kName);
  if (order.isText()) type.big_endian = order.text() == ">";
  if (!argument(state, 2, kName).isNone() || !argument(state, 3, kName).isNone()) type.kind = 'V';
  const std::int64_t size = argument(state, 5, kName).integer();
  if (size > std::int64_t(kMaxItemSize))
    throw malformedPickle("an element that fits into memory", "an enormous one");
  if (size >= 0 && !type.isNumber()) type.item_size = std::size_t(size);
  if (type.kind == 'U') type.item_size -= type.item_size % 4;
  return type;
}

}  // namespace

void setNumpyState(PickleBuilder& builder, const PickleValue& target, const PickleValue& state) {
  const std::span<const PickleValue> items = state.items();
  if (target.kind() == PickleValue::Kind::Dtype) {
    builder.setArray(target, dtypeWithState(target.header(), items), {});
    return;
  }
  // ([version,] shape, type, is Fortran order, raw bytes or a list of objects)
  constexpr const char* kName = "an array's state";
  const std::span<const PickleValue> fields = items.size() == 5 ? items.subspan(1) : items;
  const NpyHeader& type = typeOf(argument(fields, 1, kName));
  const PickleValue& shape = argument(fields, 0, kName);
  const bool fortran_order = argument(fields, 2, kName).boolean();
  const PickleValue& raw = argument(fields, 3, kName);
  if (type.kind == 'O') {
    NpyHeader header = shapedLike(type, shape, raw.items().size() * type.item_size);
    builder.setArray(target, header, {}, raw.items());
    return;
  }
  NpyHeader header = shapedLike(type, shape, raw.bytes().size());
  header.fortran_order = fortran_order;
  builder.setArray(target, header, raw.bytes());
}

void addNumpyConstructors(PickleConstructors& constructors) {
  constructors.addName("numpy.ndarray");
  constructors.add("numpy.dtype", makeDtype);
  constructors.add("numpy.core.multiarray._reconstruct", makeEmptyArray);
  constructors.add("numpy.core.multiarray.scalar", makeScalar);
  constructors.add("numpy.core.numeric._frombuffer", makeFromBuffer);
}

}  // namespace hbev
