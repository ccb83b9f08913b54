#include "core/io/pickle_writer.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace hbev {
namespace {

/// Characters of UTF-8 as NumPy's U type keeps them, four bytes each. What is no UTF-8 becomes '?'.
std::u32string toUtf32(std::string_view text) {
  std::u32string characters;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80       ? 1
                             : lead >> 5 == 6  ? 2
                             : lead >> 4 == 14 ? 3
                             : lead >> 3 == 30 ? 4
                                               : 0;
    if (size == 0 || i + size > text.size()) {
      characters += U'?';
      ++i;
      continue;
    }
    char32_t code = size == 1 ? lead : lead & (0x7F >> size);
    for (std::size_t k = 1; k < size; ++k)
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    characters += code;
    i += size;
  }
  return characters;
}

std::size_t product(std::span<const std::size_t> shape) {
  std::size_t count = 1;
  for (const std::size_t extent : shape)
    count *= extent;
  return count;
}

}  // namespace

PickleWriter::PickleWriter(std::ostream& out) : out_(out) {
  operation(0x80);
  operation(4);
}

void PickleWriter::littleEndian(std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    operation(int(value >> 8 * i & 0xFF));
}

void PickleWriter::integer(std::int64_t value) {
  if (value >= 0 && value < 256) {
    operation('K');
    littleEndian(std::uint64_t(value), 1);
  } else if (value == std::int32_t(value)) {
    operation('J');
    littleEndian(std::uint64_t(value), 4);
  } else {
    operation(0x8a);
    operation(8);
    littleEndian(std::uint64_t(value), 8);
  }
}

void PickleWriter::number(double value) {
  operation('G');
  littleEndian(__builtin_bswap64(std::bit_cast<std::uint64_t>(value)), 8);
}

void PickleWriter::text(std::string_view value) {
  const bool is_short = value.size() < 256;
  operation(is_short ? 0x8c : 'X');
  littleEndian(value.size(), is_short ? 1 : 4);
  out_.write(value.data(), std::streamsize(value.size()));
}

void PickleWriter::numbers(std::span<const double> values) {
  beginList();
  for (const double value : values)
    number(value);
  endList();
}

void PickleWriter::beginList() {
  operation(']');
  operation('(');
}

void PickleWriter::beginDict() {
  operation('}');
  operation('(');
}

bool PickleWriter::recall(const std::string& name) {
  const auto found = memo_.find(name);
  if (found == memo_.end()) return false;
  operation('j');
  littleEndian(found->second, 4);
  return true;
}

void PickleWriter::remember(const std::string& name) {
  memo_.emplace(name, std::uint32_t(memo_.size()));
  operation(0x94);  // MEMOIZE numbers by itself, in the same order
}

void PickleWriter::key(std::string_view name) {
  const std::string kept = "key " + std::string(name);
  if (recall(kept)) return;
  text(name);
  remember(kept);
}

void PickleWriter::global(const std::string& module, const std::string& name) {
  const std::string kept = "global " + module + '.' + name;
  if (recall(kept)) return;
  out_ << 'c' << module << '\n' << name << '\n';
  remember(kept);
}

/// numpy.dtype(code, False, True) with the state (3, '<', None, None, None, size, alignment, flags).
void PickleWriter::dtype(const std::string& code, int item_size, int alignment) {
  const std::string kept = "dtype " + code;
  if (recall(kept)) return;
  const bool is_text = code[0] == 'U';
  global("numpy", "dtype");
  text(code);
  boolean(false);
  boolean(true);
  operation(0x87);  // TUPLE3
  operation('R');
  remember(kept);
  beginTuple();
  integer(3);
  text(item_size == 1 ? "|" : "<");
  for (int i = 0; i < 3; ++i)
    none();
  integer(is_text ? item_size : -1);
  integer(is_text ? alignment : -1);
  integer(is_text ? 8 : 0);  // the flag that its elements need an initial value
  endTuple();
  operation('b');
}

void PickleWriter::rawArray(const std::string& code, int item_size, int alignment,
                            std::span<const std::size_t> shape, std::span<const std::byte> elements) {
  global("numpy.core.multiarray", "_reconstruct");  // NumPy 2 knows this name too
  global("numpy", "ndarray");
  integer(0);
  operation(0x85);  // TUPLE1
  operation('C');
  operation(1);
  operation('b');
  operation(0x87);
  operation('R');
  beginTuple();
  integer(1);
  beginTuple();
  for (const std::size_t extent : shape)
    integer(std::int64_t(extent));
  endTuple();
  dtype(code, item_size, alignment);
  boolean(false);  // C order
  operation('B');
  if (elements.size() > 0xFFFFFFFF) throw std::invalid_argument("an array of 4 GiB or more");
  littleEndian(elements.size(), 4);
  out_.write(reinterpret_cast<const char*>(elements.data()), std::streamsize(elements.size()));
  endTuple();
  operation('b');
}

void PickleWriter::array(std::span<const double> values, std::span<const std::size_t> shape) {
  if (product(shape) != values.size()) throw std::invalid_argument("the shape does not fit the values");
  rawArray("f8", 8, 8, shape, std::as_bytes(values));
}

void PickleWriter::array(std::span<const std::int64_t> values, std::span<const std::size_t> shape) {
  if (product(shape) != values.size()) throw std::invalid_argument("the shape does not fit the values");
  rawArray("i8", 8, 8, shape, std::as_bytes(values));
}

void PickleWriter::array(std::span<const std::uint8_t> values, std::span<const std::size_t> shape) {
  if (product(shape) != values.size()) throw std::invalid_argument("the shape does not fit the values");
  rawArray("u1", 1, 1, shape, std::as_bytes(values));
}

void PickleWriter::array(std::span<const Eigen::half> values, std::span<const std::size_t> shape) {
  if (product(shape) != values.size()) throw std::invalid_argument("the shape does not fit the values");
  rawArray("f2", 2, 2, shape, std::as_bytes(values));
}

void PickleWriter::boolArray(std::span<const std::uint8_t> values) {
  const std::size_t count = values.size();
  rawArray("b1", 1, 1, {&count, 1}, std::as_bytes(values));
}

void PickleWriter::textArray(std::span<const std::string> values) {
  std::vector<std::u32string> characters;
  std::size_t longest = 1;
  for (const std::string& value : values) {
    characters.push_back(toUtf32(value));
    longest = std::max(longest, characters.back().size());
  }
  std::vector<char32_t> elements(values.size() * longest, U'\0');
  for (std::size_t i = 0; i < characters.size(); ++i)
    std::copy(characters[i].begin(), characters[i].end(), elements.begin() + std::ptrdiff_t(i * longest));
  const std::size_t count = values.size();
  rawArray("U" + std::to_string(longest), int(4 * longest), 4, {&count, 1},
           std::as_bytes(std::span(elements)));
}

}  // namespace hbev
