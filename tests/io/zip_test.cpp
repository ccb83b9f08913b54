#include "core/io/zip.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/io/raw_zip.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::problemOf;
using test::TemporaryFolder;

std::vector<std::byte> bytesOf(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string contentOf(const ZipReader& zip, std::size_t index) {
  std::string content;
  zip.read(index, [&](std::span<const std::byte> piece) {
    content.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return true;
  });
  return content;
}

TEST(Zip, WhatIsWrittenIsRead) {
  const TemporaryFolder folder;
  const std::string large(300'000, 'x');
  ZipWriter writer(folder / "deep/a.zip");
  writer.add("first", bytesOf("one"), false);
  writer.add("folder/second", bytesOf(large), true);
  writer.add("empty", {}, true);
  EXPECT_FALSE(std::filesystem::exists(folder / "deep/a.zip")) << "nothing is there before close()";
  writer.close();
  const ZipReader zip(folder / "deep/a.zip");
  ASSERT_EQ(zip.members().size(), 3U);
  EXPECT_EQ(zip.members()[1].name, "folder/second");
  EXPECT_EQ(zip.members()[1].claimed_size, large.size());
  EXPECT_EQ(contentOf(zip, 0), "one");
  EXPECT_EQ(contentOf(zip, 1), large);
  EXPECT_EQ(contentOf(zip, 2), "");
  EXPECT_LT(std::filesystem::file_size(folder / "deep/a.zip"), 3000U);
}

// In one go a member is the same as in pieces, or nothing: never something else.
TEST(Zip, AMemberInOneGoIsTheSameAsInPieces) {
  const TemporaryFolder folder;
  std::string content(100'000, 'x');
  for (std::size_t i = 0; i < content.size(); i += 7)
    content[i] = char(i * i % 251);
  for (const bool deflate : {false, true}) {
    const auto file = folder / (deflate ? "deflated.zip" : "stored.zip");
    ZipWriter writer(file);
    writer.add("a", bytesOf(content), deflate);
    writer.add("empty", {}, deflate);
    writer.close();
    const ZipReader zip(file);
    EXPECT_EQ(zip.readWhole(0, content.size(), 0), bytesOf(content));
    EXPECT_EQ(zip.readWhole(0, content.size(), 77), bytesOf(content.substr(77)));
    EXPECT_EQ(zip.readWhole(1, 0, 0), std::vector<std::byte>());
    EXPECT_FALSE(zip.readWhole(0, content.size() - 1, 0)) << "less than there is";
    EXPECT_FALSE(zip.readWhole(0, content.size() + 1, 0)) << "more than there is";
  }
  const std::string packed = test::deflated(content);
  const auto size = std::uint32_t(content.size());
  const std::uint32_t crc = test::crc32Of(content);
  const auto whole = [&](const test::RawMember& member) {
    test::writeRawZip(folder / "raw.zip", {member});
    return ZipReader(folder / "raw.zip").readWhole(0, content.size(), 0);
  };
  EXPECT_EQ(whole({"a", packed, 8, size, crc}), bytesOf(content));
  EXPECT_FALSE(whole({"a", packed, 8, size, crc + 1})) << "a wrong checksum";
  EXPECT_FALSE(whole({"a", content, 0, size, crc + 1})) << "a wrong checksum";
  EXPECT_FALSE(whole({"a", packed.substr(0, packed.size() / 2), 8, size, crc})) << "cut off";
  EXPECT_FALSE(whole({"a", test::deflated(content + "!"), 8, size, crc})) << "longer than it says";
  EXPECT_FALSE(whole({"a", test::deflated(content.substr(1)), 8, size, crc})) << "shorter than it says";
  EXPECT_FALSE(whole({"a", content, 77, size, crc})) << "unknown compression";
}

TEST(Zip, TheSameContentGivesTheSameBytes) {
  const TemporaryFolder folder;
  for (const char* name : {"a.zip", "b.zip"}) {
    ZipWriter writer(folder / name);
    writer.add("x", bytesOf("some content"), true);
    writer.close();
  }
  EXPECT_EQ(readFile(folder / "a.zip", 1000), readFile(folder / "b.zip", 1000));
}

TEST(Zip, AWriterThatIsNotClosedLeavesNothing) {
  const TemporaryFolder folder;
  { ZipWriter(folder / "a.zip").add("x", bytesOf("content"), true); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Zip, AFolderInTheWayIsAnErrorAndNothingIsLeft) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "a.zip/inside");
  const Problem problem = problemOf([&] {
    ZipWriter writer(folder / "a.zip");
    writer.add("x", bytesOf("content"), true);
    writer.close();
  });
  EXPECT_EQ(problem.file, folder / "a.zip");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
  writeFile(folder / "plain", std::string_view("x"));
  EXPECT_EQ(problemOf([&] { ZipWriter(folder / "plain/a.zip"); }).file, folder / "plain/a.zip");
}

TEST(Zip, ReadingStopsWhenNobodyWantsMore) {
  const TemporaryFolder folder;
  ZipWriter writer(folder / "a.zip");
  writer.add("x", std::vector<std::byte>(1 << 20), true);
  writer.close();
  int pieces = 0;
  ZipReader(folder / "a.zip").read(0, [&](std::span<const std::byte>) { return ++pieces < 2; });
  EXPECT_EQ(pieces, 2);
}

TEST(Zip, WhatIsNoArchiveIsAnErrorThatNamesIt) {
  const TemporaryFolder folder;
  writeFile(folder / "text.npz", std::string_view("This is no archive, but someone's notes about one."));
  writeFile(folder / "empty.npz", std::string_view());
  for (const auto& file : {folder / "absent.npz", folder / "text.npz", folder / "empty.npz", folder.path()}) {
    const Problem problem = problemOf([&] { ZipReader reader(file); });
    EXPECT_EQ(problem.file, file);
    EXPECT_EQ(problem.expected, "a zip archive");
    EXPECT_FALSE(problem.found.empty());
  }
  const auto found = [&](const fs::path& file) { return problemOf([&] { ZipReader reader(file); }).found; };
  EXPECT_EQ(found(folder / "text.npz"), "something else");
  EXPECT_EQ(found(folder.path()).find_first_of("NR"), std::string::npos) << found(folder.path());
  ZipWriter writer(folder / "cut.npz");
  writer.add("x", std::vector<std::byte>(1000), false);
  writer.close();
  fs::resize_file(folder / "cut.npz", 500);
  EXPECT_EQ(found(folder / "cut.npz"), "only the beginning of one");
}

}  // namespace
}  // namespace hbev
