// PyTorch's checkpoints: those that PyTorch wrote (tests/data/checkpoints/make.py) read as they are, those
// that are damaged or made to do harm refused.
#include "core/io/checkpoint_file.h"

#include <cstring>
#include <numeric>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/io/damage.h"
#include "tests/io/raw_zip.h"

namespace hbev {
namespace {

using test::problemOf;
using test::TemporaryFolder;
using Kind = CheckpointFile::Kind;

const std::filesystem::path kFolder = std::filesystem::path(HBEV_TEST_DATA) / "checkpoints";

const CheckpointTensor& named(const CheckpointFile& file, const std::string& name) {
  const auto found = std::ranges::find(file.state(), name, &CheckpointTensor::name);
  if (found == file.state().end()) throw std::out_of_range(name);
  return *found;
}

double halfValue(std::uint16_t bits, int exponent_bits) {
  const int fraction_bits = 15 - exponent_bits;
  const int exponent = (bits >> fraction_bits) & ((1 << exponent_bits) - 1);
  const double fraction = double(bits & ((1 << fraction_bits) - 1)) / (1 << fraction_bits);
  return exponent == 0 ? 0 : std::ldexp(1 + fraction, exponent - (1 << (exponent_bits - 1)) + 1);
}

template <class T>
double at(const std::vector<std::byte>& bytes, std::size_t index) {
  T value;
  std::memcpy(&value, &bytes.at(index * sizeof(T)), sizeof(T));
  return double(value);
}

double valueOf(TensorType type, const std::vector<std::byte>& bytes, std::size_t i) {
  switch (type) {
    case TensorType::Bool:
    case TensorType::UInt8:
      return at<std::uint8_t>(bytes, i);
    case TensorType::Int8:
      return at<std::int8_t>(bytes, i);
    case TensorType::Int16:
      return at<std::int16_t>(bytes, i);
    case TensorType::Int32:
      return at<std::int32_t>(bytes, i);
    case TensorType::Int64:
      return at<std::int64_t>(bytes, i);
    case TensorType::Float16:
      return halfValue(std::uint16_t(at<std::uint16_t>(bytes, i)), 5);
    case TensorType::BFloat16:
      return halfValue(std::uint16_t(at<std::uint16_t>(bytes, i)), 8);
    case TensorType::Float32:
      return at<float>(bytes, i);
    case TensorType::Float64:
      return at<double>(bytes, i);
  }
  return -1;
}

std::vector<double> valuesOf(const CheckpointFile& file, const std::string& name) {
  const CheckpointTensor& tensor = named(file, name);
  const std::vector<std::byte> bytes = file.read(tensor);
  EXPECT_EQ(bytes.size(), tensor.byteCount()) << name;
  std::vector<double> values;
  for (std::size_t i = 0; i < tensor.count(); ++i)
    values.push_back(valueOf(tensor.type, bytes, i));
  return values;
}

/// Both of PyTorch's forms hold the same.
class CheckpointForms : public testing::TestWithParam<const char*> {
 protected:
  CheckpointFile open(const std::string& name) const {
    return CheckpointFile(kFolder / (name + GetParam() + ".pth"));
  }
};
INSTANTIATE_TEST_SUITE_P(Both, CheckpointForms, testing::Values("", "_before_1_6"),
                         [](const auto& test) { return *test.param ? "BeforeVersion16" : "Zip"; });

TEST_P(CheckpointForms, EveryTypeIsRead) {
  const CheckpointFile file = open("types");
  EXPECT_EQ(file.isLegacy(), *GetParam() != 0);
  EXPECT_EQ(file.kind(), Kind::StateDict);
  ASSERT_EQ(file.state().size(), kTensorTypes);
  for (std::size_t i = 0; i < kTensorTypes; ++i) {
    const CheckpointTensor& tensor = file.state()[i];
    EXPECT_EQ(tensor.type, TensorType(i));
    EXPECT_EQ(tensor.name, tensorTypeName(tensor.type));
    EXPECT_EQ(tensor.shape, (std::vector<std::int64_t>{2, 3}));
    const bool is_bool = tensor.type == TensorType::Bool;
    EXPECT_EQ(valuesOf(file, tensor.name),
              is_bool ? (std::vector<double>{0, 1, 1, 1, 1, 1}) : (std::vector<double>{0, 1, 2, 3, 4, 5}));
  }
}

TEST_P(CheckpointForms, ViewsAreRead) {
  const CheckpointFile file = open("views");
  std::vector<double> all(24);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(valuesOf(file, "whole"), all);
  const std::vector<double> transposed = valuesOf(file, "transposed");
  EXPECT_EQ(named(file, "transposed").shape, (std::vector<std::int64_t>{6, 4}));
  for (std::size_t i = 0; i < 24; ++i)
    EXPECT_EQ(transposed[i], double(i % 4 * 6 + i / 4)) << i;
  EXPECT_EQ(valuesOf(file, "rows"), std::vector<double>(all.begin() + 6, all.begin() + 18));
  EXPECT_EQ(valuesOf(file, "column"), (std::vector<double>{2, 8, 14, 20}));
  EXPECT_EQ(valuesOf(file, "every_second"), (std::vector<double>{1, 3, 5, 13, 15, 17}));
  EXPECT_EQ(valuesOf(file, "repeated"), (std::vector<double>{23, 23, 23, 23}));
  EXPECT_EQ(valuesOf(file, "scalar"), std::vector<double>{15});
  EXPECT_TRUE(named(file, "scalar").shape.empty());
  EXPECT_EQ(named(file, "empty").shape, (std::vector<std::int64_t>{4, 0}));
  EXPECT_TRUE(valuesOf(file, "empty").empty());
}

TEST_P(CheckpointForms, ManyAreReadAtOnce) {
  const CheckpointFile file = open("views");
  std::size_t seen = 0;
  file.read(file.state(), [&](std::size_t index, const std::vector<std::byte>& elements) {
    EXPECT_EQ(elements, file.read(file.state()[index])) << file.state()[index].name;
    ++seen;
  });
  EXPECT_EQ(seen, file.state().size());
}

TEST_P(CheckpointForms, MmcvsMetaStateAndOptimizer) {
  const CheckpointFile file = open("mmcv");
  EXPECT_EQ(file.kind(), Kind::Mmcv);
  EXPECT_EQ(file.device(), "cpu");
  EXPECT_EQ(file.root().at("meta").at("epoch").integer(), 3);
  EXPECT_EQ(file.root().at("meta").at("CLASSES").texts(), (std::vector<std::string>{"car", "truck"}));
  ASSERT_EQ(file.state().size(), 7U);
  EXPECT_EQ(file.state()[0].name, "0.weight");
  EXPECT_EQ(file.state()[0].description(), "float32 [2, 1, 3, 3]");
  EXPECT_EQ(file.state()[6].name, "1.num_batches_tracked");
  EXPECT_EQ(valuesOf(file, "1.num_batches_tracked"), std::vector<double>{1});
  const auto optimizer = optimizerOf(file);
  ASSERT_TRUE(optimizer);
  EXPECT_EQ(optimizer->groups, 1U);
  EXPECT_EQ(optimizer->states, 4U);
  EXPECT_EQ(optimizer->tensors, 12U);  // step, exp_avg, exp_avg_sq
  EXPECT_EQ(optimizer->values, 4U + 2 * (18 + 2 + 2 + 2));
  const PickleValue states = file.root().at("optimizer").at("state");
  const auto step = file.tensorOf(states.entries().front().value.at("step"));
  ASSERT_TRUE(step);
  EXPECT_EQ(at<float>(file.read(*step), 0), 1);
}

TEST(CheckpointFile, ParametersAndPrefixesAndWrappings) {
  const CheckpointFile parameters(kFolder / "parameters.pth");
  ASSERT_EQ(parameters.state().size(), 4U);
  EXPECT_TRUE(parameters.state().front().is_parameter);
  EXPECT_FALSE(optimizerOf(parameters));
  EXPECT_EQ(CheckpointFile(kFolder / "parallel.pth").state().front().name, "module.0.weight");
  const CheckpointFile wrapped(kFolder / "wrapped.pth");
  EXPECT_EQ(wrapped.kind(), Kind::Wrapped);
  EXPECT_EQ(wrapped.state().size(), 7U);
  EXPECT_EQ(wrapped.root().at("what").text(), "cuda:1");
}

TEST(CheckpointFile, NotFiniteIsCounted) {
  const std::vector<float> values{1, std::numeric_limits<float>::quiet_NaN(), -2,
                                  -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::max()};
  EXPECT_EQ(countNotFinite(TensorType::Float32, std::as_bytes(std::span(values))), 2U);
  const std::vector<std::uint16_t> halves{0x7C00, 0x7BFF, 0xFE01, 0x3C00};
  EXPECT_EQ(countNotFinite(TensorType::Float16, std::as_bytes(std::span(halves))), 2U);
  EXPECT_EQ(countNotFinite(TensorType::BFloat16, std::as_bytes(std::span(halves))), 0U);
  EXPECT_EQ(countNotFinite(TensorType::Int64, std::as_bytes(std::span(halves))), 0U);
}

TEST(CheckpointRefused, WhatIsNoCheckpoint) {
  const TemporaryFolder folder;
  const auto found = [&](const std::string& content) {
    writeFile(folder / "weights.pth", content);
    const Problem problem = problemOf([&] { CheckpointFile file(folder / "weights.pth"); });
    EXPECT_EQ(problem.file, folder / "weights.pth");
    return problem.found;
  };
  EXPECT_EQ(found(""), "an empty file");
  EXPECT_EQ(found("<!DOCTYPE html>"), "a web page");
  EXPECT_EQ(found("version https://git-lfs.github.com/spec/v1\n"),
            "a Git LFS pointer: the weights were not fetched");
  EXPECT_EQ(found("\x80\x02N."), "a pickle without weights");
  EXPECT_EQ(found("\x93NUMPY"), "something else");
  EXPECT_EQ(found(test::rawZip({{"a/data.txt", "x"}})), "a zip archive without data.pkl");
  writeFile(folder / "script.pt", test::rawZip({{"a/data.pkl", "N."}, {"a/constants.pkl", "N."}}));
  EXPECT_EQ(problemOf([&] { CheckpointFile file(folder / "script.pt"); }).summary,
            "script.pt is a TorchScript program");
  EXPECT_EQ(problemOf([&] { CheckpointFile file(folder / "absent.pth"); }).file, folder / "absent.pth");
  EXPECT_EQ(problemOf([] { CheckpointFile file(kFolder / "no_weights.pth"); }).summary,
            "no_weights.pth holds no weights");
  const Problem unknown = problemOf([] { CheckpointFile file(kFolder / "unknown_class.pth"); });
  EXPECT_EQ(unknown.summary, "The pickle holds __main__.Unknown, which will not be run");
  EXPECT_EQ(unknown.file, kFolder / "unknown_class.pth");
}

/// A checkpoint of one tensor, "w", by the words of its pickle.
struct Lie {
  const char* title;
  std::string storage = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI6\ntQ";
  std::string offset = "I0\n", shape = "(I2\nI3\nt", strides = "(I3\nI1\nt";
  std::string file = "";  // another pickle altogether
  std::size_t stored = 24;
  bool is_true = false;

  std::string pickle() const {
    return !file.empty() ? file
                         : "(dS'w'\nctorch._utils\n_rebuild_tensor_v2\n(" + storage + offset + shape +
                               strides + "I00\nNtRs.";
  }
};

class CheckpointLies : public testing::TestWithParam<Lie> {};

TEST_P(CheckpointLies, AreRefusedInLittleMemory) {
  const TemporaryFolder folder;
  const Lie& lie = GetParam();
  writeFile(folder / "a.pth",
            test::rawZip({{"a/data.pkl", lie.pickle()}, {"a/data/0", std::string(lie.stored, '\1')}}));
  const auto open = [&] {
    const CheckpointFile file(folder / "a.pth");
    return file.read(file.state().at(0)).size();
  };
  if (lie.is_true) {
    EXPECT_EQ(open(), 24U);
  } else {
    EXPECT_EQ(problemOf(open).file, folder / "a.pth");
  }
}

const std::string kHuge = "I9223372036854775807\n";

INSTANTIATE_TEST_SUITE_P(
    Of, CheckpointLies,
    testing::Values(
        Lie{.title = "Nothing", .is_true = true}, Lie{.title = "Offset", .offset = "I1\n"},
        Lie{.title = "NegativeOffset", .offset = "I-1\n"}, Lie{.title = "HugeOffset", .offset = kHuge},
        Lie{.title = "Shape", .shape = "(I3\nI3\nt"}, Lie{.title = "NegativeShape", .shape = "(I-2\nI3\nt"},
        Lie{.title = "HugeShape", .shape = "(" + kHuge + kHuge + "t"},
        Lie{.title = "Strides", .strides = "(I4\nI1\nt"},
        Lie{.title = "NegativeStrides", .strides = "(I-3\nI1\nt"},
        Lie{.title = "HugeStrides", .strides = "(" + kHuge + kHuge + "t"},
        Lie{.title = "FewStrides", .strides = "(I1\nt"},
        Lie{.title = "ExpandedBomb", .shape = "(I1000000\nI1000000\nt", .strides = "(I0\nI0\nt"},
        Lie{.title = "ExpandedOverflow", .shape = "(" + kHuge + kHuge + "t", .strides = "(I0\nI0\nt"},
        Lie{.title = "ShapeOfText", .shape = "(S'2'\nI3\nt"},
        Lie{.title = "ManyDimensions",
            .shape = "(" +
                     [] {
                       std::string s;
                       for (int i = 0; i < 40; ++i)
                         s += "I1\n";
                       return s;
                     }() +
                     "t"},
        Lie{.title = "StorageOfAnotherSize", .stored = 20},
        Lie{.title = "HugeStorage",
            .storage = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\n" + kHuge + "tQ"},
        Lie{.title = "LargeStorage",
            .storage = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI100000000000\ntQ"},
        Lie{.title = "NegativeStorage",
            .storage = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI-6\ntQ"},
        Lie{.title = "AbsentStorage", .storage = "(S'storage'\nctorch\nFloatStorage\nS'1'\nS'cpu'\nI6\ntQ"},
        Lie{.title = "UpwardStorage",
            .storage = "(S'storage'\nctorch\nFloatStorage\nS'../../0'\nS'cpu'\nI6\ntQ"},
        Lie{.title = "StorageOfNoClass", .storage = "(S'storage'\nctorch\nSize\nS'0'\nS'cpu'\nI6\ntQ"},
        Lie{.title = "ModuleInstead", .storage = "(S'module'\nctorch\nFloatStorage\nS'x'\nS'cpu'\nI6\ntQ"},
        Lie{.title = "NumberForStorage", .storage = "I0\n"},
        Lie{.title = "System", .file = "cposix\nsystem\n(S'touch harm'\ntR."},
        Lie{.title = "SystemInState", .file = "(dS'w'\ncposix\nsystem\n(S'touch harm'\ntRs."},
        Lie{.title = "NestedPickle", .file = "ctorch.storage\n_load_from_bytes\n(S'x'\ntR."},
        Lie{.title = "Getattr", .file = "cbuiltins\ngetattr\n(ctorch\nload\nS'x'\ntR."},
        Lie{.title = "ParameterOfText", .file = "ctorch._utils\n_rebuild_parameter\n(S'x'\nI00\nNtR."},
        Lie{.title = "StorageCalled", .file = "ctorch\nFloatStorage\n(I6\ntR."},
        Lie{.title = "Circle", .file = "(dp0\nS'state_dict'\ng0\ns."}, Lie{.title = "Nothing2", .file = "."}),
    [](const auto& test) { return test.param.title; });

TEST(CheckpointRefused, MemoryOfManyTensorsFromLittle) {
  // One storage, a million times the same tensor under another name would be 16 MB of 24 bytes.
  std::string pickle =
      "(dctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI6"
      "\ntQI0\n(I6\nt(I1\ntI00\nNtRp1\n0";
  for (int i = 0; i < 2000; ++i)
    pickle += "S'" + std::to_string(i) + "'\ng1\ns";
  const TemporaryFolder folder;
  writeFile(folder / "a.pth",
            test::rawZip({{"a/data.pkl", pickle + "."}, {"a/data/0", std::string(24, '\1')}}));
  const CheckpointFile file(folder / "a.pth");  // in proportion: it is as large as its names
  EXPECT_EQ(file.state().size(), 2000U);
}

TEST(CheckpointRefused, EveryTruncationAndDamage) {
  const TemporaryFolder folder;
  std::mt19937 random(4);
  int read = 0, refused = 0;
  for (const char* name : {"types.pth", "types_before_1_6.pth", "views_before_1_6.pth", "mmcv.pth"}) {
    const std::vector<std::byte> bytes = readFile(kFolder / name, 1 << 16);
    const std::string whole(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (int i = 0; i < 100; ++i) {
      writeFile(folder / "a.pth",
                i < 25 ? whole.substr(0, random() % whole.size()) : test::damaged(whole, random));
      try {
        const CheckpointFile file(folder / "a.pth");
        for (const CheckpointTensor& tensor : file.state())
          EXPECT_EQ(file.read(tensor).size(), tensor.byteCount());
        optimizerOf(file);
        ++read;
      } catch (const Error& error) {
        EXPECT_FALSE(error.problem().summary.empty());
        ++refused;
      }
    }
  }
  EXPECT_EQ(read + refused, 400);
  EXPECT_GT(refused, 200);
  EXPECT_GT(read, 5);
}

}  // namespace
}  // namespace hbev
