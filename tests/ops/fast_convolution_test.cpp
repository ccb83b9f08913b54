// The processor's fast convolutions against the library's in double precision.
#include "core/ops/fast_convolution.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/ops/memory.h"

namespace hbev {
namespace {

constexpr double kRounding = 2e-5;  // of the largest value

void expectClose(const at::Tensor& ours, const at::Tensor& expected) {
  ASSERT_EQ(ours.sizes(), expected.sizes());
  const double worst = (ours.to(at::kDouble) - expected).abs().max().item<double>();
  EXPECT_LT(worst, kRounding * expected.abs().max().item<double>());
}

struct Case {
  std::int64_t pictures, in, out, height, width;
};

class FastConvolution : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    at::manual_seed(7);
    const Case& c = GetParam();
    x_ = at::randn({c.pictures, c.in, c.height, c.width});
    weight_ = at::randn({c.out, c.in, 3, 3});
    bias_ = at::randn({c.out});
  }
  at::Tensor expected(const at::Tensor& x) const {
    return at::conv2d(x, weight_.to(at::kDouble), bias_.to(at::kDouble), 1, 1);
  }

  at::Tensor x_, weight_, bias_;
};

TEST_P(FastConvolution, WinogradIsTheConvolution) {
  const at::Tensor transformed = winogradWeight(weight_);
  const at::Tensor plain = expected(x_.to(at::kDouble));
  expectClose(winogradConvolution(x_, transformed, {bias_, {}, false}), plain);
  const at::Tensor added = at::randn_like(plain).to(at::kFloat);
  expectClose(
      winogradConvolution(x_.contiguous(at::MemoryFormat::ChannelsLast), transformed, {bias_, added, true}),
      (plain + added).relu());
}

TEST_P(FastConvolution, EnlargingAfterwardsIsTheSame) {
  for (const int factor : {2, 4}) {
    const at::Tensor large = at::upsample_bilinear2d(
        x_.to(at::kDouble), {x_.size(2) * factor, x_.size(3) * factor}, /*align_corners=*/true);
    const at::Tensor plain = expected(large);
    const at::Tensor added = at::randn_like(plain).to(at::kFloat);
    expectClose(enlargedConvolution(x_, enlargedWeight(weight_), factor, {bias_, {}, false}), plain);
    expectClose(enlargedConvolution(x_, enlargedWeight(weight_), factor, {bias_, added, true}),
                (plain + added).relu());
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, FastConvolution,
                         testing::Values(Case{1, 16, 16, 1, 1}, Case{2, 32, 48, 9, 14}, Case{1, 64, 16, 8, 5},
                                         Case{3, 16, 80, 4, 4}));

TEST(FastConvolutionFits, OnlyWhatTheLoopsCanTake) {
  EXPECT_TRUE(fastConvolutionFits(at::zeros({1, 16, 2, 2}), 16, 32));
  EXPECT_FALSE(fastConvolutionFits(at::zeros({1, 12, 2, 2}), 12, 32));
  EXPECT_FALSE(fastConvolutionFits(at::zeros({1, 16, 2, 2}), 16, 20));
  EXPECT_FALSE(fastConvolutionFits(at::zeros({1, 16, 2, 2}, at::kDouble), 16, 32));
  EXPECT_FALSE(fastConvolutionFits(at::zeros({0, 16, 2, 2}), 16, 32));
}

TEST(MemoryReuse, LargeTensorsGetTheSameMemoryAgain) {
  constexpr std::int64_t kNumbers = 1 << 20;
  const MemoryReuse reuse;
  const void* first = at::ones({kNumbers}).data_ptr();  // freed at once
  at::Tensor second = at::empty({kNumbers});
  EXPECT_EQ(second.data_ptr(), first);
  EXPECT_NE(at::empty({kNumbers}).data_ptr(), first);
}

TEST(MemoryReuse, TensorsOutliveIt) {
  at::Tensor kept;
  {
    const MemoryReuse reuse;
    kept = at::full({1 << 20}, 3.0F);
  }
  EXPECT_EQ(kept.sum().item<double>(), 3.0 * (1 << 20));
}

}  // namespace
}  // namespace hbev
