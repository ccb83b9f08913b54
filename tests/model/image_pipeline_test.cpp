// Pictures and matrices against the reference's own: Pillow's, PyTorch's and OpenCV's numbers in
// pipeline.npz.
#include "core/model/image_pipeline.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <sstream>
#include <tuple>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/model/network_input.h"
#include "tests/base/expect_error.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

const ImageChange kTestChange{
    .scale = 0.44, .width = 704, .height = 396, .left = 0, .top = 140, .crop_width = 704, .crop_height = 256};

/// The changes of pipeline.json by their names: "test", "train1", ...
std::map<std::string, ImageChange> goldenChanges() {
  std::map<std::string, ImageChange> changes;
  const nlohmann::json file = readJson(parityFolder() / "pipeline.json");
  for (const auto& [key, json] : file.items()) {
    if (!key.starts_with("aug.")) continue;
    ImageChange& change = changes[key.substr(4)];
    change.scale = json.at("resize");
    change.width = json.at("resize_dims")[0];
    change.height = json.at("resize_dims")[1];
    change.left = json.at("crop")[0];
    change.top = json.at("crop")[1];
    change.crop_width = int(json.at("crop")[2]) - change.left;
    change.crop_height = int(json.at("crop")[3]) - change.top;
    change.mirrored = json.at("flip");
    change.turn_deg = json.at("rotate_deg");
  }
  return changes;
}

/// Skipped without the files.
class ImagePipeline : public testing::Test {
 protected:
  void SetUp() override {
    const std::string lacking = lackingFiles({"pipeline.npz", "pipeline.json", "pipeline_image.png"});
    if (!lacking.empty()) GTEST_SKIP() << lacking;
  }
  static const NpzReader& goldens() {
    static const NpzReader file(parityFolder() / "pipeline.npz");
    return file;
  }
};

#ifdef HBEV_HAS_OPENCV
void expectBytes(const NpzReader& file, const std::string& key, const Image& ours) {
  const auto golden = file.read(key).values<std::uint8_t>();
  ASSERT_EQ(ours.rgb.size(), golden.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < golden.size(); ++i)
    different += ours.rgb[i] != golden[i] ? 1 : 0;
  EXPECT_EQ(different, 0U);
}

/// A picture for the network, as far as the folder has it: values at a stride, and figures of all of them.
void expectPlanes(const NpzReader& file, const std::string& name, const std::vector<float>& planes) {
  if (!file.contains(name + ".values")) return;
  const auto values = file.read(name + ".values").values<float>();
  const auto stride = std::size_t(file.read(name + ".stride").values<std::int64_t>()[0]);
  ASSERT_EQ(values.size(), (planes.size() + stride - 1) / stride) << name;
  for (std::size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(planes[i * stride], values[i]) << name << " " << i;
  const auto stats = file.read(name + ".stats").values<double>();
  const double mean = std::accumulate(planes.begin(), planes.end(), 0.0) / double(planes.size());
  EXPECT_NEAR(mean, stats[0], 1e-6) << name;
  EXPECT_EQ(std::ranges::min(planes), float(stats[2])) << name;
  EXPECT_EQ(std::ranges::max(planes), float(stats[3])) << name;
}

TEST_F(ImagePipeline, EveryByteIsTheReferences) {
  const Image picture = readImage(parityFolder() / "pipeline_image.png");
  const auto changes = goldenChanges();
  ASSERT_FALSE(changes.empty());
  for (const auto& [name, change] : changes) {
    SCOPED_TRACE(name);
    const Image ours = changedImage(picture, change);
    if (const char* folder = std::getenv("HBEV_PICTURES"))
      writeImage(std::filesystem::path(folder) / ("input-" + name + ".png"), ours);
    expectBytes(goldens(), "aug." + name + ".image_uint8_rgb", ours);
    std::vector<float> planes(ours.rgb.size());
    normalise(ours, planes);
    expectPlanes(goldens(), "aug." + name + ".normalised", planes);
    // The first of the pictures that the reference's whole pipeline gives, from the same file.
    if (name == "test") expectPlanes(goldens(), "test.img0_normalised", planes);
  }
}

/// Whether `picture` shows the block of `size` somewhere: rows and columns of RGB.
bool shows(const Image& picture, const std::vector<std::uint8_t>& block,
           const std::vector<std::size_t>& size) {
  const std::size_t row_bytes = 3 * size[1];
  const auto isAt = [&](int left, int top) {
    for (std::size_t row = 0; row < size[0]; ++row) {
      const auto begin = picture.rgb.begin() + 3 * ((top + std::ptrdiff_t(row)) * picture.width + left);
      if (!std::equal(begin, begin + std::ptrdiff_t(row_bytes),
                      block.begin() + std::ptrdiff_t(row * row_bytes)))
        return false;
    }
    return true;
  };
  for (int top = 0; top + int(size[0]) <= picture.height; ++top) {
    for (int left = 0; left + int(size[1]) <= picture.width; ++left) {
      if (isAt(left, top)) return true;
    }
  }
  return false;
}

TEST_F(ImagePipeline, TheResizeAloneIsTheReferences) {
  const std::string key = "aug.test.resized_only_uint8_center";
  const auto changes = goldenChanges();
  if (!goldens().contains(key) || !changes.contains("test")) GTEST_SKIP() << "this folder has no " << key;
  ImageChange whole = changes.at("test");
  whole.left = whole.top = 0;
  whole.crop_width = whole.width, whole.crop_height = whole.height;
  const NpyArray block = goldens().read(key);
  EXPECT_TRUE(shows(changedImage(readImage(parityFolder() / "pipeline_image.png"), whole),
                    block.values<std::uint8_t>(), block.shape()));
}
#endif

TEST_F(ImagePipeline, MatricesAreTheReferences) {
  for (const auto& [name, change] : goldenChanges()) {
    SCOPED_TRACE(name);
    const Eigen::Matrix4f ours = matrixOf(change);
    const auto rotation = goldens().read("aug." + name + ".post_rot").values<float>();
    const auto shift = goldens().read("aug." + name + ".post_tran").values<float>();
    for (int row = 0; row < 2; ++row) {
      for (int column = 0; column < 2; ++column)
        EXPECT_FLOAT_EQ(ours(row, column), rotation[std::size_t(2 * row + column)]);
      EXPECT_NEAR(ours(row, 2), shift[std::size_t(row)], 1e-4);
    }
  }
}

TEST(ImagePipelineTest, TheTestChangeIsTheReferences) {
  EXPECT_EQ(testChange({}, 1600, 900), kTestChange);
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
  EXPECT_THROW(changedImage({}, kTestChange), Error);
}

/// The size of the cameras' pictures; what the test's change makes of it.
struct CameraSize {
  int width = 0, height = 0;
  ImageChange change;
};

CameraSize goldenCamera() {
  CameraSize camera;
  std::tie(camera.width, camera.height) = goldenPictureSize();
  camera.change = goldenChanges().at("test");
  return camera;
}

Keyframe keyframeOfInfo(const NpzReader& file, std::size_t frame, const CameraSize& size) {
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
    reading.model = {Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(&intrinsics[9 * i]),
                     size.width, size.height};
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

/// Skipped without the files.
class NetworkInputParity : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string lacking = lackingFiles({"pipeline.npz", "pipeline.json", "pipeline_image.png"});
        !lacking.empty())
      GTEST_SKIP() << lacking;
  }
};

TEST_F(NetworkInputParity, MatricesAreTheReferences) {
  const NpzReader file(parityFolder() / "pipeline.npz");
  const CameraSize camera = goldenCamera();
  std::vector<Keyframe> frames;
  for (std::size_t frame = 0; frame < file.read("info.ego2global_rotation").shape()[0]; ++frame)
    frames.push_back(keyframeOfInfo(file, frame, camera));
  const std::vector<CameraPicture> cameras(kCameraCount, {camera.change, camera.width, camera.height});
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

/// What a name like "bda.rot10_scale1.1_flipx.rot_mat" says.
BevChange changeNamed(const std::string& name) {
  BevChange change;
  std::istringstream words(name.substr(4, name.rfind('.') - 4));
  for (std::string word; std::getline(words, word, '_');) {
    if (word.starts_with("rot")) change.turn_deg = std::stod(word.substr(3));
    if (word.starts_with("scale")) change.scale = std::stod(word.substr(5));
    if (word.starts_with("flip")) {
      change.flip_x = word.find('x') != std::string::npos;
      change.flip_y = word.find('y') != std::string::npos;
    }
  }
  return change;
}

TEST_F(NetworkInputParity, BevMatricesAreTheReferences) {
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
  for (const std::string& name : file.names()) {
    if (!name.ends_with(".rot_mat")) continue;
    const auto golden = file.read(name).values<float>();
    const Eigen::Matrix4f ours = matrixOf(changeNamed(name));
    for (int i = 0; i < 9; ++i)
      EXPECT_NEAR(ours(i / 3, i % 3), golden[std::size_t(i)], 1e-7) << name;
  }
}

TEST(NetworkInput, BeforeTheSceneIsTheCurrentKeyframe) {
  EXPECT_EQ(frameIndices(9, 3), (std::vector<std::size_t>{9, 8, 7}));
  EXPECT_EQ(frameIndices(1, 4), (std::vector<std::size_t>{1, 0, 1, 1}));
  EXPECT_EQ(frameIndices(0, 3), (std::vector<std::size_t>{0, 0, 0}));
}

}  // namespace
}  // namespace hbev::test
