// Files by NumPy's own writer (tests/data/npy).
#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/io/npy.h"
#include "core/io/npz.h"
#include "tests/base/expect_error.h"

namespace hbev {
namespace {

using test::problemOf;

const std::filesystem::path kFolder = std::filesystem::path(HBEV_TEST_DATA) / "npy";

NpyArray read(const std::string& name) {
  return parseNpy(readFile(kFolder / (name + ".npy"), 1 << 16), name);
}

template <class T>
std::vector<T> counted(std::size_t count) {
  std::vector<T> values(count);
  std::iota(values.begin(), values.end(), T(0));
  return values;
}

class NpyVersions : public testing::TestWithParam<int> {};

TEST_P(NpyVersions, AreRead) {
  const NpyArray array = read("version_" + std::to_string(GetParam()));
  EXPECT_TRUE(array.hasShape({2, 3}));
  EXPECT_EQ(array.values<std::int32_t>(), counted<std::int32_t>(6));
}

INSTANTIATE_TEST_SUITE_P(Numpy, NpyVersions, testing::Values(1, 2, 3), testing::PrintToStringParamName());

class NpzKinds : public testing::TestWithParam<const char*> {};

TEST_P(NpzKinds, HoldEveryTypeOfNumberInBothByteOrders) {
  const NpzReader npz(kFolder / (std::string("types_") + GetParam() + ".npz"));
  EXPECT_EQ(npz.names().size(), 23U);
  for (const char* order : {"little", "big"}) {
    for (const std::string code : {"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"}) {
      const NpyArray array = npz.read(std::string(order) + "_" + code);
      EXPECT_EQ(array.header().kind, code[0]);
      EXPECT_EQ(array.header().item_size, std::size_t(code[1] - '0'));
      EXPECT_TRUE(array.hasShape({2, 3}));
      for (std::size_t i = 0; i < 6; ++i) {
        const double expected = code[0] == 'f'   ? double(i) / 4 - 1
                                : code[0] == 'i' ? double(i) - 3
                                                 : double(i);
        EXPECT_EQ(array.values<double>()[i], expected) << order << code;
        EXPECT_EQ(array.values<float>()[i], float(expected)) << order << code;
        if (code[0] == 'f') continue;
        EXPECT_EQ(array.values<std::int64_t>()[i], std::int64_t(expected)) << order << code;
      }
    }
  }
  EXPECT_EQ(npz.read("bool").values<std::uint8_t>(), (std::vector<std::uint8_t>{0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(npz.header("bool").kind, 'b');
}

INSTANTIATE_TEST_SUITE_P(Numpy, NpzKinds, testing::Values("stored", "deflated", "zip64"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(NpyFiles, FortranOrderBecomesCOrder) {
  EXPECT_EQ(read("fortran_2d").values<std::int32_t>(), counted<std::int32_t>(6));
  EXPECT_EQ(read("fortran_3d").values<std::int32_t>(), counted<std::int32_t>(24));
  EXPECT_EQ(read("fortran_4d_big").values<double>(), counted<double>(120));
  EXPECT_TRUE(read("fortran_4d_big").hasShape({2, 3, 4, 5}));
  EXPECT_FALSE(read("fortran_3d").header().fortran_order);
}

TEST(NpyFiles, ASingleNumberAndNoNumbers) {
  EXPECT_TRUE(read("number").hasShape({}));
  EXPECT_EQ(read("number").values<std::int64_t>(), std::vector<std::int64_t>{42});
  EXPECT_TRUE(read("empty_1d").hasShape({0}));
  EXPECT_TRUE(read("empty_1d").values<float>().empty());
  EXPECT_TRUE(read("empty_3d").hasShape({4, 0, 3}));
}

TEST(NpyFiles, SpecialNumbersStayWhatTheyAre) {
  const std::vector<double> values = read("special").values<double>();
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_EQ(values[1], std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::signbit(values[3]));
  EXPECT_EQ(values[4], 1e300);
  problemOf([] { read("special").values<std::int64_t>(); });
}

TEST(NpyFiles, IntegersThatDoNotFitAreRefused) {
  EXPECT_EQ(read("large_integers").values<std::int64_t>()[1], std::numeric_limits<std::int64_t>::min());
  problemOf([] { read("large_integers").values<std::int32_t>(); });
  problemOf([] { read("large_unsigned").values<std::int64_t>(); });
}

class NpyRefused : public testing::TestWithParam<const char*> {};

TEST_P(NpyRefused, IsRecognisedAndNeverRead) {
  problemOf([] { read(GetParam()); });
}

INSTANTIATE_TEST_SUITE_P(Numpy, NpyRefused,
                         testing::Values("object", "record", "text", "bytes", "complex", "date",
                                         "long_double"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(NpyFiles, ObjectsAndTextBesideNumbersDoNotDisturb) {
  const NpzReader npz(kFolder / "mixed.npz");
  EXPECT_EQ(npz.read("semantics").values<std::uint8_t>(), counted<std::uint8_t>(6));
  EXPECT_EQ(npz.header("object").kind, 'O');
  EXPECT_EQ(npz.header("text").kind, 'U');
  const Problem problem = problemOf([&] { npz.read("object"); });
  EXPECT_EQ(problem.file, kFolder / "mixed.npz");
  EXPECT_EQ(problem.expected, "an array of numbers");
  EXPECT_EQ(problem.found, "objects [1]");
}

}  // namespace
}  // namespace hbev
