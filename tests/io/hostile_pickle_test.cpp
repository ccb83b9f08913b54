// Pickles made to do harm: they are refused with a sentence, in little memory and time.
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/base/files.h"
#include "core/io/pickle.h"
#include "tests/base/expect_error.h"
#include "tests/io/damage.h"

namespace hbev {
namespace {

using namespace std::string_literals;
using test::problemOf;

Pickle read(const std::string& program) {
  return readPickle(std::as_bytes(std::span(program)));
}

std::string word(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += char(value >> 8 * i);
  return text;
}

std::uint64_t peakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::uint64_t(usage.ru_maxrss) * 1024;
}

struct Gadget {
  const char* title;
  std::string program;
  std::string name;
};

class HostilePickle : public testing::TestWithParam<Gadget> {};

TEST_P(HostilePickle, IsRefusedByName) {
  const Problem problem = problemOf([] { read(GetParam().program); });
  EXPECT_EQ(problem.summary, "The pickle holds " + GetParam().name + ", which will not be run");
}

// Each is what Python's pickle would run on loading, in the ways that the protocols have.
INSTANTIATE_TEST_SUITE_P(
    Gadgets, HostilePickle,
    testing::Values(
        Gadget{"Reduce", "cposix\nsystem\n(S'touch /tmp/harm'\ntR.", "posix.system"},
        Gadget{"Windows", "cnt\nsystem\n(S'harm'\ntR.", "nt.system"},
        Gadget{"Eval", "c__builtin__\neval\n(S'1+1'\ntR.", "builtins.eval"},
        Gadget{"Getattr", "cbuiltins\ngetattr\n(cbuiltins\nlist\nS'x'\ntR.", "builtins.getattr"},
        Gadget{"StackGlobal", "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.", "os.system"},
        Gadget{"Inst", "(S'id'\nios\nsystem\n.", "os.system"},
        Gadget{"Obj", "(csubprocess\nPopen\nS'id'\no.", "subprocess.Popen"},
        Gadget{"NewObj",
               "\x80\x02"
               "csubprocess\nPopen\n)\x81.",
               "subprocess.Popen"},
        Gadget{"HiddenInAList", "](cos\nsystem\ne.", "os.system"},
        Gadget{"NotCalledAtAll", "cos\nsystem\n.", "os.system"},
        Gadget{"NumpysOwnLoader", "cnumpy\nload\n(S'x.npy'\ntR.", "numpy.load"},
        Gadget{"RunInNumpy", "cnumpy.testing._private.utils\nrunstring\n.",
               "numpy.testing._private.utils.runstring"},
        Gadget{"NameOnly", "cbuiltins\nobject\n)R.", "builtins.object"},
        Gadget{"Reconstructor", "ccopy_reg\n_reconstructor\n(cbuiltins\nint\ncbuiltins\nobject\nNtR.",
               "builtins.int"}),
    [](const auto& gadget) { return std::string(gadget.param.title); });

TEST(HostilePickles, ControlCharactersOfNamesAreNotShown) {
  EXPECT_EQ(problemOf([] { read("cos\nsys\x1b[2Jtem\n."); }).found, "os.sys?[2Jtem");
}

TEST(HostilePickles, MillionListsInEachOther) {
  for (const char* nest : {"\x85", "\x85\x94"}) {  // TUPLE1, and with a memo
    std::string program = "N";
    for (int i = 0; i < 1'000'000; ++i)
      program += nest;
    EXPECT_NE(problemOf([&] { read(program + '.'); }).found.find("deep in each other"), std::string::npos);
  }
  std::string lists(1'000'000, ']');
  EXPECT_NE(problemOf([&] { read(lists + std::string(999'999, 'a') + '.'); }).found.find("deep"),
            std::string::npos);
}

TEST(HostilePickles, ListsThatContainThemselves) {
  for (const char* program : {"]p0\ng0\na.", "}p0\nI1\ng0\ns.", "](p0\n]p1\ng1\naa."}) {
    const Problem problem = problemOf([&] { read(program); });
    EXPECT_TRUE(problem.summary == "The pickle is refused" || problem.summary == "The pickle cannot be read")
        << program;
  }
  EXPECT_EQ(problemOf([] { read("]p0\ng0\na."); }).found, "a list or dictionary that contains itself");
}

TEST(HostilePickles, BombsOfReferences) {
  // Ten times the list before, forty times over.
  std::string program = "\x80\x04]\x94";
  program +=
      "K\x01"
      "a";
  for (int level = 0; level < 40; ++level) {
    program += "](";
    for (int i = 0; i < 10; ++i)
      program += std::string("h") + char(level);
    program += "eq" + std::string(1, char(level + 1));
  }
  EXPECT_EQ(problemOf([&] { read(program + '.'); }).found,
            "the same parts so often that they would fill the memory");
}

TEST(HostilePickles, CopiesOfOneTextAreCounted) {
  // Every call of encode makes a copy of a text of 1 MB.
  std::string program = "c_codecs\nencode\nq\x01X" + word(1 << 20, 4) + std::string(1 << 20, 'x') +
                        "U\x06latin1\x86q\x02"
                        "0(";
  for (int i = 0; i < 100'000; ++i)
    program += "h\x01h\x02R";
  const std::uint64_t before = peakMemory();
  EXPECT_EQ(problemOf([&] { read(program + "l."); }).summary, "The pickle would fill the memory");
  EXPECT_LT(peakMemory() - before, std::uint64_t(500) << 20);
}

TEST(HostilePickles, HugeLengthsCostNothing) {
  const std::uint64_t before = peakMemory();
  for (const std::string& program :
       {"X" + word(0xFFFFFFFF, 4), "\x8d" + word(~0ULL, 8), "\x8e" + word(1ULL << 40, 8),
        "\x96" + word(1ULL << 62, 8), "\x8b" + word(0xFFFFFFFF, 4), "\x95" + word(~0ULL, 8),
        "Nr" + word(0xFFFFFFFF, 4), std::string("Np999999999999\n."), std::string("Np-1\n."),
        std::string("g5\n."), std::string("h\x07.")}) {
    EXPECT_THROW(read(program), Error);
  }
  EXPECT_LT(peakMemory() - before, std::uint64_t(16) << 20);
}

/// An array of `shape` with `bytes` bytes of elements of type `type`.
std::string arrayProgram(const std::string& shape, const std::string& type, std::size_t bytes) {
  return "\x80\x03"s
         "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85"s
         "C\x01"
         "b\x87R(K\x01" +
         shape + "cnumpy\ndtype\nX" + word(type.size(), 4) + type + "\x89\x88\x87R\x89" + "B" +
         word(bytes, 4) + std::string(bytes, 'e') + "tb.";
}

TEST(HostilePickles, EnormousArraysAreRefusedBeforeTheyAreMade) {
  const std::uint64_t before = peakMemory();
  const auto shape = [](std::initializer_list<std::uint64_t> extents) {
    std::string program = "(";
    for (const std::uint64_t extent : extents)
      program += "\x8a\x08" + word(extent, 8);
    return program + "t";
  };
  for (const std::string& program :
       {arrayProgram(shape({1'000'000'000'000}), "u1", 8),
        arrayProgram(shape({1ULL << 32, 1ULL << 32}), "f8", 0), arrayProgram(shape({1ULL << 61}), "f8", 0),
        arrayProgram(shape({~0ULL}), "f8", 8), arrayProgram(shape({1'000'000'000'000}), "U0", 0),
        arrayProgram(shape({1'000'000'000'000}), "V0", 0),
        arrayProgram(shape({4}), "f99999999999999999999", 8), arrayProgram(shape({2}), "q8", 16),
        arrayProgram(shape({2}), "", 16), arrayProgram(shape({1}), "O8", 8)}) {
    EXPECT_THROW(read(program), Error);
  }
  EXPECT_LT(peakMemory() - before, std::uint64_t(16) << 20);
}

TEST(HostilePickles, OtherThingsThatAreRefused) {
  for (const char* program : {"",          ".",
                              "a.",        "(",
                              "(.",        "t.",
                              "R.",        "N)R.",
                              "(Nd.",      "\x80\x06N.",
                              "]]b.",      "\x97.",
                              "\x98.",     "\x82\x01.",
                              "Pid\n.",    "NQ.",
                              "Iabc\n.",   "Fabc\n.",
                              "S'\n.",     "Sabc\n.",
                              "V\\u00\n.", "(cbuiltins\nlist\nI1\nR.",
                              "NNNs.",     "(I1\na."}) {
    EXPECT_THROW(read(program), Error) << program;
  }
}

/// Everything that can be asked of a value, without trust.
void walk(const PickleValue& value) {
  (void)value.description();
  if (value.isDict()) {
    for (const PickleEntry& entry : value.entries()) {
      walk(entry.key);
      walk(entry.value);
    }
  } else if (value.isSequence() || (value.isArray() && value.header().kind == 'O')) {
    for (const PickleValue& item : value.items())
      walk(item);
  } else if (value.isArray() && value.header().isNumber()) {
    (void)value.numbers();
  } else if (value.isArray() && (value.header().kind == 'U' || value.header().kind == 'S')) {
    (void)value.texts();
  }
}

bool survives(const std::string& program) {
  try {
    walk(read(program).root());
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::string wholeFile(const char* name) {
  const std::vector<std::byte> bytes =
      readFile(std::filesystem::path(HBEV_TEST_DATA) / "pickle" / name, 1 << 20);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(DamagedPickles, CutAtEveryByte) {
  for (const char* name : {"protocol_0.pkl", "protocol_2.pkl", "protocol_4.pkl", "protocol_5.pkl"}) {
    const std::string whole = wholeFile(name);
    EXPECT_TRUE(survives(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(survives(whole.substr(0, size))) << name << " cut to " << size;
  }
}

TEST(DamagedPickles, NoneDoesHarm) {
  std::mt19937 random(20);
  for (const char* name : {"protocol_0.pkl", "protocol_2.pkl", "protocol_4.pkl", "protocol_5.pkl"}) {
    const std::string whole = wholeFile(name);
    for (int i = 0; i < 1500; ++i)
      survives(test::damaged(whole, random));
  }
}

}  // namespace
}  // namespace hbev
