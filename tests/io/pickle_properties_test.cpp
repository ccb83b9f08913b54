// Whatever is written as a pickle comes back the same, and any cut of it is refused.
#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
#include <sstream>

#include "core/base/error.h"
#include "core/io/pickle.h"
#include "core/io/pickle_writer.h"
#include "tests/base/properties.h"

namespace hbev {
namespace {

/// A value: how it is written, and how what was read is compared with it.
struct Made {
  std::function<void(PickleWriter&)> write;
  std::function<void(const PickleValue&)> compare;
};

double anyDouble() {
  return std::bit_cast<double>(*rc::gen::arbitrary<std::uint64_t>());  // NaN and infinity among them
}

bool isSame(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::string anyText() {
  std::string text;
  const int length = *rc::gen::weightedOneOf<int>(
      {{8, rc::gen::inRange(0, 20)}, {1, rc::gen::inRange(250, 260)}, {1, rc::gen::just(70'000)}});
  const std::string repeated =
      *rc::gen::element<std::string>("a", "'", "\n", "\\", "\u00e4", "\u6c7d", "\U0001f697");
  while (text.size() < std::size_t(length))
    text +=
        text.size() < 20 ? *rc::gen::element<std::string>("x", "\u00e4", "\U0001f697", " ", "\n") : repeated;
  return text;
}

std::vector<double> anyDoubles(std::size_t count) {
  std::vector<double> values(count);
  std::generate(values.begin(), values.end(), anyDouble);
  return values;
}

Made anyScalar() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return {[](PickleWriter& out) { out.none(); },
              [](const PickleValue& value) { RC_ASSERT(value.isNone()); }};
    case 1: {
      const bool made = *rc::gen::arbitrary<bool>();
      return {[=](PickleWriter& out) { out.boolean(made); },
              [=](const PickleValue& value) {
                RC_ASSERT(value.kind() == PickleValue::Kind::Bool);
                RC_ASSERT(value.boolean() == made);
              }};
    }
    case 2: {
      // All lengths that integers are written in.
      const auto bits = *rc::gen::arbitrary<std::uint64_t>();
      const auto made = std::int64_t(bits) >> *rc::gen::inRange(0, 64);
      return {[=](PickleWriter& out) { out.integer(made); },
              [=](const PickleValue& value) {
                RC_ASSERT(value.kind() == PickleValue::Kind::Int);
                RC_ASSERT(value.integer() == made);
              }};
    }
    case 3: {
      const double made = anyDouble();
      return {[=](PickleWriter& out) { out.number(made); },
              [=](const PickleValue& value) {
                RC_ASSERT(value.kind() == PickleValue::Kind::Float);
                RC_ASSERT(isSame(value.number(), made));
              }};
    }
    default: {
      const std::string made = anyText();
      return {[=](PickleWriter& out) { out.text(made); },
              [=](const PickleValue& value) { RC_ASSERT(value.text() == made); }};
    }
  }
}

Made anyNumbersArray() {
  const int rank = *rc::gen::inRange(0, 4);
  const auto shape =
      *rc::gen::container<std::vector<std::size_t>>(std::size_t(rank), rc::gen::inRange<std::size_t>(0, 4));
  const std::size_t count = std::accumulate(shape.begin(), shape.end(), std::size_t(1), std::multiplies());
  if (*rc::gen::arbitrary<bool>()) {
    const std::vector<double> made = anyDoubles(count);
    return {[=](PickleWriter& out) { out.array(std::span(made), shape); },
            [=](const PickleValue& value) {
              RC_ASSERT(value.header().shape == shape);
              const std::vector<double> read = value.array().values<double>();
              RC_ASSERT(std::ranges::equal(read, made, isSame));
            }};
  }
  const auto made = *rc::gen::container<std::vector<std::int64_t>>(count, rc::gen::arbitrary<std::int64_t>());
  return {[=](PickleWriter& out) { out.array(std::span(made), shape); },
          [=](const PickleValue& value) {
            RC_ASSERT(value.header().shape == shape);
            RC_ASSERT(value.array().values<std::int64_t>() == made);
          }};
}

Made anyArray() {
  const auto count = *rc::gen::inRange<std::size_t>(0, 6);
  switch (*rc::gen::inRange(0, 4)) {
    case 0: {
      const auto made =
          *rc::gen::container<std::vector<std::uint8_t>>(count, rc::gen::element<std::uint8_t>(0, 1));
      return {[=](PickleWriter& out) { out.boolArray(made); },
              [=](const PickleValue& value) {
                RC_ASSERT(value.header().kind == 'b');
                RC_ASSERT(value.array().values<std::uint8_t>() == made);
              }};
    }
    case 1: {
      std::vector<std::string> made(count);
      std::generate(made.begin(), made.end(), anyText);
      return {[=](PickleWriter& out) { out.textArray(made); },
              [=](const PickleValue& value) { RC_ASSERT(value.texts() == made); }};
    }
    case 2: {
      const std::vector<double> made = anyDoubles(count);
      return {[=](PickleWriter& out) { out.numbers(made); },
              [=](const PickleValue& value) {
                RC_ASSERT(value.kind() == PickleValue::Kind::List);
                RC_ASSERT(std::ranges::equal(value.numbers(), made, isSame));
              }};
    }
    default:
      return anyNumbersArray();
  }
}

Made anyValue(int depth);

Made anySequence(int depth) {
  std::vector<Made> items(*rc::gen::inRange<std::size_t>(0, 5));
  for (Made& item : items)
    item = anyValue(depth - 1);
  const bool is_tuple = *rc::gen::arbitrary<bool>();
  return {[=](PickleWriter& out) {
            is_tuple ? out.beginTuple() : out.beginList();
            for (const Made& item : items)
              item.write(out);
            is_tuple ? out.endTuple() : out.endList();
          },
          [=](const PickleValue& value) {
            RC_ASSERT(value.kind() == (is_tuple ? PickleValue::Kind::Tuple : PickleValue::Kind::List));
            RC_ASSERT(value.items().size() == items.size());
            for (std::size_t i = 0; i < items.size(); ++i)
              items[i].compare(value.items()[i]);
          }};
}

Made anyDict(int depth) {
  std::vector<std::pair<std::string, Made>> entries(*rc::gen::inRange<std::size_t>(0, 5));
  for (std::size_t i = 0; i < entries.size(); ++i)
    entries[i] = {"key" + std::to_string(i), anyValue(depth - 1)};
  return {[=](PickleWriter& out) {
            out.beginDict();
            for (const auto& [key, made] : entries) {
              out.key(key);
              made.write(out);
            }
            out.endDict();
          },
          [=](const PickleValue& value) {
            RC_ASSERT(value.isDict());
            RC_ASSERT(value.entries().size() == entries.size());
            for (const auto& [key, made] : entries)
              made.compare(value.at(key));
          }};
}

Made anyValue(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 6 : 3);
  if (kind < 2) return anyScalar();
  if (kind == 2) return anyArray();
  return kind == 3 ? anyDict(depth) : anySequence(depth);
}

std::string written(const Made& made) {
  std::ostringstream out;
  PickleWriter writer(out);
  made.write(writer);
  writer.finish();
  return out.str();
}

RC_GTEST_PROP(PickleProperty, WhatIsWrittenIsRead, ()) {
  const Made made = anyValue(4);
  const std::string bytes = written(made);
  const Pickle pickle = readPickle(std::as_bytes(std::span(bytes)));
  RC_ASSERT(pickle.endOffset() == bytes.size());
  made.compare(pickle.root());
}

RC_GTEST_PROP(PickleProperty, NoPartOfAPickleIsOne, ()) {
  const std::string bytes = written(anyValue(3));
  const auto kept = *rc::gen::inRange<std::size_t>(0, bytes.size());
  const std::string part = bytes.substr(0, kept);
  RC_ASSERT_THROWS_AS(readPickle(std::as_bytes(std::span(part))), Error);
}

}  // namespace
}  // namespace hbev
