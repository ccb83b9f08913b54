// Any text has its token, and hex digits have the one they spell.
#include <fmt/format.h>

#include "core/data/token.h"
#include "tests/base/properties.h"

namespace hbev {
namespace {

RC_GTEST_PROP(TokenProperty, HexDigitsAreKeptAsTheyAre, (std::uint64_t high, std::uint64_t low)) {
  const Token token = Token::parse(fmt::format("{:016x}{:016x}", high, low));
  RC_ASSERT(token.high == high);
  RC_ASSERT(token.low == low);
}

RC_GTEST_PROP(TokenProperty, DifferentTextsHaveDifferentTokens,
              (const std::string& a, const std::string& b)) {
  RC_ASSERT((Token::parse(a) == Token::parse(b)) == (a == b));
  RC_ASSERT(Token::parse(a).isNull() == a.empty());
}

RC_GTEST_PROP(TokenProperty, OneDigitThatIsNoneMakesItAWord, (std::uint64_t high, std::uint64_t low)) {
  std::string text = fmt::format("{:016x}{:016x}", high, low);
  const Token digits = Token::parse(text);
  text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::element('g', '-', ' ', '+', 'x', '\0');
  RC_ASSERT(Token::parse(text) != digits);
  RC_ASSERT(Token::parse(text) == Token::parse(text));
}

}  // namespace
}  // namespace hbev
