#include "render/ego_car.h"

#include "core/geometry/grid.h"
#include "render/voxel_mesh.h"

namespace hbev {
namespace {

void addBlock(std::vector<SolidVertex>& triangles, const Eigen::Vector3f& lower, const Eigen::Vector3f& upper,
              Rgb color) {
  // A block is one voxel's mesh, stretched.
  Occupancy one;
  one.grid.dims = {1, 1, 1};
  one.semantics = {0};
  const VoxelMesh mesh = buildVoxelMesh(VoxelColumns(one, {}));
  for (const std::uint32_t index : mesh.indices) {
    const VoxelVertex& vertex = mesh.vertices[index];
    Eigen::Vector3f normal = Eigen::Vector3f::Zero();
    normal[vertex.face / 2] = vertex.face % 2 == 1 ? 1.0F : -1.0F;
    const Eigen::Vector3f share(vertex.x, vertex.y, vertex.z);
    triangles.push_back(
        {lower + share.cwiseProduct(upper - lower), normal, {color.r, color.g, color.b, 255}});
  }
}

}  // namespace

std::vector<SolidVertex> egoCarTriangles() {
  std::vector<SolidVertex> triangles;
  addBlock(triangles, {-1.05F, -0.9F, 0.25F}, {3.05F, 0.9F, 1.05F}, {0xF4, 0xF5, 0xF5});
  addBlock(triangles, {-0.75F, -0.78F, 1.05F}, {1.95F, 0.78F, 1.6F}, {0x23, 0x27, 0x2E});
  return triangles;
}

}  // namespace hbev
