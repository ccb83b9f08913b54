#include "render/voxel_columns.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/core.h>

#include "core/base/error.h"

namespace hbev {
namespace {

// What 3D textures of any graphics card of the last ten years hold.
constexpr int kMostAcross = 2047;

std::array<bool, 256> shownClasses(const Occupancy& occupancy, const VoxelFilter& filter) {
  std::array<bool, 256> shown{};
  for (int label = 0; label < std::min(occupancy.classes->size(), 32); ++label) {
    shown[std::size_t(label)] =
        label != occupancy.classes->free() && (filter.visible_classes >> label & 1U) != 0;
  }
  return shown;
}

}  // namespace

void requireDrawable(const Occupancy& occupancy) {
  const Eigen::Vector3i& dims = occupancy.grid.dims;
  const std::string found =
      fmt::format("[{}, {}, {}], {} voxels", dims.x(), dims.y(), dims.z(), occupancy.semantics.size());
  if ((dims.array() < 1).any() || dims.z() > 64 || dims.maxCoeff() > kMostAcross) {
    throw Error({"This grid cannot be drawn", {}, "at most 64 layers and 2047 voxels across", found, {}});
  }
  const std::size_t size = occupancy.grid.size();
  if (occupancy.semantics.size() != size ||
      (!occupancy.mask_camera.empty() && occupancy.mask_camera.size() != size)) {
    throw Error({"The occupancy's arrays do not have its grid's size",
                 {},
                 fmt::format("{} voxels", size),
                 found,
                 {}});
  }
}

VoxelColumns::VoxelColumns(const Occupancy& occupancy, const VoxelFilter& filter)
    : dims_(occupancy.grid.dims) {
  requireDrawable(occupancy);
  bits_.assign(std::size_t(dims_.x() + 2) * std::size_t(dims_.y() + 2), 0);
  const std::array<bool, 256> shown = shownClasses(occupancy, filter);
  const bool masked = filter.camera_mask_only && !occupancy.mask_camera.empty();
  const int z_begin = std::max(0, filter.z_min), z_end = std::min(dims_.z() - 1, filter.z_max) + 1;
  const std::uint64_t eight_free = 0x0101010101010101ULL * occupancy.classes->free();
  const std::uint8_t* column = occupancy.semantics.data();
  const std::uint8_t* seen = masked ? occupancy.mask_camera.data() : nullptr;
  for (int x = 0; x < dims_.x(); ++x) {
    for (int y = 0; y < dims_.y(); ++y, column += dims_.z()) {
      const std::uint8_t* seen_column = seen;
      if (seen != nullptr) seen += dims_.z();
      if (!filter.admitsColumn(occupancy.grid, x, y)) continue;
      std::uint64_t bits = 0;
      for (int z = z_begin; z < z_end;) {
        // Most of the world is air: eight free voxels are one comparison.
        std::uint64_t eight = 0;
        if (z + 8 <= z_end && (std::memcpy(&eight, column + z, 8), eight == eight_free)) {
          z += 8;
          continue;
        }
        for (const int end = std::min(z + 8, z_end); z < end; ++z) {
          bits |= std::uint64_t{shown[column[z]]} << z;
        }
      }
      if (seen_column != nullptr) {
        for (int z = z_begin; z < z_end; ++z) {
          if (seen_column[z] != 1) bits &= ~(std::uint64_t{1} << z);
        }
      }
      bits_[offset(x, y)] = bits;
    }
  }
}

}  // namespace hbev
