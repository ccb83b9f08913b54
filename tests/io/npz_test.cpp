#include "core/io/npz.h"

#include <chrono>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/base/files.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/io/raw_zip.h"

namespace hbev {
namespace {

using test::deflated;
using test::deflatedZeros;
using test::problemOf;
using test::rawNpy;
using test::TemporaryFolder;
using test::writeRawZip;

constexpr std::uint64_t kMiB = 1 << 20;

std::string bytesHeader(const std::string& shape) {
  return "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

/// The most memory that this process has had, bytes.
std::uint64_t peakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::uint64_t(usage.ru_maxrss) * 1024;
}

class NpzCompression : public testing::TestWithParam<bool> {};

TEST_P(NpzCompression, ArraysComeBack) {
  const TemporaryFolder folder;
  std::vector<std::uint8_t> bytes(30'000);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = std::uint8_t(i * i >> 5);
  const std::vector<float> numbers{1.5F, -2, 3};
  NpzWriter writer(folder / "a.npz", GetParam());
  writer.add<std::uint8_t>("semantics", bytes, {100, 300});
  writer.add<float>("numbers", numbers, {3});
  writer.add<double>("nothing", {}, {0, 3});
  writer.close();
  const NpzReader npz(folder / "a.npz");
  EXPECT_EQ(npz.names(), (std::vector<std::string>{"semantics", "numbers", "nothing"}));
  EXPECT_TRUE(npz.contains("numbers"));
  EXPECT_FALSE(npz.contains("numbers.npy"));
  EXPECT_EQ(npz.header("semantics").description(), "uint8 [100, 300]");
  EXPECT_EQ(npz.read("semantics").values<std::uint8_t>(), bytes);
  EXPECT_EQ(npz.read("numbers").values<float>(), numbers);
  EXPECT_EQ(npz.read("nothing").count(), 0U);
}

INSTANTIATE_TEST_SUITE_P(StoredAndDeflated, NpzCompression, testing::Bool());

TEST(Npz, AMissingArrayIsNamedWithWhatIsThere) {
  const TemporaryFolder folder;
  writeRawZip(folder / "a.npz", {{"flow.npy", rawNpy(bytesHeader("(1,)"), "x")}, {"notes.txt", "text"}});
  const NpzReader npz(folder / "a.npz");
  const Problem problem = problemOf([&] { npz.read("semantics"); });
  EXPECT_EQ(problem.file, folder / "a.npz");
  EXPECT_EQ(problem.expected, "an array called semantics");
  EXPECT_EQ(problem.found, "flow, notes.txt");
  EXPECT_EQ(problemOf([&] { npz.read("notes.txt"); }).file, folder / "a.npz");
}

TEST(Npz, AShapeLargerThanTheDataIsAnError) {
  const TemporaryFolder folder;
  writeRawZip(folder / "a.npz", {{"a.npy", rawNpy(bytesHeader("(200, 200, 16)"), std::string(1000, 'x'))}});
  const Problem problem = problemOf([&] { NpzReader(folder / "a.npz").read("a"); });
  EXPECT_EQ(problem.file, folder / "a.npz");
  EXPECT_EQ(problem.expected, "640000 bytes for uint8 [200, 200, 16]");
  EXPECT_EQ(problem.found, "1000 bytes");
}

TEST(Npz, AShapeSmallerThanTheDataIsAnError) {
  const TemporaryFolder folder;
  writeRawZip(folder / "a.npz", {{"a.npy", rawNpy(bytesHeader("(10,)"), std::string(11, 'x'))}});
  EXPECT_EQ(problemOf([&] { NpzReader(folder / "a.npz").read("a"); }).found, "more");
}

TEST(Npz, ClaimsBeyondTheLimitAreRefusedUnread) {
  const TemporaryFolder folder;
  writeRawZip(folder / "a.npz", {{"a.npy", rawNpy(bytesHeader("(1000, 1000, 1000)"), "x")}});
  EXPECT_EQ(problemOf([&] { NpzReader(folder / "a.npz").read("a", 1000); }).expected, "at most 1000 bytes");
  EXPECT_EQ(problemOf([&] { NpzReader(folder / "a.npz").read("a"); }).found, "1 bytes");
}

// What an archive claims of a member's size is not believed: the array's header and the checksum decide.
TEST(Npz, LyingSizesInTheZipChangeNothing) {
  const TemporaryFolder folder;
  const std::string npy = rawNpy(bytesHeader("(1000,)"), std::string(1000, 'x'));
  const std::uint64_t memory = peakMemory();
  int number = 0;
  for (const std::uint32_t claimed : {0U, 10U, 1'000'000'000U, 0xFFFFFFFEU}) {
    const auto file = folder / (std::to_string(number++) + ".npz");
    writeRawZip(file, {{"a.npy", deflated(npy), 8, claimed, test::crc32Of(npy)}});
    EXPECT_EQ(NpzReader(file).read("a").values<std::uint8_t>(), std::vector<std::uint8_t>(1000, 'x'))
        << claimed;
  }
  EXPECT_LT(peakMemory() - memory, 8 * kMiB);
}

TEST(Npz, AStoredMemberThatClaimsMoreThanTheFileHoldsIsAnError) {
  const TemporaryFolder folder;
  const std::string npy = rawNpy(bytesHeader("(1000,)"), std::string(1000, 'x'));
  writeRawZip(folder / "a.npz", {{"a.npy", npy, 0, 1'000'000U, 1U}});
  EXPECT_EQ(problemOf([&] { NpzReader(folder / "a.npz").read("a"); }).file, folder / "a.npz");
}

TEST(Npz, WrongChecksumsAreErrors) {
  const TemporaryFolder folder;
  const std::string npy = rawNpy(bytesHeader("(1000,)"), std::string(1000, 'x'));
  writeRawZip(folder / "stored.npz", {{"a.npy", npy, 0, {}, 12345U}});
  writeRawZip(folder / "deflated.npz", {{"a.npy", deflated(npy), 8, std::uint32_t(npy.size()), 12345U}});
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    EXPECT_EQ(problemOf([&] { NpzReader(folder / name).read("a"); }).file, folder / name);
  }
}

TEST(Npz, UnknownCompressionIsAnError) {
  const TemporaryFolder folder;
  writeRawZip(folder / "a.npz", {{"a.npy", "whatever", 77, 100U, 1U}});
  const Problem problem = problemOf([&] { NpzReader(folder / "a.npz").read("a"); });
  EXPECT_EQ(problem.file, folder / "a.npz");
}

TEST(Npz, TruncatedArchivesAreErrors) {
  const TemporaryFolder folder;
  const std::string npy = rawNpy(bytesHeader("(500,)"), std::string(500, 'x'));
  writeRawZip(folder / "whole.npz", {{"a.npy", npy}});
  const std::vector<std::byte> whole = readFile(folder / "whole.npz", 10'000);
  EXPECT_EQ(NpzReader(folder / "whole.npz").read("a").count(), 500U);
  for (std::size_t size = 0; size < whole.size(); size += 13) {
    writeFile(folder / "cut.npz", std::span(whole).first(size));
    EXPECT_EQ(problemOf([&] { NpzReader(folder / "cut.npz").read("a"); }).file, folder / "cut.npz") << size;
  }
}

// A few megabytes that inflate to four gigabytes, behind headers that promise little, too much, or no end.
TEST(Npz, ZipBombsCostNeitherTimeNorMemory) {
  const TemporaryFolder folder;
  const auto bomb = [&](const std::string& name, const std::string& start) {
    writeRawZip(folder / name, {{"a.npy", deflatedZeros(start, 4096 * kMiB), 8, 0xFFFFFFF0U, 1U}});
  };
  bomb("little.npz", rawNpy(bytesHeader("(10,)"), ""));
  bomb("much.npz", rawNpy(bytesHeader("(4000000000,)"), ""));
  bomb("no_array.npz", "");
  bomb("long_header.npz", std::string("\x93NUMPY\x02\x00\xFF\xFF\xFF\x7F{'descr'", 20));
  const std::uint64_t memory = peakMemory();
  const auto begin = std::chrono::steady_clock::now();
  for (const char* name : {"little.npz", "much.npz", "no_array.npz", "long_header.npz"}) {
    EXPECT_EQ(problemOf([&] { NpzReader(folder / name).read("a"); }).file, folder / name) << name;
  }
  EXPECT_LT(peakMemory() - memory, 32 * kMiB);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST(Npz, ABombWithinTheLimitStopsAtTheLimit) {
  const TemporaryFolder folder;
  const std::string start = rawNpy(bytesHeader("(67108864,)"), "");
  writeRawZip(folder / "a.npz", {{"a.npy", deflatedZeros(start, 4096 * kMiB), 8, 0xFFFFFFF0U, 1U}});
  const Problem problem = problemOf([&] { NpzReader(folder / "a.npz").read("a", 64 * kMiB); });
  EXPECT_EQ(problem.found, "more");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep freed memory for a while
  EXPECT_LT(peakMemory(), 512 * kMiB);
#endif
}

TEST(Npz, AFailedWriteLeavesNothing) {
  const TemporaryFolder folder;
  {
    NpzWriter writer(folder / "a.npz", true);
    writer.add<float>("a", std::vector<float>(10), {10});
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace hbev
