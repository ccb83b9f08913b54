#include "core/data/token.h"

#include <unordered_set>

#include <gtest/gtest.h>

namespace hbev {
namespace {

TEST(Token, HexDigitsAreKeptAsTheyAre) {
  const Token token = Token::parse("ca9a282c9e77460f8360f564131a8af5");
  EXPECT_EQ(token.high, 0xCA9A282C9E77460FU);
  EXPECT_EQ(token.low, 0x8360F564131A8AF5U);
  EXPECT_EQ(Token::parse("CA9A282C9E77460F8360F564131A8AF5"), token);
}

TEST(Token, NoTextIsNoRow) {
  EXPECT_TRUE(Token::parse("").isNull());
  EXPECT_FALSE(Token::parse("0").isNull());
}

TEST(Token, OtherTextsDifferToo) {
  std::unordered_set<Token> tokens;
  for (int i = 0; i < 20'000; ++i)
    tokens.insert(Token::parse("row-" + std::to_string(i)));
  EXPECT_EQ(tokens.size(), 20'000U);
  EXPECT_EQ(Token::parse("row-7"), Token::parse("row-7"));
  // Almost hexadecimal: 32 characters with a sign, a space or a letter beyond f.
  EXPECT_NE(Token::parse("-a9a282c9e77460f8360f564131a8af5"),
            Token::parse("ca9a282c9e77460f8360f564131a8af5"));
  EXPECT_NE(Token::parse("ca9a282c9e77460f8360f564131a8afg"),
            Token::parse("ca9a282c9e77460f8360f564131a8af"));
}

}  // namespace
}  // namespace hbev
