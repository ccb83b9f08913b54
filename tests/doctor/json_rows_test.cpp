#include "core/doctor/json_rows.h"

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "tests/base/temporary_folder.h"

namespace hbev::doctor {
namespace {

struct Rows {
  std::vector<std::string> names;
  std::string error;
};

Rows read(const std::string& text) {
  const test::TemporaryFolder folder;
  writeFile(folder / "table.json", text);
  Rows rows;
  try {
    const std::size_t count = forEachJsonRow(
        folder / "table.json",
        [&](simdjson::ondemand::object row) {
          rows.names.emplace_back(std::string_view(row["name"].get_string()));
        },
        nullptr);
    EXPECT_EQ(count, rows.names.size());
  } catch (const Error& error) {
    rows.error = error.what();
  }
  return rows;
}

TEST(JsonRows, ReadsEveryRow) {
  EXPECT_EQ(read("[]").names.size(), 0U);
  EXPECT_EQ(read(" [\n{\"name\": \"a\"},\n{\"name\": \"b\", \"list\": [[1], {\"x\": 2}]}\n]\n").names,
            (std::vector<std::string>{"a", "b"}));
}

TEST(JsonRows, BracketsAndQuotesInsideStringsEndNothing) {
  EXPECT_EQ(read(R"([{"name": "}],\"{"}, {"name": "\\"}])").names,
            (std::vector<std::string>{"}],\"{", "\\"}));
}

TEST(JsonRows, RowsAcrossBlocksStayWhole) {
  std::string text = "[";
  const std::string filling(1000, 'x');
  for (int i = 0; i < 9000; ++i)
    text +=
        (i > 0 ? "," : "") + ("{\"name\": \"" + std::to_string(i) + "\", \"filling\": \"" + filling + "\"}");
  const Rows rows = read(text + "]");
  ASSERT_EQ(rows.names.size(), 9000U) << rows.error;
  EXPECT_EQ(rows.names.back(), "8999");
}

TEST(JsonRows, DamageNamesTheRow) {
  for (const char* text : {"", "{}", "[1]", "[\"a\"]", "null", "[{\"name\": \"a\"}", "[{\"name\": \"a\"}]]",
                           "[{\"name\": \"a\"}] x", "[{\"name\": a}]", "[{\"other\": 1}]", "[[]]"}) {
    EXPECT_NE(read(text).error, "") << text;
  }
  EXPECT_NE(read("[{\"name\": \"a\"}, {\"name\": 3}]").error.find("near row 1"), std::string::npos);
}

TEST(JsonRows, AnAbsentFileIsAnError) {
  EXPECT_THROW(forEachJsonRow(
                   "/nowhere/table.json", [](simdjson::ondemand::object) {}, nullptr),
               Error);
}

}  // namespace
}  // namespace hbev::doctor
