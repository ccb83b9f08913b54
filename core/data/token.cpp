#include "core/data/token.h"

#include <charconv>
#include <xxhash.h>

namespace hbev {
namespace {

bool parseHex(std::string_view digits, std::uint64_t& value) {
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return result.ec == std::errc() && result.ptr == digits.data() + digits.size();
}

}  // namespace

Token Token::parse(std::string_view text) {
  if (text.empty()) return {};
  Token token;
  if (text.size() == 32 && parseHex(text.substr(0, 16), token.high) && parseHex(text.substr(16), token.low))
    return token;
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

}  // namespace hbev
