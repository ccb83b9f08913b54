#include "core/data/predictions/orientation.h"

#include <array>
#include <utility>

#include "core/base/error.h"

namespace hbev {

const std::vector<Orientation>& allOrientations() {
  static const std::vector<Orientation> all = [] {
    std::vector<Orientation> made;
    for (int bits = 0; bits < 16; ++bits)
      made.push_back({(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0});
    return made;
  }();
  return all;
}

namespace {

std::string joined(const Orientation& orientation, const std::array<const char*, 4>& words,
                   const char* separator, const char* none) {
  const std::array<bool, 4> steps{orientation.swap_xy, orientation.flip_x, orientation.flip_y,
                                  orientation.flip_z};
  std::string text;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i]) text += (text.empty() ? "" : separator) + std::string(words[i]);
  }
  return text.empty() ? none : text;
}

}  // namespace

std::string orientationName(const Orientation& orientation) {
  return joined(orientation, {"swap-xy", "flip-x", "flip-y", "flip-z"}, "+", "as-stored");
}

std::optional<Orientation> findOrientation(std::string_view name) {
  for (const Orientation& orientation : allOrientations()) {
    if (orientationName(orientation) == name) return orientation;
  }
  return std::nullopt;
}

std::string orientationTitle(const Orientation& orientation) {
  return joined(orientation, {"x and y exchanged", "x mirrored", "y mirrored", "z upside down"}, ", ",
                "as stored");
}

std::vector<std::size_t> orientedIndices(const GridSpec& grid, const Orientation& orientation) {
  if (orientation.swap_xy && grid.dims.x() != grid.dims.y()) {
    throw Error({"x and y cannot be exchanged",
                 {},
                 "a grid that is as long as it is wide",
                 std::to_string(grid.dims.x()) + " x " + std::to_string(grid.dims.y()) + " voxels",
                 {}});
  }
  std::vector<std::size_t> sources(grid.size());
  std::size_t target = 0;
  for (int x = 0; x < grid.dims.x(); ++x) {
    for (int y = 0; y < grid.dims.y(); ++y) {
      int i = orientation.flip_x ? grid.dims.x() - 1 - x : x;
      int j = orientation.flip_y ? grid.dims.y() - 1 - y : y;
      if (orientation.swap_xy) std::swap(i, j);
      for (int z = 0; z < grid.dims.z(); ++z)
        sources[target++] = grid.index(i, j, orientation.flip_z ? grid.dims.z() - 1 - z : z);
    }
  }
  return sources;
}

Occupancy oriented(Occupancy occupancy, const Orientation& orientation) {
  if (orientation.isIdentity()) return occupancy;
  const std::vector<std::size_t> sources = orientedIndices(occupancy.grid, orientation);
  const auto reorder = [&](std::vector<std::uint8_t>& values) {
    if (values.empty()) return;
    std::vector<std::uint8_t> moved(values.size());
    for (std::size_t i = 0; i < moved.size(); ++i)
      moved[i] = values[sources[i]];
    values = std::move(moved);
  };
  reorder(occupancy.semantics);
  reorder(occupancy.mask_camera);
  reorder(occupancy.mask_lidar);
  if (!occupancy.flow.empty()) {
    const bool turns = orientation.isRotation();
    std::vector<float> moved(occupancy.flow.size());
    for (std::size_t i = 0; i < sources.size(); ++i) {
      float vx = occupancy.flow[2 * sources[i]], vy = occupancy.flow[2 * sources[i] + 1];
      if (turns && orientation.swap_xy) std::swap(vx, vy);
      moved[2 * i] = turns && orientation.flip_x ? -vx : vx;
      moved[2 * i + 1] = turns && orientation.flip_y ? -vy : vy;
    }
    occupancy.flow = std::move(moved);
  }
  return occupancy;
}

}  // namespace hbev
