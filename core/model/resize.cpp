#include "core/model/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

// The same loops compiled for newer processors too; which is taken is decided when the program starts.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__SANITIZE_ADDRESS__)
#define HBEV_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define HBEV_VECTOR_CLONES
#endif

namespace hbev {
namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;
constexpr double kSupport = 2;  // of the bicubic kernel, pixels

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

std::uint8_t clipped(std::int32_t sum) {
  return std::uint8_t(std::clamp(sum >> kPrecisionBits, 0, 255));
}

constexpr std::int32_t kHalf = 1 << (kPrecisionBits - 1);

/// sums += row * weight
HBEV_VECTOR_CLONES void addRow(const std::uint8_t* __restrict row, std::int32_t weight,
                               std::int32_t* __restrict sums, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    sums[i] += std::int32_t(row[i]) * weight;
}

HBEV_VECTOR_CLONES void clipRow(const std::int32_t* __restrict sums, std::uint8_t* __restrict target,
                                std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    target[i] = clipped(sums[i]);
}

}  // namespace

ResizePlan::ResizePlan(int width, int height, int new_width, int new_height, const ResizeWindow& window)
    : window_(window),
      width_(width),
      across_(axisOf(width, new_width, window.left, window.width)),
      down_(axisOf(height, new_height, window.top, window.height)) {}

ResizePlan::Axis ResizePlan::axisOf(int size, int new_size, int window_begin, int window_size) {
  Axis axis;
  axis.begin = std::clamp(window_begin, 0, new_size);
  axis.end = std::clamp(window_begin + window_size, axis.begin, new_size);
  axis.copies = size == new_size;
  const double scale = double(size) / new_size, filter_scale = std::max(scale, 1.0);
  const double support = kSupport * filter_scale;
  const auto most = std::size_t(std::ceil(support)) * 2 + 1;
  axis.weights.resize(most * std::size_t(axis.end - axis.begin));
  std::vector<double> exact(most);
  for (int target = axis.begin; target < axis.end; ++target) {
    const double center = (target + 0.5) * scale;
    const int first = std::max(0, int(center - support + 0.5));
    const int count = std::min(size, int(center + support + 0.5)) - first;
    double sum = 0;
    for (int i = 0; i < count; ++i) {
      exact[std::size_t(i)] = bicubic((i + first - center + 0.5) * (1.0 / filter_scale));
      sum += exact[std::size_t(i)];
    }
    const std::size_t offset = most * axis.taps.size();
    for (int i = 0; i < count; ++i) {
      const double weight =
          (sum != 0 ? exact[std::size_t(i)] / sum : exact[std::size_t(i)]) * (1 << kPrecisionBits);
      axis.weights[offset + std::size_t(i)] = std::int32_t(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    axis.taps.push_back({first, count, offset});
  }
  return axis;
}

void ResizePlan::resizeAcross(const std::uint8_t* row, std::uint8_t* target) const {
  if (across_.copies) {
    std::memcpy(target, row + 3 * std::size_t(across_.begin), 3 * across_.taps.size());
    return;
  }
  for (const Taps& taps : across_.taps) {
    const std::uint8_t* pixel = row + 3 * std::size_t(taps.first);
    const std::int32_t* weights = across_.weights.data() + taps.weights;
    std::int32_t red = kHalf, green = kHalf, blue = kHalf;
    for (int i = 0; i < taps.count; ++i, pixel += 3) {
      red += pixel[0] * weights[i];
      green += pixel[1] * weights[i];
      blue += pixel[2] * weights[i];
    }
    *target++ = clipped(red);
    *target++ = clipped(green);
    *target++ = clipped(blue);
  }
}

void ResizePlan::resizeRows(const Image& picture, int begin, int end, Image& result) const {
  begin = std::max(begin, down_.begin - window_.top);
  end = std::min(end, down_.end - window_.top);
  if (begin >= end || across_.taps.empty()) return;
  const auto tapsOf = [&](int row) -> const Taps& {
    return down_.taps[std::size_t(row + window_.top - down_.begin)];
  };
  const int first = tapsOf(begin).first, last = tapsOf(end - 1).first + tapsOf(end - 1).count;
  const std::size_t row_bytes = 3 * across_.taps.size();
  std::vector<std::uint8_t> narrow(std::size_t(last - first) * row_bytes);
  for (int row = first; row < last; ++row) {
    resizeAcross(picture.rgb.data() + std::size_t(row) * std::size_t(width_) * 3,
                 narrow.data() + std::size_t(row - first) * row_bytes);
  }
  std::vector<std::int32_t> sums(row_bytes);
  for (int row = begin; row < end; ++row) {
    std::uint8_t* target =
        result.rgb.data() +
        (std::size_t(row) * std::size_t(result.width) + std::size_t(across_.begin - window_.left)) * 3;
    const Taps& taps = tapsOf(row);
    const std::uint8_t* source = narrow.data() + std::size_t(taps.first - first) * row_bytes;
    if (down_.copies) {
      source = narrow.data() + std::size_t(row + window_.top - first) * row_bytes;
      std::memcpy(target, source, row_bytes);
      continue;
    }
    std::fill(sums.begin(), sums.end(), kHalf);
    for (int i = 0; i < taps.count; ++i)
      addRow(source + std::size_t(i) * row_bytes, down_.weights[taps.weights + std::size_t(i)], sums.data(),
             row_bytes);
    clipRow(sums.data(), target, row_bytes);
  }
}

}  // namespace hbev
