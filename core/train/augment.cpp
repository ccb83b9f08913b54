#include "core/train/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace hbev {
namespace {

/// From 0 to below 1, the same on every platform.
double share(Random& random) {
  return double(random() >> 11) * 0x1p-53;
}

double between(const AxisRange& range, Random& random) {
  return range.lower + (range.upper - range.lower) * share(random);
}

bool coin(Random& random) {
  return (random() & 1) != 0;
}

/// values [X, Y, rest], rows exchanged end to end.
template <class T>
void mirrorRows(std::vector<T>& values, const GridSpec& grid, std::size_t rest, const BevChange& change) {
  if (values.empty()) return;
  const std::size_t columns = std::size_t(grid.dims.y()), rows = std::size_t(grid.dims.x());
  const auto at = [&](std::size_t x, std::size_t y) {
    return values.begin() + std::ptrdiff_t((x * columns + y) * rest);
  };
  if (change.flip_x) {
    for (std::size_t x = 0; x < rows / 2; ++x)
      std::swap_ranges(at(x, 0), at(x + 1, 0), at(rows - 1 - x, 0));
  }
  if (!change.flip_y) return;
  for (std::size_t x = 0; x < rows; ++x) {
    for (std::size_t y = 0; y < columns / 2; ++y)
      std::swap_ranges(at(x, y), at(x, y) + std::ptrdiff_t(rest), at(x, columns - 1 - y));
  }
}

}  // namespace

Random sampleRandom(std::uint64_t seed, std::uint64_t step, std::uint64_t place) {
  std::array<std::uint32_t, 6> words{};
  std::size_t i = 0;
  for (const std::uint64_t number : {seed, step, place}) {
    words[i++] = std::uint32_t(number);
    words[i++] = std::uint32_t(number >> 32);
  }
  std::seed_seq sequence(words.begin(), words.end());
  return Random(sequence);
}

ImageDraw drawImage(const TrainingConfig& config, Random& random) {
  ImageDraw draw;
  draw.resize_added = between(config.resize, random);
  draw.crop_share = share(random);
  draw.mirrored = coin(random) && config.flip_images;
  draw.turn_deg = between(config.rotate_deg, random);
  return draw;
}

ImageChange imageChange(const ImageConfig& config, int picture_width, int picture_height,
                        const ImageDraw& draw) {
  ImageChange change;
  change.scale = double(config.width) / double(picture_width) + draw.resize_added;
  change.width = int(picture_width * change.scale);
  change.height = int(picture_height * change.scale);
  change.left = int(draw.crop_share * std::max(0, change.width - config.width));
  change.top = change.height - config.height;
  change.crop_width = config.width;
  change.crop_height = config.height;
  change.mirrored = draw.mirrored;
  change.turn_deg = draw.turn_deg;
  return change;
}

BevChange drawBev(const TrainingConfig& config, Random& random) {
  const bool flip_x = coin(random), flip_y = coin(random);
  return {.flip_x = flip_x && config.flip_x, .flip_y = flip_y && config.flip_y};
}

void mirror(Occupancy& occupancy, const BevChange& change) {
  constexpr float kUnknownFlow = 255;
  const std::size_t heights = std::size_t(occupancy.grid.dims.z());
  mirrorRows(occupancy.semantics, occupancy.grid, heights, change);
  mirrorRows(occupancy.mask_camera, occupancy.grid, heights, change);
  mirrorRows(occupancy.mask_lidar, occupancy.grid, heights, change);
  mirrorRows(occupancy.flow, occupancy.grid, heights * 2, change);
  const std::array<bool, 2> negated{change.flip_x, change.flip_y};
  for (std::size_t i = 0; i < occupancy.flow.size(); ++i) {
    float& flow = occupancy.flow[i];
    if (negated[i % 2] && flow != kUnknownFlow) flow = -flow;
  }
}

std::vector<float> lidarDepthMap(std::span<const LidarPoint> points, const Eigen::Matrix4f& image_from_lidar,
                                 int width, int height, const AxisRange& depth) {
  std::vector<float> map(std::size_t(width) * std::size_t(height));
  for (const LidarPoint& point : points) {
    const Eigen::Vector4f seen = image_from_lidar * Eigen::Vector4f(point.x, point.y, point.z, 1);
    const float x = std::nearbyint(seen.x() / seen.z()), y = std::nearbyint(seen.y() / seen.z());
    if (!(x >= 0 && x < float(width) && y >= 0 && y < float(height))) continue;
    if (!(double(seen.z()) >= depth.lower && double(seen.z()) < depth.upper)) continue;
    float& nearest = map[std::size_t(y) * std::size_t(width) + std::size_t(x)];
    if (nearest == 0 || seen.z() < nearest) nearest = seen.z();
  }
  return map;
}

}  // namespace hbev
