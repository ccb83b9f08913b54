// What holds for all arrays and archives. Arrays are written byte by byte here, as NumPy's documentation
// says.
#include <cstring>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/io/npy.h"
#include "core/io/npz.h"
#include "core/io/zip.h"
#include "tests/base/properties.h"
#include "tests/base/temporary_folder.h"
#include "tests/io/raw_zip.h"

namespace hbev {
namespace {

using test::TemporaryFolder;

std::span<const std::byte> bytesOf(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// An array as its elements' bits, in C order, and how they are written.
struct MadeArray {
  char kind = 'u';
  int bits = 8;
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
  std::vector<std::uint64_t> elements;

  int size() const { return bits / 8; }
  std::string type() const {
    const char order = bits == 8 ? '|' : big_endian ? '>' : '<';
    return fmt::format("{}{}{}", order, kind, size());
  }
};

std::ostream& operator<<(std::ostream& out, const MadeArray& array) {
  return out << fmt::format("{} {} {} {}", array.type(), array.fortran_order ? "Fortran" : "C", array.shape,
                            array.elements);
}

std::vector<std::size_t> anyShape() {
  const int rank = *rc::gen::inRange(0, 5);
  return *rc::gen::container<std::vector<std::size_t>>(std::size_t(rank),
                                                       rc::gen::inRange<std::size_t>(0, 5));
}

std::size_t countOf(const std::vector<std::size_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t(1), std::multiplies());
}

MadeArray anyArray() {
  MadeArray array;
  array.kind = *rc::gen::element('u', 'i', 'f');
  array.bits = array.kind == 'f' ? *rc::gen::element(32, 64) : *rc::gen::element(8, 16, 32, 64);
  array.big_endian = *rc::gen::arbitrary<bool>();
  array.fortran_order = *rc::gen::arbitrary<bool>();
  array.shape = anyShape();
  array.elements = *rc::gen::container<std::vector<std::uint64_t>>(
      countOf(array.shape), rc::gen::resize(100, rc::gen::arbitrary<std::uint64_t>()));
  return array;
}

/// Where the element at C index `index` lies in a file of the array's order.
std::size_t placeOf(const MadeArray& array, std::size_t index) {
  if (!array.fortran_order) return index;
  std::vector<std::size_t> position(array.shape.size());
  for (std::size_t axis = array.shape.size(); axis-- > 0; index /= array.shape[axis])
    position[axis] = index % array.shape[axis];
  std::size_t place = 0;
  for (std::size_t axis = array.shape.size(); axis-- > 0;)
    place = place * array.shape[axis] + position[axis];
  return place;
}

std::string fileOf(const MadeArray& array) {
  const auto size = std::size_t(array.size());
  std::string data(array.elements.size() * size, '\0');
  for (std::size_t i = 0; i < array.elements.size(); ++i) {
    for (std::size_t byte = 0; byte < size; ++byte) {
      const std::size_t at = array.big_endian ? size - 1 - byte : byte;
      data[placeOf(array, i) * size + at] = char(array.elements[i] >> (8 * byte) & 0xFF);
    }
  }
  const std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}{}), }}\n",
                                         array.type(), array.fortran_order ? "True" : "False",
                                         fmt::join(array.shape, ", "), array.shape.size() == 1 ? "," : "");
  return test::rawNpy(header, data);
}

template <class T>
T number(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);  // the low bytes, on this little-endian machine
  return value;
}

double valueOf(const MadeArray& array, std::uint64_t bits) {
  if (array.kind == 'f') return array.bits == 32 ? double(number<float>(bits)) : number<double>(bits);
  const std::uint64_t masked = array.bits == 64 ? bits : bits & ((std::uint64_t(1) << array.bits) - 1);
  if (array.kind == 'u') return double(masked);
  switch (array.bits) {
    case 8:
      return double(number<std::int8_t>(masked));
    case 16:
      return double(number<std::int16_t>(masked));
    case 32:
      return double(number<std::int32_t>(masked));
    default:
      return double(number<std::int64_t>(masked));
  }
}

RC_GTEST_PROP(NpyProperty, EveryTypeOrderAndByteOrderIsReadElementByElement, ()) {
  const MadeArray made = anyArray();
  RC_LOG() << made << "\n";
  const NpyArray array = parseNpy(bytesOf(fileOf(made)), "made.npy");
  RC_ASSERT(array.shape() == made.shape);
  const std::vector<double> values = array.values<double>();
  RC_ASSERT(values.size() == made.elements.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = valueOf(made, made.elements[i]);
    RC_ASSERT(values[i] == expected || (std::isnan(values[i]) && std::isnan(expected)));
  }
}

RC_GTEST_PROP(NpyProperty, IntegersArriveWholeOrNotAtAll, ()) {
  MadeArray made = anyArray();
  if (made.kind == 'f') made.kind = 'i';
  RC_LOG() << made << "\n";
  const NpyArray array = parseNpy(bytesOf(fileOf(made)), "made.npy");
  const auto fits = [&](std::uint64_t bits) {
    const double value = valueOf(made, bits);  // exact below 2^53, and far from the limits of a byte beyond
    return value >= 0 && value <= 255;
  };
  const bool all_fit = std::all_of(made.elements.begin(), made.elements.end(), fits);
  bool read = true;
  try {
    const std::vector<std::uint8_t> values = array.values<std::uint8_t>();
    for (std::size_t i = 0; i < values.size(); ++i)
      RC_ASSERT(double(values[i]) == valueOf(made, made.elements[i]));
  } catch (const Error&) {
    read = false;
  }
  RC_ASSERT(read == all_fit);
}

RC_GTEST_PROP(NpyProperty, AnotherLengthThanTheHeadersIsRefused, ()) {
  const MadeArray made = anyArray();
  const std::string file = fileOf(made);
  const auto surplus = *rc::gen::inRange<std::size_t>(1, 20);
  RC_ASSERT_THROWS_AS(parseNpy(bytesOf(file + std::string(surplus, 'x')), "long.npy"), Error);
  const auto kept = *rc::gen::inRange<std::size_t>(0, file.size());
  RC_ASSERT_THROWS_AS(parseNpy(bytesOf(file.substr(0, kept)), "short.npy"), Error);
}

template <class T>
void checkRoundTrip() {
  const std::vector<std::size_t> shape = anyShape();
  const auto values = *rc::gen::container<std::vector<T>>(countOf(shape), rc::gen::arbitrary<T>());
  const NpyArray array = parseNpy(formatNpy<T>(values, shape), "written.npy");
  RC_ASSERT(array.shape() == shape);
  RC_ASSERT(array.template values<T>() == values);
}

RC_GTEST_PROP(NpyProperty, WhatIsWrittenIsRead, ()) {
  checkRoundTrip<std::uint8_t>();
  checkRoundTrip<std::int32_t>();
  checkRoundTrip<std::int64_t>();
  checkRoundTrip<float>();
  checkRoundTrip<double>();
}

struct Content {
  std::string name;
  std::string bytes;
  bool deflate = false;
};

std::vector<Content> anyContents() {
  std::vector<Content> contents;
  std::set<std::string> names;
  const int count = *rc::gen::inRange(1, 5);
  for (int i = 0; i < count; ++i) {
    const auto letters = rc::gen::element('a', 'b', '/', '_', '.', ' ', '\'', '0');
    Content content{*rc::gen::container<std::string>(letters), *rc::gen::string<std::string>(),
                    *rc::gen::arbitrary<bool>()};
    for (int longer = *rc::gen::inRange(0, 12); longer > 0 && content.bytes.size() < 300'000; --longer)
      content.bytes += content.bytes;  // beyond the pieces in which members are read
    content.name = fmt::format("{}{}", i, content.name);
    if (names.insert(content.name).second) contents.push_back(std::move(content));
  }
  return contents;
}

RC_GTEST_PROP(ZipProperty, MembersComeBackInOrderWithTheirBytes, ()) {
  const std::vector<Content> contents = anyContents();
  RC_LOG() << fmt::format("{} members\n", contents.size());
  const TemporaryFolder folder;
  ZipWriter writer(folder / "a.zip");
  for (const Content& content : contents) {
    const std::span<const std::byte> bytes = bytesOf(content.bytes);
    writer.add(content.name, {bytes.begin(), bytes.end()}, content.deflate);
  }
  writer.close();
  const ZipReader zip(folder / "a.zip");
  RC_ASSERT(zip.members().size() == contents.size());
  for (std::size_t i = 0; i < contents.size(); ++i) {
    RC_ASSERT(zip.members()[i].name == contents[i].name);
    std::string bytes;
    zip.read(i, [&](std::span<const std::byte> piece) {
      bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      return true;
    });
    RC_ASSERT(bytes == contents[i].bytes);
  }
}

RC_GTEST_PROP(NpzProperty, ArraysComeBackUnderTheirNames, ()) {
  const TemporaryFolder folder;
  const bool deflate = *rc::gen::arbitrary<bool>();
  const auto a = *rc::gen::container<std::vector<std::uint8_t>>(12, rc::gen::arbitrary<std::uint8_t>());
  const auto b = *rc::gen::container<std::vector<float>>(6, rc::gen::arbitrary<float>());
  NpzWriter writer(folder / "a.npz", deflate);
  writer.add<std::uint8_t>("a", a, {3, 2, 2});
  writer.add<float>("deep/b", b, {6});
  writer.close();
  const NpzReader npz(folder / "a.npz");
  RC_ASSERT(npz.names() == (std::vector<std::string>{"a", "deep/b"}));
  RC_ASSERT(npz.read("a").hasShape({3, 2, 2}));
  RC_ASSERT(npz.read("a").values<std::uint8_t>() == a);
  RC_ASSERT(npz.read("deep/b").values<float>() == b);
}

}  // namespace
}  // namespace hbev
