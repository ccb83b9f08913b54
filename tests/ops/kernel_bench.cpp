// Times of the operations' kernels at the published network's sizes, on every device: bench_kernels. Each
// line gives the bytes that must move, the rate at which they did, its share of the device's own copying, and
// how many times the plain composition's speed that is. On a card also those of the kernels alone, without
// what the operation does around them. Run by hand and by packaging/gpu_check.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/cuda.h>

#include "core/ops/cost_volume.h"
#include "core/ops/deformable_attention.h"
#include "core/ops/device_moment.h"
#include "core/ops/gradients.h"
#include "core/ops/kernel_table.h"
#include "core/ops/lift_splat.h"

namespace hbev::test {
namespace {

constexpr std::int64_t kCameraCount = 6, kDepths = 88;

/// Six cameras that look outwards every 60 degrees.
at::Tensor ringOfPoints() {
  const std::int64_t h = 16, w = 44;
  const at::Tensor d = at::arange(kDepths).to(at::kFloat).mul(0.5).add(1).view({kDepths, 1, 1});
  const at::Tensor across = at::linspace(-0.63, 0.63, w).view({1, 1, w}),
                   down = at::linspace(-0.23, 0.23, h).view({1, h, 1});
  std::vector<at::Tensor> cameras;
  for (std::int64_t camera = 0; camera < kCameraCount; ++camera) {
    const double yaw = double(camera) * M_PI / 3;
    const at::Tensor x = d * (std::cos(yaw) - across * std::sin(yaw)),
                     y = d * (std::sin(yaw) + across * std::cos(yaw));
    cameras.push_back(at::stack(at::broadcast_tensors({x, y, 1.5 - d * down}), -1));
  }
  return at::stack(cameras).unsqueeze(0);
}

StereoView drivingView() {
  StereoView view;
  at::Tensor intrinsics = at::eye(3) * 560, motion = at::eye(4);
  intrinsics[0][2] = 352, intrinsics[1][2] = 128, intrinsics[2][2] = 1, motion[2][3] = 2.5;
  view.intrinsics = intrinsics.expand({1, kCameraCount, 3, 3}).contiguous();
  view.other_from_current = motion.expand({1, kCameraCount, 4, 4}).contiguous();
  view.image_rotation = at::eye(3).expand({1, kCameraCount, 3, 3}).contiguous();
  view.image_shift = at::zeros({1, kCameraCount, 3});
  view.width = 704, view.height = 256;
  return view;
}

at::Tensor stereoFrustum(std::int64_t height, std::int64_t width) {
  const at::Tensor x = at::linspace(0, 703, width).expand({kDepths, height, width});
  const at::Tensor y = at::linspace(0, 255, height).view({1, height, 1}).expand_as(x);
  return at::stack(
      {x, y, at::arange(kDepths).to(at::kFloat).mul(0.5).add(1).view({kDepths, 1, 1}).expand_as(x)}, -1);
}

class Bench {
 public:
  Bench(at::Device device, at::ScalarType type) : device_(device), type_(type) {
    const at::Tensor from =
        at::empty({device.is_cuda() ? 256 << 20 : 32 << 20}, at::device(device).dtype(at::kByte));
    const at::Tensor to = at::empty_like(from);
    copy_ = 2.0 * double(from.numel()) / seconds([&] { to.copy_(from); });
    std::printf("\n%s, %s: copying moves %.0f GB/s\n%-32s %10s %10s %8s %8s %12s\n", device.str().c_str(),
                at::toString(type), copy_ * 1e-9, "", "ms", "MB", "GB/s", "of copy", "times plain");
  }

  void line(const char* name, double bytes, const std::function<void()>& kernel,
            const std::function<void()>& plain) {
    const double time = seconds(kernel), slow = plain ? seconds(plain) : 0;
    std::printf("%-32s %10.3f %10.1f %8.0f %7.0f%% ", name, time * 1e3, bytes * 1e-6, bytes / time * 1e-9,
                100 * bytes / time / copy_);
    plain ? std::printf("%12.1f\n", slow / time) : std::printf("%12s\n", "");
    std::fflush(stdout);
  }
  /// What an operation is to call in the kernel's place: the kernel alone, measured.
  template <class Arrays>
  Kernel<Arrays> alone(const char* name, double bytes, const Kernel<Arrays>& kernel) {
    return [=, this](const Arrays& arrays) { line(name, bytes, [&] { kernel(arrays); }, {}); };
  }

  at::Tensor mine(const at::Tensor& tensor) const { return tensor.to(device_, type_); }
  at::Tensor beside(const at::Tensor& tensor) const {
    return tensor.to(device_, type_ == at::kHalf ? at::kFloat : type_);
  }
  at::Tensor there(const at::Tensor& tensor) const { return tensor.to(device_); }
  double size() const { return type_ == at::kHalf ? 2 : 4; }

  void splatting() {
    const SplatGrid grid{{-40, -40, -1}, {0.4F, 0.4F, 0.8F}, {200, 200, 8}};
    const SplatPlan plan = planSplat(there(ringOfPoints()), grid);
    const std::int64_t channels = 80, pixels = kCameraCount * 16 * 44;
    at::Tensor depth = beside(at::rand({kCameraCount, kDepths, 16, 44}));
    at::Tensor context =
        mine(at::randn({kCameraCount, channels, 16, 44})).contiguous(at::MemoryFormat::ChannelsLast);
    const double points = double(plan.point.numel()), voxels = double(plan.voxel.numel());
    const double all = 200.0 * 200 * 8 * double(channels) * size();
    line(
        "splat", 20 * points + 16 * voxels + size() * double(channels) * (double(pixels) + voxels) + all,
        [&] { splat(depth, context, plan); }, [&] { splatPlain(depth, context, plan); });
    const at::Tensor towards = at::randn_like(splatPlain(depth, context, plan));
    const OpKernels& kernels = kernelsOf(device_);
    const double rows = size() * double(channels) * (double(pixels) + voxels);
    if (kernels.splat)
      splatBy(alone("  its kernel alone", 20 * points + 16 * voxels + rows, kernels.splat), depth, context,
              plan);
    if (kernels.splat && kernels.splat_gradient) {
      const double written = size() * double(channels) * double(pixels);
      splatGradientsBy(alone("  its gradients' kernel alone", 16 * double(pixels * kDepths) + rows + written,
                             kernels.splat_gradient),
                       towards, depth, context, plan);
    }
    const at::AutoGradMode gradient(true);
    depth.requires_grad_(), context.requires_grad_();
    line(
        "splat, forwards and backwards", 0, [&] { splat(depth, context, plan).backward(towards); },
        [&] { splatPlain(depth, context, plan).backward(towards); });
  }

  void matching() {
    const std::int64_t h = 64, w = 176, channels = 256;
    const auto features = [&] {
      return mine(at::rand({kCameraCount, channels, h, w})).contiguous(at::MemoryFormat::ChannelsLast);
    };
    const at::Tensor current = features(), previous = features(), frustum = there(stereoFrustum(h, w));
    StereoView view = drivingView();
    view.intrinsics = there(view.intrinsics), view.other_from_current = there(view.other_from_current);
    view.image_rotation = there(view.image_rotation), view.image_shift = there(view.image_shift);
    const double pixels = double(kCameraCount * h * w), depths = double(kDepths);
    const double bytes =
        2 * size() * pixels * double(channels) + 12 * depths * double(h * w) + 4 * pixels * depths;
    if (const auto& kernel = kernelsOf(device_).stereo_cost)
      stereoCostBy(alone("stereo cost volume's kernel", bytes, kernel), current, previous, frustum, view, 5);
    line(
        "stereo cost volume", bytes, [&] { stereoCost(current, previous, frustum, view, 5); },
        [&] {
          stereoCostPlain(current.to(frustum.scalar_type()), previous.to(frustum.scalar_type()), frustum,
                          view, 5);
        });
  }

  void attending() {
    const std::int64_t queries = 2500, heads = 4, dim = 40, points = 16, h = 16, w = 44;
    at::Tensor value = mine(at::randn({kCameraCount, h * w, heads, dim}));
    at::Tensor places = beside(at::rand({kCameraCount, queries, heads, points, 2}));
    at::Tensor weights = beside(at::rand({kCameraCount, queries, heads, points}));
    const double rows = double(kCameraCount * queries * heads), cells = double(kCameraCount * h * w * heads);
    const double bytes = 12 * rows * double(points) + size() * double(dim) * (rows + cells);
    const at::Tensor towards = mine(at::randn({kCameraCount, queries, heads * dim}));
    const OpKernels& kernels = kernelsOf(device_);
    if (kernels.attention) {
      deformableAttentionBy(alone("deformable attention's kernel", bytes, kernels.attention), value, h, w,
                            places, weights);
      const double written = 12 * rows * double(points) + 4 * double(dim) * cells;
      deformableAttentionGradientsBy(
          alone("  its gradients' kernel", bytes + written, kernels.attention_gradient), towards, value, h, w,
          places, weights);
    }
    line(
        "deformable attention", bytes, [&] { deformableAttention(value, h, w, places, weights); },
        [&] { deformableAttentionPlain(value, h, w, places, weights); });
    const at::AutoGradMode gradient(true);
    value.requires_grad_(), places.requires_grad_(), weights.requires_grad_();
    line(
        "attention, forwards and backwards", 0,
        [&] { deformableAttention(value, h, w, places, weights).backward(towards); },
        [&] { deformableAttentionPlain(value, h, w, places, weights).backward(towards); });
  }

 private:
  /// Of one call: the median of some. A card is given many calls in a row, so that what the processor does
  /// for one is hidden behind the others, if it can be.
  double seconds(const std::function<void()>& call) const {
    constexpr double kGroup_s = 0.05, kMost_s = 2;
    if (device_.is_cuda()) call();
    std::vector<double> times;
    int calls = 1;
    double all = 0;
    while (times.size() < 5 || (all < 1 && times.size() < 50)) {
      if (device_.is_cuda()) torch::cuda::synchronize();
      const DeviceMoment begin(device_);
      for (int i = 0; i < calls; ++i)
        call();
      const double group = DeviceMoment(device_).secondsSince(begin);
      if (device_.is_cuda() && calls == 1 && times.empty() && group < kGroup_s) {
        calls = std::clamp(int(kGroup_s / std::max(group, 1e-6)), 2, 500);
        continue;  // that one was for their number
      }
      times.push_back(group / calls);
      all += group;
      if (all > kMost_s && (times.size() >= 3 || all > 5 * kMost_s)) break;
    }
    std::ranges::nth_element(times, times.begin() + std::ptrdiff_t(times.size() / 2));
    return times[times.size() / 2];
  }

  at::Device device_;
  at::ScalarType type_;
  double copy_ = 0;
};

void run(at::Device device, at::ScalarType type) {
  const at::NoGradGuard no_gradient;
  at::manual_seed(1);
  Bench bench(device, type);
  bench.splatting();
  bench.matching();
  bench.attending();
}

}  // namespace
}  // namespace hbev::test

int main(int argc, char** argv) {
  const std::string device = argc > 1 ? argv[1] : torch::cuda::is_available() ? "cuda" : "cpu";
  at::set_num_threads(argc > 2 ? std::stoi(argv[2]) : at::get_num_threads());
  hbev::test::run(at::Device(device), at::kFloat);
  if (at::Device(device).is_cuda()) hbev::test::run(at::Device(device), at::kHalf);
  return 0;
}
