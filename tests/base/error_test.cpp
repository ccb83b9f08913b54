#include "core/base/error.h"

#include <gtest/gtest.h>

namespace hbev {
namespace {

TEST(Error, TextHoldsAllPartsInReadingOrder) {
  const Error error({"labels.npz cannot be used", "/data/labels.npz", "uint8 [200, 200, 16]",
                     "uint8 [200, 200, 8]", "Copy it again."});
  EXPECT_STREQ(
      error.what(),
      "labels.npz cannot be used. File: /data/labels.npz. Expected uint8 [200, 200, 16], found uint8 [200, "
      "200, 8]. Copy it again.");
  EXPECT_EQ(error.problem().found, "uint8 [200, 200, 8]");
}

TEST(Error, AbsentPartsLeaveNoTraces) {
  EXPECT_EQ(toString({"It failed", {}, {}, {}, {}}), "It failed.");
  EXPECT_EQ(toString({"It failed", {}, "a file", {}, {}}), "It failed. Expected a file.");
  EXPECT_EQ(toString({"It failed", {}, {}, "nothing", {}}), "It failed. Found nothing.");
  EXPECT_EQ(toString({"It failed", {}, "a file", "It is gone.", "Try again."}),
            "It failed. Expected a file, found It is gone. Try again.");
  EXPECT_EQ(toString({"It failed", {}, {}, {}, "Try again."}), "It failed. Try again.");
}

TEST(Error, AnErrorWithoutFileGetsTheOneThatWorkWasAbout) {
  const auto problemFrom = [](const std::filesystem::path& thrown) {
    try {
      aboutFile("outer.json", [&]() -> int { throw Error({"It failed", thrown, "a", "b", "c"}); });
    } catch (const Error& error) {
      return error.problem();
    }
    return Problem();
  };
  EXPECT_EQ(problemFrom("").file, "outer.json");
  EXPECT_EQ(problemFrom("").expected, "a");
  EXPECT_EQ(problemFrom("inner.json").file, "inner.json");
  EXPECT_EQ(aboutFile("outer.json", [] { return 7; }), 7);
}

TEST(Error, WhatAFileSaysIsCutAndCannotSteerATerminal) {
  std::string umlauts = "x";
  for (int i = 0; i < 100'000; ++i)
    umlauts += "\u00e4";
  const Error error({"The table \x1B[2J\x7F is odd", {}, "one\nor two", umlauts, {}});
  EXPECT_EQ(error.problem().summary, "The table ?[2J? is odd");
  EXPECT_EQ(error.problem().expected, "one\nor two");
  EXPECT_LT(error.problem().found.size(), 500U);
  EXPECT_TRUE(error.problem().found.ends_with("\u00e4..."));
  EXPECT_LT(std::string_view(error.what()).size(), 1000U);
}

TEST(Error, NamesOfFilesStayInTheirLine) {
  const Error error({"a\nb cannot be read", "/data/a\nb\x1B[2J", {}, {}, {}});
  EXPECT_STREQ(error.what(), "a?b cannot be read. File: /data/a?b?[2J.");
  EXPECT_EQ(error.problem().file, "/data/a\nb\x1B[2J");
}

TEST(Error, CancellationIsNoError) {
  const Cancelled cancelled;
  EXPECT_EQ(dynamic_cast<const Error*>(static_cast<const std::exception*>(&cancelled)), nullptr);
}

}  // namespace
}  // namespace hbev
