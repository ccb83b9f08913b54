// Every kernel on every device against the plain compositions and their gradients in double precision: the
// processor, the card's kernels and their launches on the host card, and a card where there is one.
#include <string>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "core/ops/cost_volume.h"
#include "core/ops/deformable_attention.h"
#include "core/ops/gradients.h"
#include "core/ops/kernel_calls.h"
#include "core/ops/kernel_table.h"
#include "core/ops/lift_splat.h"
#include "tests/ops/host_card_kernels.h"
#include "tests/ops/stereo_scene.h"

namespace hbev::test {
namespace {

enum class Runner { Processor, HostCard, Card };

struct Case {
  Runner runner;
  at::ScalarType type;
};

std::string nameOf(const Case& c) {
  const char* runner = c.runner == Runner::Processor  ? "Processor"
                       : c.runner == Runner::HostCard ? "HostCard"
                                                      : "Card";
  return runner + std::string(at::toString(c.type));
}
void PrintTo(const Case& c, std::ostream* out) {
  *out << nameOf(c);
}

std::vector<Case> cases() {
  std::vector<Case> all{{Runner::Processor, at::kFloat}, {Runner::Processor, at::kDouble}};
  for (const Runner runner : {Runner::HostCard, Runner::Card}) {
    if (runner == Runner::Card && !at::hasCUDA()) continue;
    for (const at::ScalarType type : {at::kHalf, at::kFloat, at::kDouble})
      all.push_back({runner, type});
  }
  return all;
}

template <class Arrays>
Kernel<Arrays> launching(const char* (*launch)(const Arrays&, CUstream_st*)) {
  return [launch](const Arrays& arrays) {
    const char* problem = launch(arrays, nullptr);
    EXPECT_EQ(problem, nullptr) << problem;
  };
}

OpKernels hostCardKernels() {
  return {launching(host_card::launchSplat), launching(host_card::launchSplatGradient),
          launching(host_card::launchStereoCost), launching(host_card::launchAttention),
          launching(host_card::launchAttentionGradient)};
}

/// The same numbers, the first behind an address that packs of several can be read from.
at::Tensor misaligned(const at::Tensor& tensor) {
  return at::empty({tensor.numel() + 1}, tensor.options()).slice(0, 1).view(tensor.sizes()).copy_(tensor);
}
/// The same for a map [N, C, H, W], whose channels are last in memory then.
at::Tensor misalignedMap(const at::Tensor& map) {
  return misaligned(map.permute({0, 2, 3, 1}).contiguous()).permute({0, 3, 1, 2});
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
  bool onHostCard() const { return GetParam().runner == Runner::HostCard; }

  void expectNear(const at::Tensor& found, const at::Tensor& expected, const char* what) const {
    ASSERT_EQ(found.sizes(), expected.sizes()) << what;
    if (found.numel() == 0) return;
    const double share = GetParam().type == at::kDouble ? 1e-12 : GetParam().type == at::kFloat ? 1e-5 : 2e-3;
    const at::Tensor wide = expected.to(at::kDouble);
    const double worst = (found.detach().to(at::kCPU, at::kDouble) - wide).abs().max().item<double>();
    EXPECT_LE(worst, share * std::max(1.0, wide.abs().max().item<double>())) << what;
  }
  const OpKernels kernels_ = hostCardKernels();
};
INSTANTIATE_TEST_SUITE_P(Devices, Kernels, testing::ValuesIn(cases()),
                         [](const auto& instance) { return nameOf(instance.param); });

const SplatGrid kGrid{{-4, -4, -1}, {0.5, 0.8, 1}, {16, 10, 3}};

struct SplatCase {
  std::int64_t channels;
  double spread;  // of the points; most are outside of the grid when it is large
  bool is_misaligned = false;
};

TEST_P(Kernels, Splat) {
  // One number, odd numbers, whole packs, more channels than a warp and than a block takes at once, packs at
  // odd addresses; and no point inside.
  for (const SplatCase& c :
       {SplatCase{1, 6}, {7, 6}, {8, 6}, {80, 6}, {80, 6, true}, {136, 6}, {515, 6}, {2056, 6}, {8, 1e5}}) {
    SCOPED_TRACE(c.channels);
    const std::int64_t batch = 2, cameras = 2, depths = 5, h = 3, w = 5;
    const at::Tensor points = (at::rand({batch, cameras, depths, h, w, 3}, at::kDouble) * 2 - 1) * c.spread;
    const SplatPlan plan = planSplat(points, kGrid);
    at::Tensor depth = rounded(at::rand({batch * cameras, depths, h, w}, at::kDouble)).requires_grad_();
    at::Tensor context = noise({batch * cameras, c.channels, h, w}).requires_grad_();
    const at::Tensor plain = splatPlain(depth, context, plan), towards = noise(plain.sizes());
    plain.backward(towards);

    at::Tensor my_depth = beside(depth.detach()), my_context = mine(context.detach());
    if (c.is_misaligned) my_context = misalignedMap(my_context);
    if (onHostCard()) {
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

struct StereoCase {
  std::int64_t channels, depths = 7;
  std::int64_t height = 12, width = 16;  // at most
  bool is_misaligned = false;
};

TEST_P(Kernels, StereoCost) {
  // A number of channels below, at and above what a warp takes at once; more depths than it projects at once;
  // a last block with room for more pixels; packs at odd addresses.
  for (const StereoCase& c : {StereoCase{4},
                              {12, 7, 11, 15},
                              {20, 1, 5, 1},
                              {64, 40, 5, 7},
                              {64, 33, 3, 7, true},
                              {136, 7, 5, 7},
                              {264, 7, 5, 7},
                              {520, 7, 5, 3}}) {
    SCOPED_TRACE(c.channels);
    const std::int64_t cameras = 2;
    const auto frustumOf = [&](at::ScalarType type) {
      return smallFrustum(c.depths, type).slice(1, 0, c.height).slice(2, 0, c.width).contiguous();
    };
    const at::Tensor current = noise({cameras, c.channels, c.height, c.width}).relu();
    const at::Tensor previous = noise({cameras, c.channels, c.height, c.width}).relu();
    const at::ScalarType type = GetParam().type == at::kDouble ? at::kDouble : at::kFloat;
    const at::Tensor frustum = frustumOf(type);
    const StereoView view = sidewaysView(cameras, type);
    const at::Tensor plain =
        stereoCostPlain(current, previous, frustumOf(at::kDouble), sidewaysView(cameras, at::kDouble), 5);
    const at::Tensor my_current = c.is_misaligned ? misalignedMap(mine(current)) : mine(current);
    StereoView my_view = view;
    my_view.intrinsics = on(view.intrinsics), my_view.other_from_current = on(view.other_from_current);
    my_view.image_rotation = on(view.image_rotation), my_view.image_shift = on(view.image_shift);
    const at::Tensor found =
        onHostCard() ? stereoCostBy(kernels_.stereo_cost, my_current, mine(previous), frustum, view, 5)
                     : stereoCost(my_current, mine(previous), on(frustum), my_view, 5);
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
  const at::Tensor cost = onHostCard()
                              ? stereoCostBy(kernels_.stereo_cost, picture, picture, frustum, view, 5)
                              : stereoCost(picture, picture, frustum, view, 5);
  const at::Tensor nothing_seen = picture.to(cost.scalar_type()).abs().sum(1, true) + 5;
  EXPECT_LE((cost - nothing_seen).abs().max().item<double>(), 1e-3);
}

struct AttentionCase {
  std::int64_t dim, queries;
  double reach;  // of the places, beyond the map when it is large
  bool is_misaligned = false;
};

TEST_P(Kernels, DeformableAttention) {
  for (const AttentionCase& c : {AttentionCase{1, 5, 1.6},
                                 {5, 17, 1.6},
                                 {16, 40, 1.6},
                                 {16, 40, 1.6, true},
                                 {40, 9, 1.6},
                                 {515, 3, 1.6},
                                 {2056, 1, 1.6},
                                 {8, 3, 1e3},
                                 {8, 0, 1.6}}) {
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
    if (c.is_misaligned) my_value = misaligned(my_value);
    AttentionGradients found;
    if (onHostCard()) {
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

/// What a card would answer with an end of the program.
TEST(KernelCalls, RefuseWhatIsElsewhereOrOfAnotherShape) {
  const at::Tensor depth = at::rand({1, 2, 2, 2}), context = at::rand({1, 3, 2, 2});
  const SplatPlan plan = planSplat(at::rand({1, 1, 2, 2, 2, 3}), kGrid);
  EXPECT_NO_THROW(splatBy([](const SplatArrays&) {}, depth, context, plan));
  const Kernel<SplatArrays> no_splat = [](const SplatArrays&) { ADD_FAILURE(); };
  SplatPlan elsewhere = plan;
  elsewhere.pixel = plan.pixel.to(at::kMeta);
  EXPECT_ANY_THROW(splatBy(no_splat, depth, context, elsewhere));
  EXPECT_ANY_THROW(splatBy(no_splat, depth, at::rand({1, 3, 2, 1}), plan));
  EXPECT_ANY_THROW(splatGradientsBy([](const SplatGradientArrays&) { ADD_FAILURE(); },
                                    at::rand({1, 9, 9, 16}), depth, context, plan));

  const Kernel<StereoCostArrays> no_cost = [](const StereoCostArrays&) { ADD_FAILURE(); };
  const at::Tensor picture = at::rand({1, 4, 12, 16}), frustum = smallFrustum(7, at::kFloat);
  const StereoView view = sidewaysView(1, at::kFloat);
  EXPECT_ANY_THROW(stereoCostBy(no_cost, picture, at::rand({1, 4, 12, 15}), frustum, view, 5));
  EXPECT_ANY_THROW(stereoCostBy(no_cost, picture, picture, frustum.slice(2, 1), view, 5));
  EXPECT_ANY_THROW(stereoCostBy(no_cost, picture, picture, frustum, sidewaysView(2, at::kFloat), 5));

  const Kernel<AttentionArrays> no_attention = [](const AttentionArrays&) { ADD_FAILURE(); };
  const at::Tensor value = at::rand({2, 4, 1, 2}), places = at::rand({2, 5, 1, 3, 2}),
                   weights = at::rand({2, 5, 1, 3});
  EXPECT_ANY_THROW(deformableAttentionBy(no_attention, value, 2, 2, places.slice(0, 1), weights));
  EXPECT_ANY_THROW(deformableAttentionBy(no_attention, value, 2, 2, places, weights.slice(3, 1)));
  EXPECT_ANY_THROW(deformableAttentionBy(no_attention, value, 2, 2, places.to(at::kMeta), weights));
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
