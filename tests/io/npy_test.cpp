#include "core/io/npy.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/base/expect_error.h"
#include "tests/io/raw_zip.h"

namespace hbev {
namespace {

using test::problemOf;
using test::rawNpy;

std::span<const std::byte> bytesOf(const std::string& text) {
  return std::as_bytes(std::span(text));
}

NpyArray parse(const std::string& header, const std::string& data) {
  return parseNpy(bytesOf(rawNpy(header, data)), "array.npy");
}

template <class T>
class NpyRoundTrip : public testing::Test {};
using RoundTripTypes = testing::Types<std::uint8_t, std::int32_t, std::int64_t, float, double>;
TYPED_TEST_SUITE(NpyRoundTrip, RoundTripTypes);

TYPED_TEST(NpyRoundTrip, GivesShapeAndValuesBack) {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    std::vector<std::size_t> shape(random() % 5);
    std::size_t count = 1;
    for (std::size_t& extent : shape)
      count *= extent = random() % 6;
    std::vector<TypeParam> values(count);
    for (TypeParam& value : values)
      value = TypeParam(random());
    const std::vector<std::byte> file = formatNpy<TypeParam>(values, shape);
    const NpyArray array = parseNpy(file, "array.npy");
    EXPECT_EQ(array.header().data_offset % 64, 0U);
    EXPECT_EQ(array.shape(), shape);
    EXPECT_EQ(array.template values<TypeParam>(), values);
    EXPECT_EQ(array.template view<TypeParam>().size(), count);
  }
}

TEST(Npy, HalvesAreWrittenAndRead) {
  const std::vector<Eigen::half> values{Eigen::half(0.5F), Eigen::half(-2.25F)};
  const std::vector<std::size_t> shape{2};
  const NpyArray array = parseNpy(formatNpy<Eigen::half>(values, shape), "array.npy");
  EXPECT_EQ(array.header().description(), "float16 [2]");
  EXPECT_EQ(array.values<float>(), (std::vector{0.5F, -2.25F}));
}

TEST(Npy, EveryHalfIsReadAsTheNumberItIs) {
  std::vector<Eigen::half> all(1 << 16);
  for (std::size_t bits = 0; bits < all.size(); ++bits)
    all[bits] = Eigen::numext::bit_cast<Eigen::half>(std::uint16_t(bits));
  const std::array<std::size_t, 1> shape{all.size()};
  const std::vector<float> read = parseNpy(formatNpy<Eigen::half>(all, shape), "array.npy").values<float>();
  for (std::size_t bits = 0; bits < all.size(); ++bits) {
    const float expected = float(all[bits]);
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(read[bits])) << bits;
    } else {
      ASSERT_EQ(read[bits], expected) << bits;
      ASSERT_EQ(std::signbit(read[bits]), std::signbit(expected)) << bits;
    }
  }
}

TEST(Npy, TheHeaderIsThereAsSoonAsItsBytesAre) {
  const std::array<std::size_t, 1> shape{3};
  const std::vector<std::byte> file = formatNpy<float>(std::vector<float>{1, 2, 3}, shape);
  const std::size_t header = parseNpyHeader(file, "array.npy").data_offset;
  EXPECT_FALSE(holdsNpyHeader({}));
  EXPECT_FALSE(holdsNpyHeader(std::span(file).first(header - 1)));
  EXPECT_TRUE(holdsNpyHeader(file));
  for (std::size_t size = 0; size < file.size(); ++size) {
    if (!holdsNpyHeader(std::span(file).first(size))) continue;
    EXPECT_EQ(parseNpyHeader(std::span(file).first(size), "array.npy").data_offset, header);
  }
}

TEST(Npy, ViewsAreOfTheSameTypeOnly) {
  const NpyArray array =
      parse("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }\n", std::string("\x05\0\0\0", 4));
  EXPECT_EQ(array.view<std::int32_t>()[0], 5);
  EXPECT_TRUE(array.view<float>().empty());
  EXPECT_TRUE(array.view<std::int64_t>().empty());
  EXPECT_TRUE(NpyArray().view<std::uint8_t>().empty()) << "an array that was never read holds nothing";
  EXPECT_TRUE(NpyArray().values<float>().empty());
}

TEST(Npy, WholeNumbersInFloatsBecomeIntegersAndFractionsDoNot) {
  const NpyArray whole =
      parse("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", std::string("\0\0\x40\x40", 4));
  EXPECT_EQ(whole.values<std::uint8_t>(), std::vector<std::uint8_t>{3});
  const NpyArray fraction =
      parse("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", std::string("\0\0\0\x3F", 4));
  EXPECT_EQ(problemOf([&] { fraction.values<std::uint8_t>(); }).found, "0.5 at element 0");
}

TEST(Npy, HeadersAreReadAsPythonWritesThem) {
  // Keys in any order, double quotes, no trailing comma, long integers of Python 2, spaces anywhere.
  for (const char* header : {
           "{'shape': (2, 1), 'fortran_order': False, 'descr': '|u1'}",
           "{\"descr\": \"u1\", \"fortran_order\": True, \"shape\": (2, 1)}",
           "{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 1L), }",
           "  { 'descr' :'|u1','fortran_order':False ,'shape' : ( 2 , 1 , ) , }  \n",
       }) {
    const NpyArray array = parse(header, "\x07\x08");
    EXPECT_TRUE(array.hasShape({2, 1})) << header;
    EXPECT_EQ(array.values<std::uint8_t>(), (std::vector<std::uint8_t>{7, 8}));
  }
}

class NpyBadHeader : public testing::TestWithParam<const char*> {};

TEST_P(NpyBadHeader, IsAnError) {
  const Problem problem = problemOf([] { parse(GetParam(), std::string(64, '\0')); });
  EXPECT_EQ(problem.summary, "array.npy is no readable NumPy array");
  EXPECT_FALSE(problem.expected.empty());
  EXPECT_FALSE(problem.found.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, NpyBadHeader,
    testing::Values("", "{", "}", "[]", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False}",
                    "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (16,)}",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (16}",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (-16,)}",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (1.6e1,)}",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': 16}",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (16,), 'more': 1}",
                    "{'descr': '<f4, 'fortran_order': False, 'shape': (16,)}",
                    "{'descr': '', 'fortran_order': False, 'shape': (16,)}",
                    "{'descr': '<', 'fortran_order': False, 'shape': (16,)}",
                    "{'descr': '<f1', 'fortran_order': False, 'shape': (64,)}",
                    "{'descr': '<f3', 'fortran_order': False, 'shape': (64,)}",
                    "{'descr': '<i0', 'fortran_order': False, 'shape': (64,)}",
                    "{'descr': '<q8', 'fortran_order': False, 'shape': (8,)}",
                    "{'descr': '<f99999999999999999999', 'fortran_order': False, 'shape': (8,)}",
                    "{'descr': [('x', '<f4'), 'fortran_order': False, 'shape': (8,)}",
                    "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (16,)}"));

class NpyLargeShape : public testing::TestWithParam<const char*> {};

TEST_P(NpyLargeShape, IsRefusedBeforeMemoryIsAskedFor) {
  const std::string header =
      std::string("{'descr': '<f8', 'fortran_order': False, 'shape': ") + GetParam() + "}";
  problemOf([&] { parse(header, std::string(64, '\0')); });
}

INSTANTIATE_TEST_SUITE_P(
    All, NpyLargeShape,
    testing::Values("(9223372036854775808,)", "(18446744073709551616,)", "(99999999999999999999999999,)",
                    "(4294967296, 4294967296)", "(2, 4611686018427387904)", "(0, 4294967296, 4294967296)",
                    "(1000000, 1000000, 1000000)", "(1000000000,)",
                    "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,8)"));

TEST(Npy, MissingAndSurplusBytesAreNamed) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n";
  EXPECT_EQ(problemOf([&] { parse(header, std::string(15, '\0')); }).found, "15 bytes");
  const Problem more = problemOf([&] { parse(header, std::string(17, '\0')); });
  EXPECT_EQ(more.expected, "16 bytes for float32 [4]");
  EXPECT_EQ(more.found, "17 bytes");
}

TEST(Npy, EveryTruncationIsAnError) {
  const std::vector<std::int32_t> values(6);
  const std::vector<std::size_t> shape{2, 3};
  const std::vector<std::byte> file = formatNpy<std::int32_t>(values, shape);
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_THROW(parseNpy(std::span(file).first(size), "array.npy"), Error) << size;
  }
}

TEST(Npy, UnknownVersionsAndHugeHeadersAreErrors) {
  std::string file = rawNpy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }\n", "x");
  file[6] = 4;
  EXPECT_EQ(problemOf([&] { parseNpy(bytesOf(file), "array.npy"); }).found, "version 4");
  file[6] = 2;  // four bytes of length now, two of them from the dictionary
  problemOf([&] { parseNpy(bytesOf(file), "array.npy"); });
  EXPECT_EQ(problemOf([] { parseNpy({}, "array.npy"); }).found, "an empty one");
}

}  // namespace
}  // namespace hbev
