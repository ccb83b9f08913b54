// nuScenes' row identifiers in 16 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace hbev {

/// 32 hex digits are kept as they are; any other text (data sets of other makers) by its 128-bit hash.
struct Token {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static Token parse(std::string_view text);
  /// True when the 32 characters at `text` are hex digits, which are then in `token`.
  static bool parseHex(const char* text, Token& token);
  bool isNull() const { return high == 0 && low == 0; }  ///< "" in the tables: no such row
  auto operator<=>(const Token&) const = default;
};

}  // namespace hbev

template <>
struct std::hash<hbev::Token> {
  std::size_t operator()(const hbev::Token& token) const noexcept { return token.high ^ token.low; }
};
