// Every kernel on every device against the plain compositions and their gradients in double precision: the
// processor, the bodies of the card's kernels run on the processor, and a card where there is one.
#include <string>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "core/ops/cost_volume.h"
#include "core/ops/deformable_attention.h"
#include "core/ops/gradients.h"
#include "core/ops/kernel_calls.h"
#include "core/ops/lift_splat.h"
#include "tests/ops/host_kernels.h"
#include "tests/ops/stereo_scene.h"

namespace hbev::test {
namespace {

enum class Runner { Processor, Bodies, Card };

struct Case {
  Runner runner;
  at::ScalarType type;
};

std::string nameOf(const Case& c) {
  const char* runner = c.runner == Runner::Processor ? "Processor"
                       : c.runner == Runner::Bodies  ? "Bodies"
                                                     : "Card";
  return runner + std::string(at::toString(c.type));
}
void PrintTo(const Case& c, std::ostream* out) {
  *out << nameOf(c);
}

std::vector<Case> cases() {
  std::vector<Case> all{{Runner::Processor, at::kFloat}, {Runner::Processor, at::kDouble}};
  for (const Runner runner : {Runner::Bodies, Runner::Card}) {
    if (runner == Runner::Card && !at::hasCUDA()) continue;
    for (const at::ScalarType type : {at::kHalf, at::kFloat, at::kDouble})
      all.push_back({runner, type});
  }
  return all;
}

/// Inputs are made in double precision from numbers that the case's type holds exactly.
class Kernels : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override { at::manual_seed(11); }

  at::Tensor rounded(const at::Tensor& tensor) const { return tensor.to(GetParam().type).to(at::kDouble); }
  at::Tensor noise(at::IntArrayRef size) const { return rounded(at::randn(size, at::kDouble)); }
  /// What the kernels take beside half values is single precision.
  at::Tensor beside(const at::Tensor& tensor) const {
    return on(tensor.to(GetParam().type == at::kDouble ? at::kDouble : at::kFloat));
  }
  at::Tensor mine(const at::Tensor& tensor) const { return on(tensor.to(GetParam().type)); }
  at::Tensor on(const at::Tensor& tensor) const {
    return tensor.to(GetParam().runner == Runner::Card ? at::kCUDA : at::kCPU);
  }
  SplatPlan on(SplatPlan plan) const {
    plan.point = on(plan.point), plan.pixel = on(plan.pixel), plan.voxel = on(plan.voxel),
    plan.start = on(plan.start);
    return plan;
  }
  bool bodies() const { return GetParam().runner == Runner::Bodies; }

  void expectNear(const at::Tensor& found, const at::Tensor& expected, const char* what) const {
    ASSERT_EQ(found.sizes(), expected.sizes()) << what;
    if (found.numel() == 0) return;
    const double share = GetParam().type == at::kDouble ? 1e-12 : GetParam().type == at::kFloat ? 1e-5 : 2e-3;
    const at::Tensor wide = expected.to(at::kDouble);
    const double worst = (found.detach().to(at::kCPU, at::kDouble) - wide).abs().max().item<double>();
    EXPECT_LE(worst, share * std::max(1.0, wide.abs().max().item<double>())) << what;
  }
  const OpKernels kernels_ = hostKernels();
};
INSTANTIATE_TEST_SUITE_P(Devices, Kernels, testing::ValuesIn(cases()),
                         [](const auto& instance) { return nameOf(instance.param); });

const SplatGrid kGrid{{-4, -4, -1}, {0.5, 0.8, 1}, {16, 10, 3}};

struct SplatCase {
  std::int64_t channels;
  double spread;  // of the points; most are outside of the grid when it is large
};

TEST_P(Kernels, Splat) {
  // One number, odd numbers, whole packs, more channels than a warp takes at once; and no point inside.
  for (const SplatCase& c : {SplatCase{1, 6}, {7, 6}, {8, 6}, {80, 6}, {136, 6}, {8, 1e5}}) {
    SCOPED_TRACE(c.channels);
    const std::int64_t batch = 2, cameras = 2, depths = 5, h = 3, w = 5;
    const at::Tensor points = (at::rand({batch, cameras, depths, h, w, 3}, at::kDouble) * 2 - 1) * c.spread;
    const SplatPlan plan = planSplat(points, kGrid);
    at::Tensor depth = rounded(at::rand({batch * cameras, depths, h, w}, at::kDouble)).requires_grad_();
    at::Tensor context = noise({batch * cameras, c.channels, h, w}).requires_grad_();
    const at::Tensor plain = splatPlain(depth, context, plan), towards = noise(plain.sizes());
    plain.backward(towards);

    at::Tensor my_depth = beside(depth.detach()), my_context = mine(context.detach());
    if (bodies()) {
      expectNear(splatBy(kernels_.splat, my_depth, my_context, plan), plain, "sums");
      const SplatGradients found =
          splatGradientsBy(kernels_.splat_gradient, mine(towards), my_depth, my_context, plan);
      expectNear(found.depth, depth.grad(), "gradient of the depths");
      expectNear(found.context, context.grad(), "gradient of the context");
      continue;
    }
    my_depth.requires_grad_(), my_context.requires_grad_();
    const at::Tensor sums = splat(my_depth, my_context, on(plan));
    expectNear(sums, plain, "sums");
    sums.backward(mine(towards));
    expectNear(my_depth.grad(), depth.grad(), "gradient of the depths");
    expectNear(my_context.grad(), context.grad(), "gradient of the context");
  }
}

TEST_P(Kernels, StereoCost) {
  // A number of channels below, at and above what a warp takes at once; more depths than it projects at once.
  for (const std::int64_t channels : {4, 12, 20, 64, 136, 264, 520}) {
    SCOPED_TRACE(channels);
    const std::int64_t cameras = 2, depths = channels == 64 ? 40 : 7;
    const at::Tensor current = noise({cameras, channels, 12, 16}).relu();
    const at::Tensor previous = noise({cameras, channels, 12, 16}).relu();
    const at::ScalarType type = GetParam().type == at::kDouble ? at::kDouble : at::kFloat;
    const at::Tensor frustum = smallFrustum(depths, type);
    const StereoView view = sidewaysView(cameras, type);
    const at::Tensor plain = stereoCostPlain(current, previous, smallFrustum(depths, at::kDouble),
                                             sidewaysView(cameras, at::kDouble), 5);
    StereoView my_view = view;
    my_view.intrinsics = on(view.intrinsics), my_view.other_from_current = on(view.other_from_current);
    my_view.image_rotation = on(view.image_rotation), my_view.image_shift = on(view.image_shift);
    const at::Tensor found =
        bodies() ? stereoCostBy(kernels_.stereo_cost, mine(current), mine(previous), frustum, view, 5)
                 : stereoCost(mine(current), mine(previous), on(frustum), my_view, 5);
    // Places are rounded to single precision, also where the features are half.
    const double share = type == at::kDouble ? 1e-11 : 1e-4;
    EXPECT_LE((found.to(at::kCPU, at::kDouble) - plain).abs().max().item<double>(),
              share * plain.abs().max().item<double>());
  }
}

TEST_P(Kernels, StereoCostOfNumbersThatAreNone) {
  const at::Tensor picture = mine(at::rand({1, 8, 12, 16}));
  const at::ScalarType type = GetParam().type == at::kDouble ? at::kDouble : at::kFloat;
  StereoView view = sidewaysView(1, type);
  view.intrinsics = at::eye(3, type).expand({1, 1, 3, 3}).clone();
  view.image_shift = at::full({1, 1, 3}, std::nan(""), type);
  view.intrinsics = on(view.intrinsics), view.other_from_current = on(view.other_from_current);
  view.image_rotation = on(view.image_rotation), view.image_shift = on(view.image_shift);
  const at::Tensor frustum = on(smallFrustum(7, type));
  const at::Tensor cost = bodies() ? stereoCostBy(kernels_.stereo_cost, picture, picture, frustum, view, 5)
                                   : stereoCost(picture, picture, frustum, view, 5);
  const at::Tensor nothing_seen = picture.to(cost.scalar_type()).abs().sum(1, true) + 5;
  EXPECT_LE((cost - nothing_seen).abs().max().item<double>(), 1e-3);
}

struct AttentionCase {
  std::int64_t dim, queries;
  double reach;  // of the places, beyond the map when it is large
};

TEST_P(Kernels, DeformableAttention) {
  for (const AttentionCase& c :
       {AttentionCase{1, 5, 1.6}, {5, 17, 1.6}, {16, 40, 1.6}, {40, 9, 1.6}, {8, 3, 1e3}, {8, 0, 1.6}}) {
    SCOPED_TRACE(c.dim);
    const std::int64_t n = 2, height = 5, width = 7, heads = 3, points = 6;
    at::Tensor value = noise({n, height * width, heads, c.dim}).requires_grad_();
    // Not on the border between two cells: the gradient has a step there.
    const at::Tensor cells = (at::rand({n, c.queries, heads, points, 2}, at::kDouble) * c.reach - 0.3) * 7;
    at::Tensor places = rounded((cells.floor() + 0.1 + 0.8 * at::rand_like(cells)) / 7).requires_grad_();
    at::Tensor weights = rounded(at::rand({n, c.queries, heads, points}, at::kDouble)).requires_grad_();
    const at::Tensor plain = deformableAttentionPlain(value, height, width, places, weights);
    const at::Tensor towards = noise(plain.sizes());
    plain.backward(towards);

    at::Tensor my_value = mine(value.detach()), my_places = beside(places.detach()),
               my_weights = beside(weights.detach());
    AttentionGradients found;
    if (bodies()) {
      expectNear(deformableAttentionBy(kernels_.attention, my_value, height, width, my_places, my_weights),
                 plain, "sums");
      found = deformableAttentionGradientsBy(kernels_.attention_gradient, mine(towards), my_value, height,
                                             width, my_places, my_weights);
    } else {
      my_value.requires_grad_(), my_places.requires_grad_(), my_weights.requires_grad_();
      const at::Tensor sums = deformableAttention(my_value, height, width, my_places, my_weights);
      expectNear(sums, plain, "sums");
      sums.backward(mine(towards));
      found = {my_value.grad(), my_places.grad(), my_weights.grad()};
    }
    expectNear(found.value, value.grad(), "gradient of the values");
    expectNear(found.places, places.grad(), "gradient of the places");
    expectNear(found.weights, weights.grad(), "gradient of the weights");
  }
}

/// The change along a direction against the gradient times the direction.
template <class Function>
void expectSlope(const Function& function, std::vector<at::Tensor> inputs) {
  for (at::Tensor& input : inputs)
    input.requires_grad_();
  const at::Tensor result = function(inputs), towards = at::randn_like(result);
  result.backward(towards);
  const at::NoGradGuard no_gradient;
  const double step = 1e-6;
  double expected = 0;
  std::vector<at::Tensor> ahead, behind;
  for (const at::Tensor& input : inputs) {
    const at::Tensor direction = at::randn_like(input);
    expected += (input.grad() * direction).sum().item<double>();
    ahead.push_back(input + step * direction);
    behind.push_back(input - step * direction);
  }
  const at::Tensor change = (function(ahead) - function(behind)) * towards;
  const double slope = change.sum().item<double>() / (2 * step);
  EXPECT_NEAR(slope, expected, 1e-6 * std::max(1.0, std::abs(expected)));
}

TEST(Gradients, AreTheSlopes) {
  at::manual_seed(5);
  const SplatPlan plan = planSplat(at::rand({2, 1, 4, 3, 3, 3}, at::kDouble) * 8 - 4, kGrid);
  expectSlope([&](const std::vector<at::Tensor>& in) { return splat(in[0], in[1], plan); },
              {at::rand({2, 4, 3, 3}, at::kDouble), at::randn({2, 6, 3, 3}, at::kDouble)});
  const at::Tensor cells = at::randint(0, 8, {2, 9, 2, 4, 2}, at::kDouble);
  expectSlope(
      [&](const std::vector<at::Tensor>& in) { return deformableAttention(in[0], 8, 8, in[1], in[2]); },
      {at::randn({2, 64, 2, 3}, at::kDouble), (cells + 0.2 + 0.2 * at::rand_like(cells)) / 8,
       at::rand({2, 9, 2, 4}, at::kDouble)});
}

TEST(Gradients, DoNotDependOnTheNumberOfThreads) {
  at::manual_seed(6);
  const at::Tensor value = at::randn({3, 35, 2, 8}), places = at::rand({3, 200, 2, 4, 2}),
                   weights = at::rand({3, 200, 2, 4}), towards = at::randn({3, 200, 16});
  const int before = at::get_num_threads();
  std::vector<AttentionGradients> found;
  for (const int threads : {1, 3}) {
    at::set_num_threads(threads);
    found.push_back(deformableAttentionGradientsBy(kernelsOf(at::kCPU).attention_gradient, towards, value, 5,
                                                   7, places, weights));
  }
  at::set_num_threads(before);
  EXPECT_TRUE(found[0].value.equal(found[1].value));
  EXPECT_TRUE(found[0].places.equal(found[1].places));
}

TEST(Gradients, OfGradientsAreRefused) {
  const at::Tensor value = at::randn({1, 4, 1, 2}).requires_grad_(), places = at::rand({1, 1, 1, 1, 2});
  const at::Tensor out = deformableAttention(value, 2, 2, places, at::ones({1, 1, 1, 1}));
  EXPECT_ANY_THROW(out.sum().backward({}, /*retain_graph=*/true, /*create_graph=*/true));
}

}  // namespace
}  // namespace hbev::test
