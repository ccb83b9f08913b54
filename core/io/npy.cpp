#include "core/io/npy.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"

namespace hbev {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are kept in little-endian order");

constexpr std::size_t kMaxNpyDimensions = 32;  // NumPy's own limit
// No array that anybody means is larger; keeps sums and products of sizes far from overflow.
constexpr std::size_t kMaxBytes = std::size_t(1) << 46;

Error malformed(const std::string& name, const std::string& expected, const std::string& found) {
  return Error(
      {name + " is no readable NumPy array", {}, expected, found, "Save the array again with numpy.save."});
}

/// Reads the header's dictionary: a Python literal of strings, booleans, integers, tuples and lists.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  NpyHeader parse() {
    NpyHeader header;
    bool has_descr = false, has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr") {
        parseDescr(header);
        has_descr = true;
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
        has_order = true;
      } else if (key == "shape") {
        parseShape(header);
        has_shape = true;
      } else {
        throw malformed(name_, "the keys descr, fortran_order and shape", fmt::format("the key {}", key));
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!has_descr || !has_order || !has_shape) {
      throw malformed(name_, "the keys descr, fortran_order and shape", "a header without one of them");
    }
    return header;
  }

 private:
  void skipSpace() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])))
      ++at_;
  }
  bool accept(char wanted) {
    skipSpace();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) throw malformed(name_, fmt::format("'{}' in the header", wanted), found());
  }
  std::string found() const {
    return at_ < text_.size() ? fmt::format("'{}' at character {}", text_[at_], at_) : "the header's end";
  }
  std::string_view quoted() {
    skipSpace();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') throw malformed(name_, "a quoted word in the header", found());
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos)
      throw malformed(name_, "a closing quote in the header", "the header's end");
    const std::string_view word = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return word;
  }
  bool boolean() {
    skipSpace();
    for (const auto& [word, value] :
         {std::pair{std::string_view("True"), true}, {std::string_view("False"), false}}) {
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return value;
      }
    }
    throw malformed(name_, "True or False in the header", found());
  }
  std::size_t number() {
    skipSpace();
    std::size_t value = 0;
    const std::size_t begin = at_;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      value = value * 10 + std::size_t(text_[at_++] - '0');
      if (value > kMaxBytes) throw malformed(name_, "a shape that fits into memory", "an enormous extent");
    }
    if (begin == at_) throw malformed(name_, "a number in the shape", found());
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2 wrote long integers so
    return value;
  }
  void parseShape(NpyHeader& header) {
    expect('(');
    while (!accept(')')) {
      if (header.shape.size() == kMaxNpyDimensions) throw malformed(name_, "at most 32 dimensions", "more");
      header.shape.push_back(number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
  }
  void parseDescr(NpyHeader& header) {
    skipSpace();
    if (at_ < text_.size() && text_[at_] == '[') {  // a structured type: recognised, never read
      skipBrackets();
      header.kind = 'V';
      return;
    }
    std::string_view descr = quoted();
    if (!descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string_view::npos) {
      header.big_endian = descr[0] == '>';
      descr.remove_prefix(1);
    }
    if (descr.empty()) throw malformed(name_, "an element type such as <f4", "an empty one");
    header.kind = descr[0];
    header.item_size = 0;
    for (const char digit : descr.substr(1)) {
      if (!std::isdigit(static_cast<unsigned char>(digit))) break;  // e.g. the unit of a datetime
      header.item_size = header.item_size * 10 + std::size_t(digit - '0');
      if (header.item_size > kMaxBytes)
        throw malformed(name_, "an element that fits into memory", "an enormous one");
    }
    if (header.kind == 'O') header.item_size = 8;
    if (header.kind == 'U') header.item_size *= 4;
    checkItemSize(header, descr);
  }
  void checkItemSize(const NpyHeader& header, std::string_view descr) const {
    const std::size_t size = header.item_size;
    const bool power = size == 1 || size == 2 || size == 4 || size == 8;
    const bool fine = header.kind == 'b'                         ? size == 1
                      : header.kind == 'i' || header.kind == 'u' ? power
                      : header.kind == 'f'
                          ? power && size != 1
                          : std::string_view("USOVcmM").find(header.kind) != std::string_view::npos;
    if (!fine) throw malformed(name_, "an element type such as <f4 or |u1", fmt::format("'{}'", descr));
  }
  void skipBrackets() {
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '[') ++depth;
      if (text_[at_] == ']' && --depth == 0) {
        ++at_;
        return;
      }
    }
    throw malformed(name_, "a closing bracket in the header", "the header's end");
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

void checkSize(const NpyHeader& header, const std::string& name) {
  std::size_t bytes = std::max<std::size_t>(header.item_size, 1);
  for (const std::size_t extent : header.shape) {
    if (extent == 0) continue;  // makes the array empty; the other extents must still be sane
    if (bytes > kMaxBytes / extent)
      throw malformed(name, "a shape that fits into memory", fmt::format("{}", header.shape));
    bytes *= extent;
  }
}

/// Reverses the bytes of every element in place.
void swapBytes(std::vector<std::byte>& elements, std::size_t item_size) {
  for (std::size_t i = 0; i + item_size <= elements.size(); i += item_size) {
    std::reverse(elements.begin() + std::ptrdiff_t(i), elements.begin() + std::ptrdiff_t(i + item_size));
  }
}

/// Fortran order to C order.
std::vector<std::byte> transposed(const std::vector<std::byte>& elements, const NpyHeader& header) {
  const std::size_t rank = header.shape.size();
  std::vector<std::size_t> stride(rank);  // of the source, in elements
  std::size_t step = 1;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    stride[axis] = step;
    step *= header.shape[axis];
  }
  std::vector<std::byte> result(elements.size());
  std::vector<std::size_t> position(rank, 0);
  std::size_t source = 0;
  for (std::size_t target = 0; target < elements.size(); target += header.item_size) {
    std::memcpy(&result[target], &elements[source * header.item_size], header.item_size);
    for (std::size_t axis = rank; axis-- > 0;) {
      source += stride[axis];
      if (++position[axis] < header.shape[axis]) break;
      source -= stride[axis] * header.shape[axis];
      position[axis] = 0;
    }
  }
  return result;
}

/// Calls `use` with each element as its own C++ type.
template <class Use>
void forEachElement(const NpyHeader& header, std::span<const std::byte> elements, const Use& use) {
  const auto walk = [&]<class Stored>(Stored) {
    const std::size_t count = header.count();
    for (std::size_t i = 0; i < count; ++i) {
      Stored value;
      std::memcpy(&value, &elements[i * sizeof(Stored)], sizeof(Stored));
      use(i, value);
    }
  };
  const std::size_t size = header.item_size;
  if (header.kind == 'b' || (header.kind == 'u' && size == 1)) return walk(std::uint8_t{});
  if (header.kind == 'u')
    return size == 2 ? walk(std::uint16_t{}) : size == 4 ? walk(std::uint32_t{}) : walk(std::uint64_t{});
  if (header.kind == 'i') {
    return size == 1   ? walk(std::int8_t{})
           : size == 2 ? walk(std::int16_t{})
           : size == 4 ? walk(std::int32_t{})
                       : walk(std::int64_t{});
  }
  return size == 2 ? walk(Eigen::half{}) : size == 4 ? walk(float{}) : walk(double{});
}

/// Half precision numbers as floats, several at once: without branches, which Eigen's conversion has.
std::vector<float> floatsOfHalves(std::span<const std::byte> elements) {
  constexpr std::uint32_t kSign = 0x8000, kExponent = 0x7C00;
  constexpr float kBias = 0x1p112F;  // what a half's exponent is short of when its bits stand in a float
  std::vector<float> result(elements.size() / sizeof(std::uint16_t));
  for (std::size_t i = 0; i < result.size(); ++i) {
    std::uint16_t stored;
    std::memcpy(&stored, &elements[i * sizeof(stored)], sizeof(stored));
    const std::uint32_t half = stored;
    const float size = std::bit_cast<float>((half & ~kSign) << 13) * kBias;
    const std::uint32_t infinite = (half & kExponent) == kExponent ? 0x7F800000 : 0;
    result[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(size) | infinite | (half & kSign) << 16);
  }
  return result;
}

template <class T, class Stored>
std::optional<T> converted(Stored stored) {
  if constexpr (std::is_same_v<Stored, Eigen::half>) {
    return converted<T>(float(stored));
  } else if constexpr (std::is_floating_point_v<T>) {
    return T(stored);
  } else if constexpr (std::is_floating_point_v<Stored>) {
    if (!(std::trunc(stored) == stored)) return std::nullopt;
    constexpr Stored kEnd = Stored(std::uint64_t(1) << 63);  // beyond every T up to int64
    if (stored < -kEnd || stored >= kEnd) return std::nullopt;
    return converted<T>(std::int64_t(stored));
  } else {
    if (!std::in_range<T>(stored)) return std::nullopt;
    return T(stored);
  }
}

template <class T>
constexpr std::string_view kDescr = std::is_same_v<T, std::uint8_t>   ? "|u1"
                                    : std::is_same_v<T, std::int32_t> ? "<i4"
                                    : std::is_same_v<T, std::int64_t> ? "<i8"
                                    : std::is_same_v<T, Eigen::half>  ? "<f2"
                                    : std::is_same_v<T, float>        ? "<f4"
                                                                      : "<f8";

}  // namespace

std::size_t NpyHeader::count() const {
  std::size_t count = 1;
  for (const std::size_t extent : shape)
    count *= extent;
  return count;
}

std::string NpyHeader::description() const {
  const char* kind_name = kind == 'b'                  ? "bool"
                          : kind == 'i'                ? "int"
                          : kind == 'u'                ? "uint"
                          : kind == 'f'                ? "float"
                          : kind == 'O'                ? "objects"
                          : kind == 'U' || kind == 'S' ? "text"
                                                       : "records";
  const std::string bits = kind == 'i' || kind == 'u' || kind == 'f' ? std::to_string(item_size * 8) : "";
  return fmt::format("{}{} [{}]", kind_name, bits, fmt::join(shape, ", "));
}

bool holdsNpyHeader(std::span<const std::byte> bytes) {
  constexpr std::size_t kPrefix = 12;  // of versions 2 and 3; what version 1 has less is of no account
  if (bytes.size() < kPrefix) return false;
  const auto byteAt = [&](std::size_t at) { return std::size_t(bytes[at]); };
  std::size_t length = byteAt(8) | byteAt(9) << 8;
  if (byteAt(6) != 1) length |= byteAt(10) << 16 | byteAt(11) << 24;
  return length > kMaxNpyHeader || bytes.size() >= kPrefix + length;
}

NpyHeader parseNpyHeader(std::span<const std::byte> bytes, const std::string& name) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.substr(0, kMagic.size()) != kMagic) {
    throw malformed(name, "a file that begins with \\x93NUMPY",
                    text.empty() ? "an empty one" : "something else");
  }
  if (text.size() < 10) throw malformed(name, "a header", "the file's end");
  const int version = static_cast<unsigned char>(text[6]);
  if (version < 1 || version > 3)
    throw malformed(name, "format version 1, 2 or 3", fmt::format("version {}", version));
  const std::size_t prefix = version == 1 ? 10 : 12;
  if (text.size() < prefix) throw malformed(name, "a header", "the file's end");
  std::size_t length = 0;
  for (std::size_t i = prefix; i-- > 8;)
    length = length << 8 | static_cast<unsigned char>(text[i]);
  if (length > kMaxNpyHeader)
    throw malformed(name, "a header of at most 64 KiB", fmt::format("{} bytes", length));
  if (text.size() < prefix + length)
    throw malformed(name, fmt::format("a header of {} bytes", length), "the file's end");
  NpyHeader header = HeaderParser(text.substr(prefix, length), name).parse();
  header.data_offset = prefix + length;
  checkSize(header, name);
  return header;
}

NpyArray::NpyArray(NpyHeader header, std::vector<std::byte> elements, const std::string& name)
    : header_(std::move(header)), elements_(std::move(elements)), name_(name) {
  if (!header_.isNumber()) throw malformed(name, "numbers", header_.description());
  if (elements_.size() != header_.byteCount()) {
    throw malformed(name, fmt::format("{} bytes for {}", header_.byteCount(), header_.description()),
                    fmt::format("{} bytes", elements_.size()));
  }
  if (header_.big_endian && header_.item_size > 1) swapBytes(elements_, header_.item_size);
  if (header_.fortran_order && header_.shape.size() > 1 && !elements_.empty())
    elements_ = transposed(elements_, header_);
  header_.big_endian = false;
  header_.fortran_order = false;
}

bool NpyArray::hasShape(std::initializer_list<std::size_t> shape) const {
  return std::equal(shape.begin(), shape.end(), header_.shape.begin(), header_.shape.end());
}

template <class T>
std::span<const T> NpyArray::view() const {
  constexpr char kKind = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  const bool same = (header_.kind == kKind && header_.item_size == sizeof(T)) ||
                    (std::is_same_v<T, std::uint8_t> && header_.kind == 'b');
  if (!same) return {};
  return {reinterpret_cast<const T*>(elements_.data()), count()};
}

template <class T>
std::vector<T> NpyArray::values() const {
  const std::span<const T> same = view<T>();
  if (same.size() == count()) return {same.begin(), same.end()};
  if constexpr (std::is_same_v<T, float>) {
    if (header_.kind == 'f' && header_.item_size == sizeof(Eigen::half)) return floatsOfHalves(elements_);
  }
  std::vector<T> result(count());
  forEachElement(header_, elements_, [&](std::size_t i, auto stored) {
    const std::optional<T> value = converted<T>(stored);
    if (!value) {
      throw malformed(name_, fmt::format("whole numbers of at most {} bits", sizeof(T) * 8),
                      fmt::format("{} at element {}", double(stored), i));
    }
    result[i] = *value;
  });
  return result;
}

template std::span<const std::uint8_t> NpyArray::view() const;
template std::span<const std::int32_t> NpyArray::view() const;
template std::span<const std::int64_t> NpyArray::view() const;
template std::span<const float> NpyArray::view() const;
template std::span<const double> NpyArray::view() const;
template std::vector<std::uint8_t> NpyArray::values() const;
template std::vector<std::int32_t> NpyArray::values() const;
template std::vector<std::int64_t> NpyArray::values() const;
template std::vector<float> NpyArray::values() const;
template std::vector<double> NpyArray::values() const;

NpyArray parseNpy(std::span<const std::byte> bytes, const std::string& name) {
  NpyHeader header = parseNpyHeader(bytes, name);
  const std::span<const std::byte> elements = bytes.subspan(header.data_offset);
  return {std::move(header), {elements.begin(), elements.end()}, name};
}

template <class T>
std::vector<std::byte> formatNpy(std::span<const T> values, std::span<const std::size_t> shape) {
  std::string extents;
  for (const std::size_t extent : shape)
    extents += fmt::format("{},{}", extent, shape.size() > 1 ? " " : "");
  if (shape.size() > 1) extents.resize(extents.size() - 2);
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", kDescr<T>, extents);
  // NumPy aligns the first element to 64 bytes.
  header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += char(header.size() & 0xFF);
  bytes += char(header.size() >> 8);
  bytes += header;
  std::vector<std::byte> file(bytes.size() + values.size_bytes());
  std::memcpy(file.data(), bytes.data(), bytes.size());
  if (!values.empty()) std::memcpy(file.data() + bytes.size(), values.data(), values.size_bytes());
  return file;
}

template std::vector<std::byte> formatNpy(std::span<const std::uint8_t>, std::span<const std::size_t>);
template std::vector<std::byte> formatNpy(std::span<const std::int32_t>, std::span<const std::size_t>);
template std::vector<std::byte> formatNpy(std::span<const std::int64_t>, std::span<const std::size_t>);
template std::vector<std::byte> formatNpy(std::span<const float>, std::span<const std::size_t>);
template std::vector<std::byte> formatNpy(std::span<const double>, std::span<const std::size_t>);
template std::vector<std::byte> formatNpy(std::span<const Eigen::half>, std::span<const std::size_t>);

}  // namespace hbev
