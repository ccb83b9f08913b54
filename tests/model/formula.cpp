#include "tests/model/formula.h"

#include <array>
#include <cmath>
#include <utility>

namespace hbev::test {
namespace {

struct Gain {
  const char* part;
  double gain;
};
constexpr std::array<Gain, 9> kGains{{{"predicter.0.", 4},
                                      {"predicter.2.", 3},
                                      {"predicter_flow.", 3},
                                      {"depth_conv.4.", 6},
                                      {"context_conv.", 6},
                                      {"pre_process_net.", 2},
                                      {"sampling_offsets.", 2},
                                      {"attention_weights.", 2},
                                      {"conv_offset.3.", 2}}};
/// Typical sizes of the 27 numbers that the depth net is told of a camera.
constexpr std::array<double, 27> kCameraScales{
    1266, 1266, 816, 491, 0.44, 0.1, 10, 0.1, 0.44, 140, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

double gainOf(const std::string& name) {
  for (const Gain& gain : kGains) {
    if (name.find(gain.part) != std::string::npos) return gain.gain;
  }
  return 1;
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

/// value = offset + scale * u
struct Affine {
  double offset, scale;
};

Affine affineOf(const std::string& name, const std::vector<std::int64_t>& shape, std::int64_t numel) {
  const std::size_t dot = name.rfind('.');
  const std::string last = dot == std::string::npos ? name : name.substr(dot + 1);
  const std::string before = dot == std::string::npos ? "" : name.substr(0, dot);
  const std::string prev = before.substr(before.rfind('.') + 1);
  if (contains(prev, "embed") || contains(last, "embed")) return {0, 1};
  if (last == "weight" && shape.size() >= 2) {
    return {0, std::sqrt(3.0 / (double(numel) / double(shape[0]))) * gainOf(name)};
  }
  if (last == "weight") return {1, 0.1};
  if (last == "bias") return {0, contains(name, "sampling_offsets.") ? 2.0 : 0.05};
  if (last == "running_mean") return {0, 0.1};
  return {1, 0.3};  // running_var
}

}  // namespace

Stream::Stream(const std::string& name, std::uint64_t salt) : hash_(0xcbf29ce484222325U) {
  for (const char c : name)
    hash_ = (hash_ ^ std::uint8_t(c)) * 0x100000001b3U;
  seed_ = hash_ ^ salt;
}

std::uint64_t Stream::raw(std::uint64_t i) const {
  std::uint64_t z = seed_ + (i + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

double Stream::operator()(std::uint64_t i) const {
  return double(raw(i) >> 11) * 0x1p-53 * 2 - 1;
}

std::vector<float> weightsByFormula(const std::string& name, const std::vector<std::int64_t>& shape,
                                    std::uint64_t salt) {
  const std::string last = name.substr(name.rfind('.') + 1);
  if (last == "pe" || last == "num_batches_tracked") return {};
  std::int64_t numel = 1;
  for (const std::int64_t extent : shape)
    numel *= extent;
  const Affine affine = affineOf(name, shape, numel);
  const bool scaled = name.ends_with("depth_net.bn.running_var");
  const Stream u(name, salt);
  std::vector<float> values(static_cast<std::size_t>(numel));
  for (std::size_t i = 0; i < values.size(); ++i) {
    double value = affine.offset + affine.scale * u(i);
    if (scaled) value *= kCameraScales.at(i) * kCameraScales.at(i);
    values[i] = float(value);
  }
  return values;
}

void fillByFormula(torch::nn::Module& module, std::uint64_t salt) {
  const at::NoGradGuard no_gradient;
  for (StateEntry& entry : stateOf(module)) {
    std::vector<float> values = weightsByFormula(entry.name, entry.tensor.sizes().vec(), salt);
    if (values.empty()) continue;
    entry.tensor.copy_(at::from_blob(values.data(), entry.tensor.sizes(), at::kFloat));
  }
}

void computePositionsInDouble(HbevOcc& network) {
  for (StateEntry& entry : stateOf(*network)) {
    if (!entry.name.ends_with(".pe")) continue;
    const std::int64_t channels = entry.tensor.size(1), cells = entry.tensor.size(2) * entry.tensor.size(3);
    const torch::Tensor frequency =
        (at::arange(0, channels, 2, at::kFloat) * -(std::log(10000.0) / double(channels)))
            .exp()
            .to(at::kDouble);
    const torch::Tensor angle = at::arange(cells, at::kDouble).unsqueeze(1) * frequency;
    const torch::Tensor codes = at::stack({angle.sin(), angle.cos()}, -1).to(at::kFloat);
    entry.tensor.copy_(codes.reshape({cells, channels}).t().reshape(entry.tensor.sizes()));
  }
}

namespace {

/// One picture of 3 channels: a grid of 16 pixels, interpolated and shifted by 4 pixels a frame, and noise on
/// top.
void paint(float* out, const Stream& base, const Stream& fine, std::int64_t camera, std::int64_t frame,
           std::int64_t frames, std::int64_t height, std::int64_t width) {
  const std::int64_t grid_height = height / 16 + 1, grid_width = (width + 4 * frames) / 16 + 2;
  for (std::int64_t c = 0; c < 3; ++c) {
    const std::int64_t plane = (camera * 3 + c) * grid_height * grid_width;
    const auto g = [&](std::int64_t y, std::int64_t x) {
      return base(std::uint64_t(plane + y * grid_width + x));
    };
    for (std::int64_t y = 0; y < height; ++y) {
      const std::int64_t row = y / 16;
      const double fy = double(y % 16) / 16;
      for (std::int64_t x = 0; x < width; ++x) {
        const std::int64_t shifted = x + 4 * frame, column = shifted / 16;
        const double fx = double(shifted % 16) / 16;
        const double top = (1 - fx) * g(row, column) + fx * g(row, column + 1);
        const double bottom = (1 - fx) * g(row + 1, column) + fx * g(row + 1, column + 1);
        const std::int64_t at = (((camera * frames + frame) * 3 + c) * height + y) * width + x;
        *out++ = float(1.6 * ((1 - fy) * top + fy * bottom) + 0.3 * fine(std::uint64_t(at)));
      }
    }
  }
}

}  // namespace

torch::Tensor picturesByFormula(const std::vector<std::int64_t>& shape, int cameras, std::uint64_t salt) {
  const Stream base("input.img.base", salt), fine("input.img.fine", salt);
  const std::int64_t frames = shape[1] / cameras, size = 3 * shape[3] * shape[4];
  torch::Tensor pictures = at::empty(shape, at::kFloat);
  for (std::int64_t i = 0; i < shape[0] * shape[1]; ++i) {
    paint(pictures.data_ptr<float>() + i * size, base, fine, i / frames, i % frames, frames, shape[3],
          shape[4]);
  }
  return pictures;
}

}  // namespace hbev::test
