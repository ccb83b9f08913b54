// The operations of pickles that write their values as lines of text, and Python's long integers.
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/io/pickle_machine.h"

namespace hbev {
namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// `count` hexadecimal digits at `at`, which moves behind them.
std::uint32_t takeHex(std::string_view text, std::size_t& at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i, ++at) {
    const int digit = at < text.size() ? hexDigit(text[at]) : -1;
    if (digit < 0) throw malformedPickle(fmt::format("{} hexadecimal digits", count), "another character");
    value = value << 4 | std::uint32_t(digit);
  }
  return value;
}

char escaped(char c) {
  constexpr std::string_view kLetters = "abfnrtv", kMeanings = "\a\b\f\n\r\t\v";
  const std::size_t index = kLetters.find(c);
  return index == std::string_view::npos ? c : kMeanings[index];
}

}  // namespace

void appendUtf8(std::string& text, std::uint32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;  // the replacement character
  if (code < 0x80) {
    text += char(code);
  } else if (code < 0x800) {
    text += {char(0xC0 | code >> 6), char(0x80 | (code & 0x3F))};
  } else if (code < 0x10000) {
    text += {char(0xE0 | code >> 12), char(0x80 | (code >> 6 & 0x3F)), char(0x80 | (code & 0x3F))};
  } else {
    text += {char(0xF0 | code >> 18), char(0x80 | (code >> 12 & 0x3F)), char(0x80 | (code >> 6 & 0x3F)),
             char(0x80 | (code & 0x3F))};
  }
}

PickleValue parseIntLine(PickleBuilder& builder, std::string_view line) {
  if (line == "00" || line == "01") return builder.boolean(line == "01");
  if (!line.empty() && line.back() == 'L') line.remove_suffix(1);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (code == std::errc() && end == line.data() + line.size()) return builder.integer(value);
  if (code == std::errc::result_out_of_range && end == line.data() + line.size())
    return parseFloatLine(builder, line);
  throw malformedPickle("a whole number", "another text");
}

PickleValue parseFloatLine(PickleBuilder& builder, std::string_view line) {
  double value = 0;
  const auto [end, code] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (end != line.data() + line.size() || line.empty()) throw malformedPickle("a number", "another text");
  if (code == std::errc::result_out_of_range)
    value =
        line[0] == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  return builder.number(value);
}

PickleValue parseQuotedLine(PickleBuilder& builder, std::string_view line) {
  if (line.size() < 2 || (line[0] != '\'' && line[0] != '"') || line.back() != line[0])
    throw malformedPickle("a quoted text", "another");
  const std::string_view quoted = line.substr(1, line.size() - 2);
  std::string text;
  for (std::size_t at = 0; at < quoted.size();) {
    if (quoted[at] != '\\' || at + 1 == quoted.size()) {
      text += quoted[at++];
      continue;
    }
    const char kind = quoted[at + 1];
    at += 2;
    if (kind == 'x') {
      text += char(takeHex(quoted, at, 2));
    } else if (kind >= '0' && kind <= '7') {
      int value = kind - '0';
      for (int i = 0; i < 2 && at < quoted.size() && quoted[at] >= '0' && quoted[at] <= '7'; ++i)
        value = value * 8 + (quoted[at++] - '0');
      text += char(value);
    } else {
      text += escaped(kind);
    }
  }
  return builder.text(text);
}

PickleValue parseUnicodeLine(PickleBuilder& builder, std::string_view line) {
  std::string text;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] != '\\' || at + 1 == line.size() || (line[at + 1] != 'u' && line[at + 1] != 'U')) {
      appendUtf8(text, static_cast<unsigned char>(line[at++]));  // Latin-1
      continue;
    }
    const auto next = [&] {
      const std::size_t digits = line[at + 1] == 'u' ? 4 : 8;
      at += 2;
      return takeHex(line, at, digits);
    };
    std::uint32_t code = next();
    const bool half =
        code >= 0xD800 && code < 0xDC00 && at + 1 < line.size() && line[at] == '\\' && line[at + 1] == 'u';
    if (half) code = 0x10000 + ((code - 0xD800) << 10) + ((next() - 0xDC00) & 0x3FF);
    appendUtf8(text, code);
  }
  return builder.text(text);
}

PickleValue parseLong(PickleBuilder& builder, std::string_view bytes) {
  const bool is_negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80) != 0;
  if (bytes.size() <= 8) {
    std::uint64_t value = is_negative ? ~std::uint64_t(0) : 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return builder.integer(std::int64_t(value));
  }
  double value = is_negative ? -1.0 : 0.0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value * 256 + static_cast<unsigned char>(bytes[i]);
  constexpr double kEnd = 9223372036854775808.0;  // 2^63: longer than needed, but not larger
  if (value > -kEnd && value < kEnd) return parseLong(builder, bytes.substr(0, 8));
  return builder.number(value);
}

}  // namespace hbev
