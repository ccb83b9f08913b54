// Pictures and matrices against the reference's own: Pillow's, PyTorch's and OpenCV's numbers in
// pipeline.npz.
#include "core/model/image_pipeline.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/model/network_input.h"
#include "tests/base/expect_error.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

struct Case {
  const char* name;
  ImageChange change;
};

// The parameters are those of pipeline.json.
const Case kCases[]{{"test",
                     {.scale = 0.44,
                      .width = 704,
                      .height = 396,
                      .left = 0,
                      .top = 140,
                      .crop_width = 704,
                      .crop_height = 256}},
                    {"train1",
                     {.scale = 0.49,
                      .width = 784,
                      .height = 441,
                      .left = 37,
                      .top = 185,
                      .crop_width = 704,
                      .crop_height = 256,
                      .mirrored = true,
                      .turn_deg = 4.3}},
                    {"train2",
                     {.scale = 0.39,
                      .width = 624,
                      .height = 351,
                      .left = 0,
                      .top = 95,
                      .crop_width = 704,
                      .crop_height = 256,
                      .mirrored = false,
                      .turn_deg = -2.9}}};

class ImagePipeline : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
#ifndef HBEV_HAS_OPENCV
    GTEST_SKIP() << "built without a decoder for pictures";
#endif
    if (!std::filesystem::exists(parityFolder() / "pipeline.npz")) GTEST_SKIP() << "no pipeline.npz";
  }
  static NpzReader goldens() {
    return NpzReader(parityFolder() / "pipeline.npz");
  }
  std::string key(const char* what) const {
    return std::string("aug.") + GetParam().name + "." + what;
  }
};

ImageChange changeOf(const std::string& name, const ImageChange& made) {
  const nlohmann::json json = readJson(parityFolder() / "pipeline.json").at("aug." + name);
  ImageChange change = made;
  change.scale = json.at("resize");
  change.width = json.at("resize_dims")[0];
  change.height = json.at("resize_dims")[1];
  change.left = json.at("crop")[0];
  change.top = json.at("crop")[1];
  change.crop_width = int(json.at("crop")[2]) - change.left;
  change.crop_height = int(json.at("crop")[3]) - change.top;
  change.mirrored = json.at("flip");
  change.turn_deg = json.at("rotate_deg");
  return change;
}

#ifdef HBEV_HAS_OPENCV
TEST_P(ImagePipeline, EveryByteIsTheReferences) {
  const Image picture = readImage(parityFolder() / "pipeline_image.png");
  const Image ours = changedImage(picture, changeOf(GetParam().name, GetParam().change));
  if (const char* folder = std::getenv("HBEV_PICTURES"))
    writeImage(std::filesystem::path(folder) / (std::string("input-") + GetParam().name + ".png"), ours);
  const auto golden = goldens().read(key("image_uint8_rgb")).values<std::uint8_t>();
  ASSERT_EQ(ours.rgb.size(), golden.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < golden.size(); ++i)
    different += ours.rgb[i] != golden[i] ? 1 : 0;
  EXPECT_EQ(different, 0U);

  std::vector<float> planes(golden.size());
  normalise(ours, planes);
  const auto values = goldens().read(key("normalised.values")).values<float>();
  const auto stride = goldens().read(key("normalised.stride")).values<std::int64_t>()[0];
  for (std::size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(planes[i * std::size_t(stride)], values[i]) << i;
}
#endif

TEST_P(ImagePipeline, MatricesAreTheReferences) {
  const Eigen::Matrix4f ours = matrixOf(changeOf(GetParam().name, GetParam().change));
  const auto rotation = goldens().read(key("post_rot")).values<float>();
  const auto shift = goldens().read(key("post_tran")).values<float>();
  for (int row = 0; row < 2; ++row) {
    for (int column = 0; column < 2; ++column)
      EXPECT_FLOAT_EQ(ours(row, column), rotation[std::size_t(2 * row + column)]);
    EXPECT_NEAR(ours(row, 2), shift[std::size_t(row)], 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(Parity, ImagePipeline, testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(ImagePipelineTest, TheTestChangeIsTheReferences) {
  EXPECT_EQ(testChange({}, 1600, 900), kCases[0].change);
  // A picture of the network's own width is only cropped.
  const ImageChange own = testChange({}, 704, 396);
  EXPECT_EQ(own.width, 704);
  EXPECT_EQ(own.top, 140);
  EXPECT_EQ(own.scale, 1);
}

TEST(ImagePipelineTest, WhatIsOutsideIsBlackAndSizesMayBeTiny) {
  const Image dot{1, 1, {200, 100, 50}};
  const Image changed =
      changedImage(dot, {.width = 2, .height = 2, .left = -1, .top = 0, .crop_width = 4, .crop_height = 3});
  EXPECT_EQ(changed.rgb, (std::vector<std::uint8_t>{0, 0, 0, 200, 100, 50, 200, 100, 50, 0, 0, 0,  //
                                                    0, 0, 0, 200, 100, 50, 200, 100, 50, 0, 0, 0,  //
                                                    0, 0, 0, 0,   0,   0,  0,   0,   0,  0, 0, 0}));
  EXPECT_THROW(changedImage({}, kCases[0].change), Error);
}

Keyframe keyframeOfInfo(const NpzReader& file, std::size_t frame) {
  const auto values = [&](const std::string& name) { return file.read("info." + name).values<double>(); };
  const auto poseAt = [&](const std::string& name, std::size_t i) {
    const auto q = values(name + "_rotation"), t = values(name + "_translation");
    return Pose({q[4 * i], q[4 * i + 1], q[4 * i + 2], q[4 * i + 3]}, {t[3 * i], t[3 * i + 1], t[3 * i + 2]});
  };
  Keyframe keyframe;
  const auto intrinsics = values("cam.cam_intrinsic");
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    const std::size_t i = frame * kCameraCount + camera;
    CameraReading reading;
    reading.ego_from_sensor = poseAt("cam.sensor2ego", i);
    reading.global_from_ego = poseAt("cam.ego2global", i);
    reading.model = {Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(&intrinsics[9 * i]), 1600,
                     900};
    keyframe.cameras[camera] = reading;
  }
  SensorReading lidar;
  lidar.ego_from_sensor = poseAt("lidar2ego", frame);
  lidar.global_from_ego = poseAt("ego2global", frame);
  keyframe.lidar = lidar;
  return keyframe;
}

double largestDifference(const torch::Tensor& ours, const torch::Tensor& golden) {
  return (ours.reshape({-1}).to(at::kDouble) - golden.reshape({-1}).to(at::kDouble))
      .abs()
      .max()
      .item<double>();
}

TEST(NetworkInputParity, MatricesAreTheReferences) {
  const NpzReader file(parityFolder() / "pipeline.npz");
  std::vector<Keyframe> frames;
  for (std::size_t frame = 0; frame < 3; ++frame)
    frames.push_back(keyframeOfInfo(file, frame));
  const std::vector<CameraPicture> cameras(kCameraCount, {testChange({}, 1600, 900), 1600, 900});
  const NetworkInput input = networkMatrices(frames, cameras);
  constexpr double kLastBits = 1e-15;  // of rotations from quaternions, in another order of products
  EXPECT_LT(largestDifference(input.ego_from_camera, tensorOf(file, "test.sensor2egos")), kLastBits);
  EXPECT_EQ(largestDifference(input.global_from_ego, tensorOf(file, "test.ego2globals")), 0);
  EXPECT_EQ(largestDifference(input.intrinsics, tensorOf(file, "test.cam2imgs")), 0);
  EXPECT_EQ(largestDifference(input.image_aug, tensorOf(file, "test.post_augs")), 0);
  EXPECT_LT(largestDifference(input.lidar_from_ego, tensorOf(file, "test.ego2lidar")), kLastBits);
  // Products in single precision with global coordinates: other BLASes add in another order.
  const torch::Tensor golden = tensorOf(file, "test.lidar2img");
  EXPECT_LT(largestDifference(input.image_from_lidar, golden),
            1e-6 * golden.abs().max().item<double>() * 100);
  EXPECT_EQ(largestDifference(input.bev_aug, tensorOf(file, "bda.00.mat")), 0);
}

TEST(NetworkInputParity, BevMatricesAreTheReferences) {
  const NpzReader file(parityFolder() / "pipeline.npz");
  for (const bool flip_x : {false, true}) {
    for (const bool flip_y : {false, true}) {
      const auto golden =
          file.read(std::string("bda.") + (flip_x ? "1" : "0") + (flip_y ? "1" : "0") + ".mat")
              .values<float>();
      const Eigen::Matrix<float, 4, 4, Eigen::RowMajor> ours =
          matrixOf(BevChange{.flip_x = flip_x, .flip_y = flip_y});
      EXPECT_TRUE(std::equal(golden.begin(), golden.end(), ours.data()));
    }
  }
  const auto golden = file.read("bda.rot10_scale1.1_flipx.rot_mat").values<float>();
  const Eigen::Matrix4f ours = matrixOf(BevChange{.turn_deg = 10, .scale = 1.1, .flip_x = true});
  for (int i = 0; i < 9; ++i)
    EXPECT_NEAR(ours(i / 3, i % 3), golden[std::size_t(i)], 1e-7);
}

TEST(NetworkInput, BeforeTheSceneIsTheCurrentKeyframe) {
  EXPECT_EQ(frameIndices(9, 3), (std::vector<std::size_t>{9, 8, 7}));
  EXPECT_EQ(frameIndices(1, 4), (std::vector<std::size_t>{1, 0, 1, 1}));
  EXPECT_EQ(frameIndices(0, 3), (std::vector<std::size_t>{0, 0, 0}));
}

}  // namespace
}  // namespace hbev::test
