#include "core/base/hash_text.h"

#include <gtest/gtest.h>

namespace hbev {
namespace {

// Records of predictions and evaluations hold these texts: they must stay as they are.
TEST(HashText, IsXxh3InHexadecimal) {
  EXPECT_EQ(hexText(0xAB), "00000000000000ab");
  EXPECT_EQ(hashText(""), "2d06800538d394c2");
  EXPECT_EQ(longHashText(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_NE(hashText("a"), hashText("b"));
  EXPECT_EQ(longHashText("a").size(), 32U);
}

}  // namespace
}  // namespace hbev
