// Random changes of pictures, scenes and lidar, against the reference's pipeline.
#include <cmath>
#include <numbers>
#include <tuple>

#include "core/data/keyframe.h"
#include "core/train/augment.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

const NpzReader& pipelineGolden() {
  static const NpzReader file(parityFolder() / "pipeline.npz");
  return file;
}

/// Skipped without the files.
class augment_parity : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string lacking = lackingFiles({"pipeline.npz", "pipeline.json", "pipeline_image.png"});
        !lacking.empty())
      GTEST_SKIP() << lacking;
  }
};

TEST_F(augment_parity, pictures) {
  const nlohmann::json cases = readJson(parityFolder() / "pipeline.json");
  const auto [source_width, source_height] = goldenPictureSize();
  for (const auto& [name, expected] : cases.items()) {
    if (!name.starts_with("aug.")) continue;
    const std::vector<int> size = expected.at("resize_dims"), crop = expected.at("crop");
    const int width = crop[2] - crop[0], height = crop[3] - crop[1];
    const ImageConfig config{height, width, source_height, source_width};
    const double added = expected.at("resize").get<double>() - double(width) / source_width;
    // Any share that begins the crop at that pixel.
    const double share = (crop[0] + 0.5) / std::max(1, size[0] - width);
    const ImageChange change =
        imageChange(config, source_width, source_height,
                    {added, std::min(share, 0.999), expected.at("flip"), expected.at("rotate_deg")});
    EXPECT_EQ((std::vector{change.width, change.height}), size) << name;
    EXPECT_EQ((std::vector{change.left, change.top, change.left + change.crop_width,
                           change.top + change.crop_height}),
              crop)
        << name;
    const torch::Tensor rotation = tensorOf(pipelineGolden(), name + ".post_rot");
    const Eigen::Matrix4f matrix = matrixOf(change);
    for (int row = 0; row < 2; ++row) {
      for (int column = 0; column < 2; ++column)
        EXPECT_NEAR(matrix(row, column), rotation[row][column].item<float>(), 1e-6) << name;
    }
  }
}

TEST(augment_draws, stay_within_their_bounds_and_reach_them) {
  const TrainingConfig config;
  Random random = sampleRandom(1, 2, 3);
  double least = 1, most = -1, turned = 0;
  int mirrored = 0, flipped_x = 0, flipped_y = 0;
  constexpr int kDraws = 2000;
  for (int i = 0; i < kDraws; ++i) {
    const ImageDraw draw = drawImage(config, random);
    least = std::min(least, draw.resize_added);
    most = std::max(most, draw.resize_added);
    turned = std::max(turned, std::abs(draw.turn_deg));
    mirrored += draw.mirrored;
    const ImageChange change = imageChange(ImageConfig{}, 1600, 900, draw);
    EXPECT_GE(change.left, 0);
    EXPECT_LE(change.left + change.crop_width, std::max(change.width, change.crop_width));
    EXPECT_EQ(change.top + change.crop_height, change.height);
    const BevChange bev = drawBev(config, random);
    flipped_x += bev.flip_x;
    flipped_y += bev.flip_y;
  }
  EXPECT_GE(least, -0.06);
  EXPECT_LT(least, -0.059);
  EXPECT_LE(most, 0.11);
  EXPECT_GT(most, 0.109);
  EXPECT_LE(turned, 5.4);
  EXPECT_GT(turned, 5.35);
  for (const int count : {mirrored, flipped_x, flipped_y})
    EXPECT_NEAR(count, kDraws / 2, 120);
}

TEST(augment_draws, depend_on_the_sample_alone) {
  const TrainingConfig config;
  const auto drawn = [&](std::uint64_t seed, std::uint64_t step, std::uint64_t place) {
    Random random = sampleRandom(seed, step, place);
    return drawImage(config, random);
  };
  EXPECT_EQ(drawn(1, 2, 3), drawn(1, 2, 3));
  EXPECT_NE(drawn(1, 2, 3), drawn(1, 2, 4));
  EXPECT_NE(drawn(1, 2, 3), drawn(1, 3, 2));
  EXPECT_NE(drawn(1, 2, 3), drawn(2, 2, 3));
}

TEST_F(augment_parity, mirrored_scenes) {
  const torch::Tensor labels = tensorOf(pipelineGolden(), "bda.in_sem"),
                      flow = tensorOf(pipelineGolden(), "bda.in_flow");
  for (const auto& [name, flip_x, flip_y] :
       {std::tuple{"bda.00", false, false}, std::tuple{"bda.01", false, true},
        std::tuple{"bda.10", true, false}, std::tuple{"bda.11", true, true}}) {
    const BevChange change{.flip_x = flip_x, .flip_y = flip_y};
    Occupancy occupancy;
    occupancy.grid.dims = {int(labels.size(0)), int(labels.size(1)), int(labels.size(2))};
    occupancy.semantics.assign(labels.data_ptr<std::uint8_t>(),
                               labels.data_ptr<std::uint8_t>() + labels.numel());
    occupancy.mask_camera = occupancy.semantics;
    occupancy.flow.assign(flow.data_ptr<float>(), flow.data_ptr<float>() + flow.numel());
    mirror(occupancy, change);
    const torch::Tensor expected = tensorOf(pipelineGolden(), std::string(name) + ".sem");
    const torch::Tensor expected_flow = tensorOf(pipelineGolden(), std::string(name) + ".flow");
    EXPECT_TRUE(at::from_blob(occupancy.semantics.data(), labels.sizes(), at::kByte).equal(expected)) << name;
    EXPECT_EQ(occupancy.mask_camera, occupancy.semantics) << name;
    EXPECT_TRUE(at::from_blob(occupancy.flow.data(), flow.sizes(), at::kFloat).equal(expected_flow)) << name;
    const torch::Tensor matrix = tensorOf(pipelineGolden(), std::string(name) + ".mat");
    for (int i = 0; i < 16; ++i)
      EXPECT_EQ(matrixOf(change)(i / 4, i % 4), matrix[i / 4][i % 4].item<float>()) << name;
  }
}

TEST_F(augment_parity, lidar_depth_maps) {
  const torch::Tensor raw = tensorOf(pipelineGolden(), "points_lidar"),
                      matrices = tensorOf(pipelineGolden(), "test.lidar2img");
  std::vector<LidarPoint> points;
  for (std::int64_t i = 0; i < raw.size(0); ++i) {
    const float* p = raw.data_ptr<float>() + 3 * i;
    points.push_back({p[0], p[1], p[2], 0, 0});
  }
  const torch::Tensor shape = tensorOf(pipelineGolden(), "gt_depth.full_shape");
  const int height = shape[1].item<int>(), width = shape[2].item<int>();
  torch::Tensor expected = at::zeros({std::int64_t(kCameraCount) * height * width}, at::kFloat);
  expected.index_put_({tensorOf(pipelineGolden(), "gt_depth.nonzero_index")},
                      tensorOf(pipelineGolden(), "gt_depth.nonzero_values"));
  std::size_t labelled = 0, different = 0, farther = 0;
  for (int camera = 0; camera < int(kCameraCount); ++camera) {
    const Eigen::Matrix4f image_from_lidar = Eigen::Map<const Eigen::Matrix<float, 4, 4, Eigen::RowMajor>>(
        matrices.data_ptr<float>() + 16 * camera);
    const std::vector<float> map =
        lidarDepthMap(points, image_from_lidar, width, height, AxisRange{1, 45, 0.5});
    const float* theirs = expected.data_ptr<float>() + std::size_t(camera) * map.size();
    for (std::size_t i = 0; i < map.size(); ++i) {
      if (map[i] == 0 && theirs[i] == 0) continue;
      ++labelled;
      if (std::abs(map[i] - theirs[i]) <= 1e-5F * theirs[i]) continue;
      // The reference's ranks of both points may be the same number in single precision.
      const float rank = float(i);
      const bool ambiguous =
          map[i] > 0 && theirs[i] > map[i] && rank + map[i] / 100 == rank + theirs[i] / 100;
      (ambiguous ? farther : different) += 1;
    }
  }
  const std::int64_t golden = tensorOf(pipelineGolden(), "gt_depth.nonzero_index").numel();
  EXPECT_GE(std::int64_t(labelled), golden);
  EXPECT_EQ(different, 0U);
  EXPECT_LT(double(farther), 0.004 * double(golden));
}

}  // namespace
}  // namespace hbev::test
