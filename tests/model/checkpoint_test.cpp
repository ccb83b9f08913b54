// Weights from a file into a network: what fits, what does not, and files that we write ourselves.
#include "core/model/checkpoint.h"

#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/model/checkpoint_writer.h"
#include "core/model/hbevocc.h"
#include "tests/base/expect_error.h"
#include "tests/base/python.h"
#include "tests/base/temporary_folder.h"

namespace hbev {
namespace {

using test::problemOf;
using test::TemporaryFolder;

const std::filesystem::path kFolder = std::filesystem::path(HBEV_TEST_DATA) / "checkpoints";

/// The network of make.py: Conv2d(1, 2, 3) and BatchNorm2d(2), inside of whatever `path` says.
struct SmallNetwork : torch::nn::Module {
  explicit SmallNetwork(int channels = 2) {
    register_module("0", torch::nn::Conv2d(torch::nn::Conv2dOptions(1, channels, 3)));
    register_module("1", torch::nn::BatchNorm2d(channels));
  }
  torch::Tensor operator[](const std::string& name) const {
    for (const StateEntry& entry : stateOf(*this)) {
      if (entry.name == name) return entry.tensor;
    }
    throw std::out_of_range(name);
  }
};

struct Outer : torch::nn::Module {
  Outer() { inner = register_module("forward_projection", std::make_shared<SmallNetwork>()); }
  std::shared_ptr<SmallNetwork> inner;
};

TEST(Checkpoint, FitsAndIsLoaded) {
  for (const char* name : {"mmcv.pth", "mmcv_before_1_6.pth"}) {
    SmallNetwork network;
    const CheckpointFile file(kFolder / name);
    const FitReport report = loadCheckpoint(file, network);
    EXPECT_TRUE(report.fits());
    EXPECT_EQ(report.summary(), "7 of 7 weights fit");
    EXPECT_TRUE(at::equal(network["0.weight"], readTensor(file, file.state()[0])));
    EXPECT_EQ(network["1.num_batches_tracked"].item<std::int64_t>(), 1);
    EXPECT_TRUE(network["0.weight"].requires_grad());
  }
}

TEST(Checkpoint, PrefixesOfOthersAreFound) {
  SmallNetwork network;
  EXPECT_EQ(loadCheckpoint(kFolder / "parallel.pth", network).prefix, (PrefixRule{"module.", ""}));
  Outer outer;
  EXPECT_EQ(loadCheckpoint(kFolder / "wrapped.pth", outer).prefix, (PrefixRule{"", "forward_projection."}));
  EXPECT_TRUE(at::equal((*outer.inner)["0.weight"], network["0.weight"]));
  Outer other;
  EXPECT_EQ(loadCheckpoint(kFolder / "parallel.pth", other).prefix,
            (PrefixRule{"module.", "forward_projection."}));
}

TEST(Checkpoint, MismatchIsRefusedUnlessAllowed) {
  SmallNetwork wider(3);
  const torch::Tensor before = wider["0.weight"].detach().clone();
  const Problem problem = problemOf([&] { loadCheckpoint(kFolder / "mmcv.pth", wider); });
  EXPECT_EQ(problem.summary, "mmcv.pth does not fit the network: 1 of 7 weights fit, 6 of another shape");
  EXPECT_NE(problem.found.find("0.weight is [2, 1, 3, 3], the network's [3, 1, 3, 3]"), std::string::npos)
      << problem.found;
  EXPECT_EQ(wider["1.num_batches_tracked"].item<std::int64_t>(), 0);  // nothing was changed
  const FitReport report = loadCheckpoint(kFolder / "mmcv.pth", wider, {.allow_mismatch = true});
  EXPECT_EQ(report.matched, 1U);
  EXPECT_EQ(report.wrong_shape.size(), 6U);
  EXPECT_EQ(wider["1.num_batches_tracked"].item<std::int64_t>(), 1);
  EXPECT_TRUE(at::equal(wider["0.weight"], before));
  SmallNetwork network;
  const Problem other =
      problemOf([&] { loadCheckpoint(kFolder / "types.pth", network, {.allow_mismatch = true}); });
  EXPECT_EQ(other.advice, "These are the weights of another network.");
}

TEST(Checkpoint, MissingCountersAreNoMismatchAndOthersAre) {
  SmallNetwork network;
  const FitReport report =
      loadCheckpoint(kFolder / "parameters.pth", network, {.allow_mismatch = true});  // no buffers
  EXPECT_EQ(report.missing, (std::vector<std::string>{"1.running_mean", "1.running_var"}));
  EXPECT_EQ(report.missing_counters, std::vector<std::string>{"1.num_batches_tracked"});
  EXPECT_FALSE(report.fits());
  EXPECT_EQ(report.lines(1), (std::vector<std::string>{"missing: 1.running_mean", "missing: and 1 more"}));
}

TEST(Checkpoint, WhatIsWrittenIsReadAgain) {
  const TemporaryFolder folder;
  SmallNetwork network;
  CheckpointValue::Dict state = stateDictOf(network);
  state[1].second.value = network["0.bias"].detach().to(at::kHalf);
  state[0].second.value = network["0.weight"].detach().transpose(2, 3).to(at::kBFloat16);
  const CheckpointValue::Dict meta{{{"epoch"}, {std::int64_t(7)}},
                                   {{"big"}, {std::int64_t(1) << 40}},
                                   {{"lr"}, {0.125}},
                                   {{"seed"}, {}},
                                   {{"done"}, {true}},
                                   {{"classes"}, {CheckpointValue::List{{"car"}, {"bus"}}}}};
  const CheckpointValue::Dict step{{{"step"}, {at::full({}, 3.0)}}};
  const CheckpointValue::Dict optimizer{
      {{"state"}, {CheckpointValue::Dict{{{std::int64_t(0)}, {step}}}}},
      {{"param_groups"}, {CheckpointValue::List{{CheckpointValue::Dict{{{"lr"}, {0.5}}}}}}}};
  writeCheckpoint(
      folder / "new/a.pth",
      {CheckpointValue::Dict{{{"meta"}, {meta}}, {{"state_dict"}, {state}}, {{"optimizer"}, {optimizer}}}});
  const CheckpointFile file(folder / "new/a.pth");
  EXPECT_EQ(file.kind(), CheckpointFile::Kind::Mmcv);
  const PickleValue& read = file.root().at("meta");
  EXPECT_EQ(read.at("epoch").integer(), 7);
  EXPECT_EQ(read.at("big").integer(), std::int64_t(1) << 40);
  EXPECT_EQ(read.at("lr").number(), 0.125);
  EXPECT_TRUE(read.at("seed").isNone());
  EXPECT_TRUE(read.at("done").boolean());
  EXPECT_EQ(read.at("classes").texts(), (std::vector<std::string>{"car", "bus"}));
  EXPECT_EQ(optimizerOf(file)->tensors, 1U);
  EXPECT_EQ(file.state()[0].type, TensorType::BFloat16);
  SmallNetwork other;
  EXPECT_TRUE(loadCheckpoint(file, other).fits());
  EXPECT_TRUE(
      at::equal(other["0.weight"], network["0.weight"].transpose(2, 3).to(at::kBFloat16).to(at::kFloat)));
  EXPECT_TRUE(at::equal(other["0.bias"], network["0.bias"].to(at::kHalf).to(at::kFloat)));
  EXPECT_TRUE(at::equal(other["1.running_var"], network["1.running_var"]));
}

TEST(Checkpoint, WhatCannotBeWrittenLeavesNothing) {
  const TemporaryFolder folder;
  const CheckpointValue::Dict complex{{{"w"}, {at::zeros({2}, at::kComplexFloat)}}};
  EXPECT_EQ(problemOf([&] { writeCheckpoint(folder / "a.pth", {complex}); }).summary,
            "A tensor cannot be saved");
  std::filesystem::create_directory(folder / "b.pth");
  const CheckpointValue::Dict whole{{{"w"}, {at::zeros({2})}}};
  EXPECT_EQ(problemOf([&] { writeCheckpoint(folder / "b.pth", {whole}); }).file, folder / "b.pth");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Checkpoint, NotFiniteWeightsAreTold) {
  const TemporaryFolder folder;
  SmallNetwork network;
  {
    const torch::NoGradGuard guard;
    network["0.weight"].view(-1).slice(0, 0, 3).fill_(std::numeric_limits<float>::quiet_NaN());
  }
  writeCheckpoint(folder / "a.pth", {stateDictOf(network)});
  const FitReport report = loadCheckpoint(folder / "a.pth", network);
  ASSERT_EQ(report.not_finite.size(), 1U);
  EXPECT_EQ(report.not_finite[0].name, "0.weight");
  EXPECT_EQ(report.not_finite[0].count, 3U);
  EXPECT_EQ(report.summary(), "7 of 7 weights fit, 1 with NaN or infinite values");
}

TEST(Checkpoint, PythonLoadsWhatWeWrite) {
  if (!test::pythonHas("torch")) GTEST_SKIP() << "no Python with torch (HBEV_PYTHON)";
  const TemporaryFolder folder;
  SmallNetwork network;
  writeCheckpoint(folder / "a.pth",
                  {CheckpointValue::Dict{{{"meta"}, {CheckpointValue::Dict{{{"epoch"}, {std::int64_t(7)}}}}},
                                         {{"state_dict"}, {stateDictOf(network)}}}});
  const double sum = network["0.weight"].to(at::kDouble).sum().item<double>();
  const std::string script =
      "import sys, torch\n"
      "c = torch.load(sys.argv[1], weights_only=True)\n"
      "net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))\n"
      "net.load_state_dict(c['state_dict'])\n"
      "assert c['meta'] == {'epoch': 7}\n"
      "assert abs(net[0].weight.double().sum().item() - float(sys.argv[2])) < 1e-12\n";
  writeFile(folder / "check.py", script);
  const std::string command = fmt::format("'{}' '{}' '{}' {:.17g}", test::python(),
                                          (folder / "check.py").string(), (folder / "a.pth").string(), sum);
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace hbev
