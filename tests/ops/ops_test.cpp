// Each operation against its plain composition and, where one is short, against a loop that is obviously
// right.
#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/ops/cost_volume.h"
#include "core/ops/deformable_attention.h"
#include "core/ops/inverse.h"
#include "core/ops/lift_splat.h"
#include "tests/ops/stereo_scene.h"

namespace hbev::test {
namespace {

double worst(const at::Tensor& a, const at::Tensor& b) {
  EXPECT_EQ(a.sizes(), b.sizes());
  return (a - b).abs().max().item<double>();
}

class Ops : public testing::TestWithParam<at::ScalarType> {
 protected:
  void SetUp() override { at::manual_seed(7); }
  at::TensorOptions type() const { return at::TensorOptions(GetParam()); }
  double close() const { return GetParam() == at::kDouble ? 1e-12 : 2e-5; }
};
INSTANTIATE_TEST_SUITE_P(Both, Ops, testing::Values(at::kFloat, at::kDouble));

const SplatGrid kOpsGrid{{-4, -4, -1}, {0.5, 0.8, 1}, {16, 10, 3}};

TEST_P(Ops, AMatrixWithoutAnInverseIsRefused) {
  EXPECT_TRUE(inverseOf(at::eye(3, type()) * 2).equal(at::eye(3, type()) / 2));
  EXPECT_THROW(inverseOf(at::ones({3, 3}, type())), c10::Error);
}

TEST_P(Ops, SplatAddsEveryPointToItsVoxel) {
  const std::int64_t batch = 2, cameras = 2, depths = 5, h = 3, w = 4, channels = 6;
  const at::Tensor points = at::rand({batch, cameras, depths, h, w, 3}, type()) * 12 - 6;
  const at::Tensor depth = at::rand({batch * cameras, depths, h, w}, type());
  const at::Tensor context = at::randn({batch * cameras, channels, h, w}, type());
  const at::Tensor out = splat(depth, context, planSplat(points, kOpsGrid));
  ASSERT_EQ(out.sizes().vec(), (std::vector<std::int64_t>{batch, 3 * channels, 10, 16}));

  at::Tensor expected = at::zeros_like(out);
  for (std::int64_t n = 0; n < batch * cameras; ++n) {
    for (std::int64_t d = 0; d < depths; ++d) {
      for (std::int64_t pixel = 0; pixel < h * w; ++pixel) {
        const at::Tensor point = points[n / cameras][n % cameras][d][pixel / w][pixel % w];
        std::array<std::int64_t, 3> cell{};
        bool inside = true;
        for (std::size_t i = 0; i < 3; ++i) {
          // Towards zero: what lies less than a cell below the lower bound counts as in the first cell.
          cell[i] = std::int64_t((point[std::int64_t(i)].item<double>() - double(kOpsGrid.lower[i])) /
                                 double(kOpsGrid.interval[i]));
          inside = inside && cell[i] >= 0 && cell[i] < kOpsGrid.size[i];
        }
        if (!inside) continue;
        expected[n / cameras]
            .slice(0, cell[2] * channels, (cell[2] + 1) * channels)
            .select(1, cell[1])
            .select(1, cell[0]) +=
            depth[n][d][pixel / w][pixel % w] * context[n].select(1, pixel / w).select(1, pixel % w);
      }
    }
  }
  EXPECT_LT(worst(out, expected), close());
  EXPECT_LT(worst(splatPlain(depth, context, planSplat(points, kOpsGrid)), expected), close());
}

TEST_P(Ops, SplatWithoutAPointInsideIsZero) {
  const at::Tensor points = at::full({1, 1, 2, 2, 2, 3}, 100, type());
  const at::Tensor out =
      splat(at::ones({1, 2, 2, 2}, type()), at::ones({1, 3, 2, 2}, type()), planSplat(points, kOpsGrid));
  EXPECT_EQ(out.abs().max().item<double>(), 0);
}

TEST_P(Ops, StereoCostIsThePlainOnes) {
  const std::int64_t cameras = 3, channels = 20;
  // Zeros inside the picture count as nothing seen, too: as after a ReLU.
  const at::Tensor current = at::randn({cameras, channels, 12, 16}, type()).relu();
  const at::Tensor previous = at::randn({cameras, channels, 12, 16}, type()).relu();
  const StereoView view = sidewaysView(cameras, type());
  const at::Tensor frustum = smallFrustum(7, type());
  const at::Tensor plain = stereoCostPlain(current, previous, frustum, view, 5);
  EXPECT_LT(worst(stereoCost(current, previous, frustum, view, 5), plain), 10 * close());
  // The case holds points behind the other camera, points outside its picture and points inside.
  const at::Tensor grid = stereoGrid(frustum, view).select(-1, 0);
  EXPECT_GT((grid == -2).sum().item<std::int64_t>(), 0);
  EXPECT_GT(((grid > 1) | ((grid < -1) & (grid != -2))).sum().item<std::int64_t>(), 0);
  EXPECT_GT((grid.abs() < 1).sum().item<std::int64_t>(), grid.numel() / 3);
}

TEST_P(Ops, StereoCostOfAPictureWithItselfIsZero) {
  const at::Tensor picture = at::rand({1, 8, 12, 16}, type()) + 1;
  StereoView view = sidewaysView(1, type());
  view.other_from_current = at::eye(4, type()).expand({1, 1, 4, 4});
  const at::Tensor cost = stereoCost(picture, picture, smallFrustum(7, type()), view, 5);
  EXPECT_LT(cost.slice(2, 1, 11).slice(3, 1, 15).abs().max().item<double>(), 1e-3);
}

TEST_P(Ops, StereoCostSurvivesNumbersThatAreNone) {
  const at::Tensor picture = at::rand({1, 4, 12, 16}, type());
  StereoView view = sidewaysView(1, type());
  view.intrinsics = at::full({1, 1, 3, 3}, std::nan(""), type());
  EXPECT_NO_THROW(stereoCost(picture, picture, smallFrustum(7, type()), view, 5));
}

TEST_P(Ops, DeformableAttentionIsThePlainOne) {
  const std::int64_t n = 2, height = 5, width = 7, heads = 3, dim = 4, queries = 50, points = 6;
  const at::Tensor value = at::randn({n, height * width, heads, dim}, type());
  const at::Tensor places =
      at::rand({n, queries, heads, points, 2}, type()) * 1.6 - 0.3;  // beyond the borders as well
  const at::Tensor weights = at::rand({n, queries, heads, points}, type());
  const at::Tensor out = deformableAttention(value, height, width, places, weights);
  EXPECT_LT(worst(out, deformableAttentionPlain(value, height, width, places, weights)), close());
}

TEST_P(Ops, DeformableAttentionReadsThePixelItIsPointedAt) {
  const at::Tensor value = at::arange(6, type()).view({1, 6, 1, 1});  // 2 x 3
  const at::Tensor places = at::tensor({2.5 / 3, 1.5 / 2, 5.0, 5.0, 1e30, 0.5}, type()).view({1, 1, 1, 3, 2});
  const at::Tensor out = deformableAttention(value, 2, 3, places, at::ones({1, 1, 1, 3}, type()));
  EXPECT_NEAR(out.item<double>(), 5, 1e-5);
}

}  // namespace
}  // namespace hbev::test
