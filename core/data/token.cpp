#include "core/data/token.h"

#include <bit>
#include <cstring>
#include <xxhash.h>

namespace hbev {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;

/// Eight hex digits at once, each in its byte of a word. False when one of them is none.
bool parseEight(const char* text, std::uint32_t& value) {
  std::uint64_t digits;
  std::memcpy(&digits, text, sizeof(digits));
  if constexpr (std::endian::native == std::endian::big) digits = __builtin_bswap64(digits);
  const std::uint64_t letters = (digits >> 6) & kOnes;  // 1 for a letter, as far as bit 6 tells
  const std::uint64_t values = (digits & (kOnes * 0x0F)) + letters * 9;
  // Back to characters: whatever was no digit comes out as another character or as a value out of range.
  const std::uint64_t again = values + kOnes * '0' + letters * ('a' - '0' - 10);
  const std::uint64_t is_ten_or_more = ((values + kOnes * 6) >> 4) & kOnes;
  const std::uint64_t is_sixteen_or_more = (values >> 4) & kOnes;
  if ((again ^ (digits | (letters << 5))) | (is_ten_or_more ^ letters) | is_sixteen_or_more) return false;
  std::uint64_t pairs = ((values << 4) | (values >> 8)) & 0x00FF00FF00FF00FF;
  pairs = (pairs | (pairs >> 8)) & 0x0000FFFF0000FFFF;
  value = __builtin_bswap32(std::uint32_t(pairs | (pairs >> 16)));
  return true;
}

}  // namespace

bool Token::parseHex(const char* text, Token& token) {
  std::uint32_t parts[4];
  for (int i = 0; i < 4; ++i) {
    if (!parseEight(text + 8 * i, parts[i])) return false;
  }
  token = {std::uint64_t(parts[0]) << 32 | parts[1], std::uint64_t(parts[2]) << 32 | parts[3]};
  return true;
}

Token Token::parse(std::string_view text) {
  if (text.empty()) return {};
  Token token;
  if (text.size() == 32 && parseHex(text.data(), token)) return token;
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

}  // namespace hbev
