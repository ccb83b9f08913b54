// The faces between what is shown and air, merged into rectangles, 8 bytes a vertex.
#pragma once

#include <cstdint>
#include <vector>

#include "render/voxel_columns.h"

namespace hbev {

/// -x, +x, -y, +y, -z, +z: axis is face / 2, odd faces look along the axis.
inline constexpr int kFaceCount = 6;

/// The two axes that span a face, in ascending order.
inline constexpr int firstAxis(int face) {
  return face < 2 ? 1 : 0;
}
inline constexpr int secondAxis(int face) {
  return face < 4 ? 2 : 1;
}

struct VoxelVertex {
  std::uint16_t x, y, z;  ///< grid corner, in voxels
  std::uint8_t face;      ///< 0 to 5
  std::uint8_t corner;    ///< bit 0: the upper end along the face's first axis, bit 1: along its second
};
static_assert(sizeof(VoxelVertex) == 8);

struct VoxelMesh {
  std::vector<VoxelVertex> vertices;   ///< four a quad, counter-clockwise from outside
  std::vector<std::uint32_t> indices;  ///< two triangles a quad
  std::size_t quads() const { return vertices.size() / 4; }
};

/// Every face of a shown voxel towards one that is not shown (or the grid's outside), covered exactly once.
/// Classes do not matter: colour is looked up per voxel when drawing.
VoxelMesh buildVoxelMesh(const VoxelColumns& columns);

/// For each grid corner [X+1, Y+1, Z+1] which of the eight voxels around it are shown: bit 0 of a voxel's
/// number is set when it is on the upper side along x, bit 1 along y, bit 2 along z. Corners are darkened by
/// it.
std::vector<std::uint8_t> cornerNeighbours(const VoxelColumns& columns);

}  // namespace hbev
