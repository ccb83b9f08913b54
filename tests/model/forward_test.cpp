// The forward pass stage by stage against the reference's golden numbers.
#include <cmath>
#include <thread>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "core/model/reference_rounding.h"
#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

NetworkInput on(at::Device device, const NetworkInput& input) {
  return {input.pictures.to(device),         input.ego_from_camera.to(device),
          input.global_from_ego.to(device),  input.intrinsics.to(device),
          input.image_aug.to(device),        input.bev_aug.to(device),
          input.image_from_lidar.to(device), input.lidar_from_ego.to(device)};
}

/// On every device that is here.
class ForwardParity : public testing::TestWithParam<at::DeviceType> {
 protected:
  void expectParity(const ModelConfig& config, const std::string& file, const Tolerance& tolerance,
                    at::ScalarType type = at::kFloat) const {
    const at::NoGradGuard no_gradient;
    // A card's convolutions may be less than single precision when they are let.
    at::globalContext().setAllowTF32CuDNN(false);
    HbevOcc network(config);
    fillByFormula(*network, paritySalt());
    if (type == at::kDouble) computePositionsInDouble(network);
    network->to(GetParam(), type);
    network->eval();
    ForwardGoldens goldens(parityFolder() / file, tolerance);
    const NetworkInput input = goldens.input(config, type);
    goldens.compare("in.img", input.pictures.flatten(1, 2));
    goldens.compareOutput(network->forward(on(GetParam(), input), Stages(goldens.listener())),
                          config.classSet());
    goldens.expectAllCompared();
  }
  void expectTiny(const char* file, const Tolerance& tolerance, at::ScalarType type = at::kFloat) const;
  void expectFullSize(const std::string& name, const std::string& file, const Tolerance& tolerance) const;
};
INSTANTIATE_TEST_SUITE_P(Devices, ForwardParity, testing::ValuesIn(testDevices()),
                         [](const auto& instance) { return at::DeviceTypeName(instance.param, true); });

constexpr const char* kSensitivityOfEight = "sensitivity_8f.json";

Tolerance singlePrecision(const char* file) {
  return Tolerance(parityFolder() / file);
}

void ForwardParity::expectTiny(const char* file, const Tolerance& tolerance, at::ScalarType type) const {
  const std::string lacking = lackingFiles({"formula_vectors.json", "forward_tiny.json", file});
  if (!lacking.empty()) GTEST_SKIP() << lacking;
  expectParity(tinyParityConfig(), file, tolerance, type);
}

TEST_P(ForwardParity, TinyInSinglePrecision) {
  expectTiny("forward_tiny.npz", singlePrecision("sensitivity_tiny.json"));
}

TEST_P(ForwardParity, TinyInDoublePrecision) {
  // Its inputs are those in single precision.
  if (const std::string lacking = lackingFiles({"forward_tiny.npz"}); !lacking.empty())
    GTEST_SKIP() << lacking;
  expectTiny("forward_tiny_f64.npz", Tolerance(1e-7), at::kDouble);
}

TEST_P(ForwardParity, TwoSamplesWithFlips) {
  expectTiny("forward_tiny_b2.npz", singlePrecision("sensitivity_tiny.json"));
}

void ForwardParity::expectFullSize(const std::string& name, const std::string& file,
                                   const Tolerance& tolerance) const {
  if (!parityFolderGiven() || !std::filesystem::exists(parityFolder() / file)) {
    GTEST_SKIP() << "takes minutes: set HBEV_PARITY_DIR to a folder that holds " << file;
  }
  if (const std::string lacking = lackingFiles({"formula_vectors.json"}); !lacking.empty())
    GTEST_SKIP() << lacking;
  at::set_num_threads(int(std::max(1U, std::thread::hardware_concurrency())));
  ModelConfig config =
      readModelConfig(std::filesystem::path(HBEV_SOURCE_DIR) / "resources/configs" / (name + ".toml"));
  // The size of its pictures is the only one that the file tells and the network lets vary.
  const torch::Tensor pictures = tensorOf(NpzReader(parityFolder() / file), "in.img.shape");
  config.image.height = pictures[3].item<int>();
  config.image.width = pictures[4].item<int>();
  expectParity(config, file, tolerance);
}

TEST_P(ForwardParity, OneFrame) {
  expectFullSize("hbevocc-r50-256x704-1f-openocc", "forward_1f.npz", singlePrecision("sensitivity_1f.json"));
}
TEST_P(ForwardParity, EightFrames) {
  // The notes measured none for this network. Rounding moves its last stages up to fifteen times as far as
  // the one's without past keyframes: see sensitivity_test.cpp.
  const std::filesystem::path given = parityFolder() / kSensitivityOfEight;
  expectFullSize("hbevocc-r50-256x704-8f-openocc", "forward_8f.npz",
                 Tolerance(std::filesystem::exists(given) ? given : ownParityFolder() / kSensitivityOfEight));
}

TEST(EvenFloats, AreRoundedAsByTheReferencesVersion) {
  const std::vector<float> even = evenFloats(0, 351, 22);
  ASSERT_EQ(even.size(), 22U);
  EXPECT_EQ(even.front(), 0.0F);
  EXPECT_EQ(even.back(), 351.0F);
  // Versions since round these three to 0x1.6fb6dcp+7, 234 and 0x1.f56db8p+7.
  EXPECT_EQ(even[11], 0x1.6fb6dap+7F);
  EXPECT_EQ(even[14], 0x1.d3fffep+7F);
  EXPECT_EQ(even[15], 0x1.f56db4p+7F);
  EXPECT_TRUE(evenFloats(0, 351, 0).empty());
  EXPECT_EQ(evenFloats(2, 351, 1), std::vector<float>{2});
}

TEST(ReferenceExp, IsRoundedAsByTheReferencesVersion) {
  // Of HADA's 160 channels: each is one unit in the last place from the nearest, which later versions give.
  const auto frequency = [](int channel, int channels) {
    return referenceExp(float(channel) * -float(std::log(10000.0) / channels));
  };
  EXPECT_EQ(frequency(6, 160), 0x1.6a77ep-1F);
  EXPECT_EQ(frequency(70, 160), 0x1.235a74p-6F);
  EXPECT_EQ(frequency(128, 160), 0x1.4acda8p-11F);
  EXPECT_EQ(referenceExp(0), 1.0F);
  for (float x = -9.3F; x < 9.3F; x += 0.01F)
    EXPECT_NEAR(referenceExp(x) / std::exp(x), 1, 2e-7) << x;
}

}  // namespace
}  // namespace hbev::test
