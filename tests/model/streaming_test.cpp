// Streaming against the whole forward pass.
#include <filesystem>
#include <stdexcept>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/data/keyframe.h"
#include "core/model/hbevocc.h"

namespace hbev {
namespace {

/// A drive straight on. All cameras of a keyframe share the car's pose, so that a keyframe tells the depth
/// net the same numbers when it is current and when it is past: then streaming changes nothing.
class Streaming : public testing::Test {
 protected:
  static constexpr int kKeyframes = 5;

  void SetUp() override {
    at::manual_seed(3);
    config_ = readModelConfig(std::filesystem::path(HBEV_SOURCE_DIR) / "resources/configs/tiny.toml");
    network_ = HbevOcc(config_);
    network_->eval();
    pictures_ = at::randn({kKeyframes, kCameraCount, 3, config_.image.height, config_.image.width});
  }

  /// Frames are the keyframes of these numbers.
  NetworkInput inputOf(const std::vector<int>& keyframes) const {
    const std::int64_t frames = std::int64_t(keyframes.size());
    const std::vector<std::int64_t> all{1, frames, kCameraCount, 4, 4};
    at::Tensor camera = at::zeros({4, 4});
    camera[0][2] = 1, camera[1][0] = -1, camera[2][1] = -1, camera[2][3] = 1.5, camera[3][3] = 1;
    at::Tensor intrinsics = at::eye(4);
    intrinsics[0][0] = intrinsics[1][1] = 0.8 * config_.image.width;
    intrinsics[0][2] = config_.image.width / 2.0, intrinsics[1][2] = config_.image.height / 2.0;
    std::vector<at::Tensor> pictures, poses;
    for (const int keyframe : keyframes) {
      at::Tensor pose = at::eye(4);
      pose[0][3] = 3.0 * keyframe;
      pictures.push_back(pictures_[keyframe]);
      poses.push_back(pose.expand({kCameraCount, 4, 4}));
    }
    NetworkInput input;
    input.pictures = at::stack(pictures, 1).unsqueeze(0);
    input.ego_from_camera = camera.expand(all);
    input.global_from_ego = at::stack(poses).unsqueeze(0);
    input.intrinsics = intrinsics.expand(all);
    input.image_aug = at::eye(4).expand(all);
    input.bev_aug = at::eye(4).unsqueeze(0);
    input.image_from_lidar = intrinsics.matmul(camera.inverse()).expand({1, kCameraCount, 4, 4});
    input.lidar_from_ego = at::eye(4).unsqueeze(0);
    return input;
  }
  /// The keyframe and what lies before it; before the first it is the keyframe itself.
  NetworkInput wholeInput(int keyframe) const {
    std::vector<int> keyframes;
    for (int age = 0; age < config_.frames(); ++age)
      keyframes.push_back(keyframe - age >= 0 ? keyframe - age : keyframe);
    return inputOf(keyframes);
  }

  static void expectSame(const NetworkOutput& ours, const NetworkOutput& expected) {
    const double largest = expected.voxels.logits.abs().max().item<double>();
    const double worst = (ours.voxels.logits - expected.voxels.logits).abs().max().item<double>();
    EXPECT_LT(worst, 1e-5 * largest);
    EXPECT_LT((ours.depth - expected.depth).abs().max().item<double>(), 1e-6);
  }

  ModelConfig config_;
  HbevOcc network_{nullptr};
  at::Tensor pictures_;
};

TEST_F(Streaming, IsTheWholePassWhenPosesDoNotDependOnTheCamera) {
  const at::NoGradGuard no_gradient;
  StreamMemory memory;
  const int begin = config_.frames() - 1;
  expectSame(network_->forwardStreaming(wholeInput(begin), memory), network_->forward(wholeInput(begin)));
  EXPECT_EQ(memory.past.size(), std::size_t(config_.past_keyframes));
  for (int keyframe = begin + 1; keyframe < kKeyframes; ++keyframe) {
    expectSame(network_->forwardStreaming(inputOf({keyframe}), memory),
               network_->forward(wholeInput(keyframe)));
  }
}

TEST_F(Streaming, TheFirstKeyframeIsItsOwnPast) {
  const at::NoGradGuard no_gradient;
  StreamMemory memory;
  expectSame(network_->forwardStreaming(inputOf({0}), memory), network_->forward(wholeInput(0)));
  EXPECT_EQ(memory.past.size(), 1U);
  EXPECT_GT(memory.bytes(), memory.c2.nbytes());
  memory.forget();
  EXPECT_TRUE(memory.empty());
  EXPECT_EQ(memory.bytes(), 0U);
}

TEST_F(Streaming, ARefusedKeyframeIsNotRemembered) {
  const at::NoGradGuard no_gradient;
  StreamMemory memory;
  network_->forwardStreaming(inputOf({0}), memory);
  const void* before = memory.c2.data_ptr();
  const Stages stop([](const std::string& name, const torch::Tensor&) {
    if (name == "head.in") throw std::runtime_error("enough");
  });
  EXPECT_THROW(network_->forwardStreaming(inputOf({1}), memory, stop), std::runtime_error);
  EXPECT_EQ(memory.c2.data_ptr(), before);
  EXPECT_EQ(memory.past.size(), 1U);
}

TEST_F(Streaming, IsNotForTraining) {
  StreamMemory memory;
  EXPECT_THROW(network_->forwardStreaming(inputOf({0}), memory), Error);
}

}  // namespace
}  // namespace hbev
