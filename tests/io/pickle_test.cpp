#include "core/io/pickle.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"

namespace hbev {
namespace {

using test::problemOf;
using test::TemporaryFolder;
using Kind = PickleValue::Kind;

std::filesystem::path dataFile(const std::string& name) {
  return std::filesystem::path(HBEV_TEST_DATA) / "pickle" / name;
}

Pickle read(const std::string& program, const PickleOptions& options = {}) {
  const auto bytes = std::as_bytes(std::span(program));
  return readPickle(std::vector<std::byte>(bytes.begin(), bytes.end()), options);
}

std::vector<double> elements(const PickleValue& value) {
  return value.array().values<double>();
}

/// Every file holds the dictionary that tests/data/pickle/make.py writes.
class PickleFiles : public testing::TestWithParam<const char*> {
 protected:
  Pickle pickle_ = readPickle(dataFile(GetParam()));
  const PickleValue& root_ = pickle_.root();
};

TEST_P(PickleFiles, Numbers) {
  EXPECT_TRUE(root_.at("none").isNone());
  EXPECT_TRUE(root_.at("true").boolean());
  EXPECT_FALSE(root_.at("false").boolean());
  EXPECT_EQ(root_.at("true").kind(), Kind::Bool);
  std::vector<std::int64_t> ints;
  for (const PickleValue& value : root_.at("ints").items()) {
    EXPECT_EQ(value.kind(), Kind::Int);
    ints.push_back(value.integer());
  }
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(ints, (std::vector<std::int64_t>{0, 1, -1, 255, 256, 65535, 65536, -2147483648LL, 2147483648LL,
                                             kMax, -kMax - 1}));
  EXPECT_EQ(root_.at("huge").number(), std::pow(2.0, 70));
  EXPECT_EQ(root_.at("floats").numbers(),
            (std::vector<double>{0, -0.5, 1e300, std::numeric_limits<double>::infinity()}));
}

TEST_P(PickleFiles, TextAndBytes) {
  EXPECT_EQ(root_.at("text").text(), "Zürich \U0001f697\n'quoted'");
  const auto bytes = root_.at("bytes").bytes();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), std::string("\x00\xff"
                                                                                                "ab",
                                                                                                4));
  EXPECT_EQ(root_.at("no_bytes").bytes().size(), 0u);
  EXPECT_EQ(root_.at("bytearray").bytes().size(), 3u);
  EXPECT_EQ(root_.at("long_text").text(), std::string(300, 'x'));
  EXPECT_EQ(root_.at("long_bytes").bytes().size(), 300u);
  EXPECT_EQ(root_.at("path").text(), "/data/nuscenes/samples");
}

TEST_P(PickleFiles, Containers) {
  const auto tuples = root_.at("tuples").items();
  ASSERT_EQ(tuples.size(), 5u);
  for (std::size_t i = 0; i < tuples.size(); ++i) {
    EXPECT_EQ(tuples[i].kind(), Kind::Tuple);
    ASSERT_EQ(tuples[i].items().size(), i);
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_EQ(tuples[i].items()[j].integer(), std::int64_t(j + 1));
  }
  EXPECT_EQ(root_.at("set").numbers(), std::vector<double>{7});
  EXPECT_EQ(root_.at("frozenset").numbers(), std::vector<double>{8});
  EXPECT_EQ(root_.at("ordered").entries()[0].key.text(), "b");
  EXPECT_EQ(root_.at("ordered").at("a").integer(), 2);
  EXPECT_EQ(root_.at("default").at("k").numbers(), std::vector<double>{1});
  EXPECT_EQ(root_.at("shared").numbers(), (std::vector<double>{1, 2, 1, 2}));
  EXPECT_EQ(root_.at("nested").at("a").at("b").items()[0].at("c").integer(), 1);
}

TEST_P(PickleFiles, Arrays) {
  EXPECT_EQ(root_.at("f4").header().description(), "float32 [2, 3]");
  EXPECT_EQ(elements(root_.at("f4")), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(elements(root_.at("f8_fortran")), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(elements(root_.at("i8_big_endian")), (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(elements(root_.at("u1")), (std::vector<double>{0, 1, 2, 3}));
  EXPECT_EQ(elements(root_.at("f2")), (std::vector<double>{0.5, -2}));
  EXPECT_EQ(elements(root_.at("bool")), (std::vector<double>{1, 0}));
  EXPECT_EQ(elements(root_.at("sliced")), (std::vector<double>{0, 2, 4, 6, 8}));
  EXPECT_TRUE(root_.at("empty").array().hasShape({0, 9}));
  EXPECT_EQ(elements(root_.at("no_dimension")), std::vector<double>{3.5});
  const NpyArray permuted = root_.at("permuted").array();
  ASSERT_TRUE(permuted.hasShape({3, 4, 2}));
  const std::vector<std::int32_t> values = permuted.values<std::int32_t>();
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 4; ++j) {
      for (int k = 0; k < 2; ++k)
        EXPECT_EQ(values[std::size_t((i * 4 + j) * 2 + k)], k * 12 + i * 4 + j);
    }
  }
}

TEST_P(PickleFiles, ArraysOfTextAndObjects) {
  EXPECT_EQ(root_.at("names").texts(), (std::vector<std::string>{"car", "Fußgänger", ""}));
  EXPECT_EQ(root_.at("byte_names").texts(), (std::vector<std::string>{"ab", "c"}));
  EXPECT_EQ(root_.at("names_big_endian").texts(), (std::vector<std::string>{"car", "bus"}));
  const auto objects = root_.at("objects").items();
  ASSERT_EQ(objects.size(), 3u);
  EXPECT_TRUE(objects[0].isNone());
  EXPECT_EQ(objects[1].text(), "a");
  EXPECT_EQ(objects[2].integer(), 3);
  EXPECT_EQ(root_.at("dtype").header().kind, 'f');
  for (const char* unreadable : {"records", "complex_array", "date"})
    EXPECT_THROW(root_.at(unreadable).array(), Error);
}

TEST_P(PickleFiles, Scalars) {
  const auto scalars = root_.at("scalars").items();
  ASSERT_EQ(scalars.size(), 7u);
  EXPECT_EQ(scalars[0].number(), 1.5);
  EXPECT_EQ(scalars[1].number(), 2.5);
  EXPECT_EQ(scalars[2].integer(), -7);
  EXPECT_EQ(scalars[3].integer(), 200);
  EXPECT_TRUE(scalars[4].boolean());
  EXPECT_EQ(scalars[5].text(), "word");
  EXPECT_EQ(scalars[6].number(), std::pow(2.0, 64));
}

INSTANTIATE_TEST_SUITE_P(Python, PickleFiles,
                         testing::Values("protocol_0.pkl", "protocol_1.pkl", "protocol_2.pkl",
                                         "protocol_3.pkl", "protocol_4.pkl", "protocol_5.pkl", "numpy_1.pkl"),
                         [](const auto& file) {
                           const std::string name = file.param;
                           return name.substr(0, name.find('.'));
                         });

TEST(Pickle, OperationsThatPython3DoesNotWrite) {
  // Python 2's str: text where it is UTF-8, else bytes.
  EXPECT_EQ(read(std::string("U\x03"
                             "abc.",
                             6))
                .root()
                .text(),
            "abc");
  EXPECT_EQ(read("U\x02\xff\xfe.").root().kind(), Kind::Bytes);
  EXPECT_EQ(read(std::string("T\x02\0\0\0hi.", 8)).root().text(), "hi");
  EXPECT_EQ(read("S'a\\'b\\x41\\102\\n\\\\'\np0\n.").root().text(), "a'bAB\n\\");
  EXPECT_EQ(read("V\\u00e4\xe4\\ud83d\\ude97\n.").root().text(), "ää\U0001f697");
  EXPECT_EQ(read("L12345678901L\n.").root().integer(), 12345678901);
  EXPECT_EQ(read(std::string("\x8b\x02\0\0\0\xff\xff.", 8)).root().integer(), -1);
  EXPECT_EQ(read("(I1\nI2\n1I3\n.").root().integer(), 3);                       // POP_MARK
  EXPECT_EQ(read("I1\nI2\n0.").root().integer(), 1);                            // POP
  EXPECT_EQ(read("I7\n2\x86.").root().numbers(), (std::vector<double>{7, 7}));  // DUP
}

TEST(Pickle, SeveralInOneFileFollowEachOther) {
  const std::vector<std::byte> bytes = readFile(dataFile("two_in_one.pkl"), 1000);
  const Pickle first = readPickle(std::span(bytes));
  EXPECT_EQ(first.root().numbers(), (std::vector<double>{1, 2}));
  const Pickle second = readPickle(std::span(bytes).subspan(first.endOffset()));
  EXPECT_EQ(second.root().text(), "second");
  EXPECT_EQ(first.endOffset() + second.endOffset(), bytes.size());
}

TEST(Pickle, ConstructorsOfTheCallerReadCheckpoints) {
  PickleConstructors constructors = PickleConstructors::plain();
  constructors.addName("torch.FloatStorage");
  constructors.setPersistent([](PickleBuilder& builder, std::span<const PickleValue> arguments) {
    return builder.foreign(std::string(arguments[0].items()[1].name()));
  });
  constructors.add("torch._utils._rebuild_tensor_v2",
                   [](PickleBuilder& builder, std::span<const PickleValue> arguments) {
                     const std::vector<double> size = arguments[2].numbers();
                     return builder.foreign(*arguments[0].foreign<std::string>() + " of " +
                                            std::to_string(int(size[0] * size[1])));
                   });
  PickleOptions options;
  options.constructors = &constructors;
  const Pickle pickle = readPickle(dataFile("torch_like.pkl"), options);
  const std::string* tensor = pickle.root().at("weight").foreign<std::string>();
  ASSERT_NE(tensor, nullptr);
  EXPECT_EQ(*tensor, "torch.FloatStorage of 6");
  EXPECT_EQ(problemOf([] { readPickle(dataFile("torch_like.pkl")); }).summary,
            "The pickle holds torch._utils._rebuild_tensor_v2, which will not be run");
}

TEST(Pickle, ClassesThatTheCallerKnowsKeepTheirState) {
  PickleConstructors constructors = PickleConstructors::plain();
  constructors.addObject("__main__.Namespace");
  PickleOptions options;
  options.constructors = &constructors;
  for (const char* file : {"object.pkl", "object_0.pkl"}) {
    const Pickle pickle = readPickle(dataFile(file), options);
    EXPECT_EQ(pickle.root().name(), "__main__.Namespace");
    EXPECT_EQ(pickle.root().at("lr").number(), 0.5);
    EXPECT_EQ(problemOf([&] { readPickle(dataFile(file)); }).found, "__main__.Namespace");
  }
}

TEST(Pickle, ErrorsNameTheFile) {
  const TemporaryFolder folder;
  writeFile(folder / "cut.pkl", "\x80\x04]");
  EXPECT_EQ(problemOf([&] { readPickle(folder / "cut.pkl"); }).file, folder / "cut.pkl");
  EXPECT_EQ(problemOf([&] { readPickle(folder / "absent.pkl"); }).file, folder / "absent.pkl");
  EXPECT_EQ(problemOf([&] { readPickle(folder.path()); }).found, "no regular file");
}

TEST(Pickle, AccessorsSayWhatTheyFound) {
  const Pickle pickle = read("]I5\na.");
  const PickleValue& root = pickle.root();
  EXPECT_EQ(problemOf([&] { root.text(); }).found, "a list of 1");
  EXPECT_EQ(problemOf([&] { root.items()[0].text(); }).found, "the number 5");
  EXPECT_EQ(problemOf([&] { root.at("cams"); }).expected, "a dictionary with the key 'cams'");
  EXPECT_EQ(problemOf([&] { root.array(); }).found, "a list of 1");
  EXPECT_EQ(root.find("cams"), nullptr);
}

}  // namespace
}  // namespace hbev
