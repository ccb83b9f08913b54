#include "render/voxel_mesh.h"

#include <array>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "render/picking.h"
#include "tests/render/street.h"

namespace hbev {
namespace {

using Face = std::array<int, 4>;  // voxel x, y, z, face

Occupancy randomOccupancy(unsigned seed, const Eigen::Vector3i& dims, double density) {
  Occupancy occupancy;
  occupancy.grid.dims = dims;
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> unit(0, 1);
  std::uniform_int_distribution<int> label(0, occupancy.classes->free() - 1);
  for (std::size_t i = 0; i < occupancy.grid.size(); ++i) {
    occupancy.semantics.push_back(unit(random) < density ? std::uint8_t(label(random))
                                                         : occupancy.classes->free());
    occupancy.mask_camera.push_back(std::uint8_t(unit(random) < 0.7));
  }
  return occupancy;
}

/// The obvious loop: each face of a shown voxel whose neighbour is not shown.
std::set<Face> exposedFaces(const Occupancy& occupancy, const VoxelFilter& filter) {
  const GridSpec& grid = occupancy.grid;
  const auto shown = [&](const Eigen::Vector3i& voxel) {
    return grid.contains(voxel) && isShown(occupancy, filter, grid.index(voxel), voxel.z());
  };
  std::set<Face> faces;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const Eigen::Vector3i voxel = grid.voxel(i);
    if (!shown(voxel)) continue;
    for (int face = 0; face < kFaceCount; ++face) {
      Eigen::Vector3i neighbour = voxel;
      neighbour[face / 2] += face % 2 == 1 ? 1 : -1;
      if (!shown(neighbour)) faces.insert({voxel.x(), voxel.y(), voxel.z(), face});
    }
  }
  return faces;
}

/// How often the mesh covers each voxel's face; also checks that every quad is seen from outside.
std::map<Face, int> coverage(const VoxelMesh& mesh) {
  std::map<Face, int> covered;
  for (std::size_t quad = 0; quad < mesh.quads(); ++quad) {
    const VoxelVertex* corners = mesh.vertices.data() + 4 * quad;
    const auto at = [&](std::size_t i) { return Eigen::Vector3i(corners[i].x, corners[i].y, corners[i].z); };
    const int face = corners[0].face, axis = face / 2;
    const Eigen::Vector3i normal = (at(1) - at(0)).cross(at(2) - at(1));
    EXPECT_EQ(normal[axis] > 0, face % 2 == 1) << "quad " << quad << " turns its back";
    Eigen::Vector3i begin = at(0), end = at(0);
    for (std::size_t i = 0; i < 4; ++i) {
      begin = begin.cwiseMin(at(i));
      end = end.cwiseMax(at(i));
      EXPECT_EQ(corners[i].face, face);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ((corners[i].corner & 1) != 0, at(i)[firstAxis(face)] == end[firstAxis(face)]);
      EXPECT_EQ((corners[i].corner & 2) != 0, at(i)[secondAxis(face)] == end[secondAxis(face)]);
    }
    begin[axis] -= face % 2;
    end[axis] = begin[axis] + 1;
    for (int x = begin.x(); x < end.x(); ++x) {
      for (int y = begin.y(); y < end.y(); ++y) {
        for (int z = begin.z(); z < end.z(); ++z) {
          ++covered[{x, y, z, face}];
        }
      }
    }
  }
  return covered;
}

void expectEveryFaceOnce(const Occupancy& occupancy, const VoxelFilter& filter) {
  const VoxelMesh mesh = buildVoxelMesh(VoxelColumns(occupancy, filter));
  EXPECT_EQ(mesh.indices.size(), 6 * mesh.quads());
  const std::map<Face, int> covered = coverage(mesh);
  const std::set<Face> expected = exposedFaces(occupancy, filter);
  EXPECT_EQ(covered.size(), expected.size());
  for (const auto& [face, times] : covered) {
    ASSERT_EQ(times, 1);
    ASSERT_TRUE(expected.contains(face));
  }
}

TEST(VoxelMesh, CoversEveryExposedFaceOfRandomGridsOnce) {
  unsigned seed = 0;
  for (const Eigen::Vector3i& dims :
       {Eigen::Vector3i(7, 9, 16), {1, 1, 1}, {3, 70, 5}, {70, 3, 9}, {4, 5, 64}, {5, 129, 1}}) {
    for (const double density : {0.02, 0.5, 0.97}) {
      expectEveryFaceOnce(randomOccupancy(++seed, dims, density), {});
    }
  }
}

TEST(VoxelMesh, FollowsTheFilter) {
  const Occupancy occupancy = randomOccupancy(99, {12, 11, 16}, 0.6);
  expectEveryFaceOnce(occupancy, {.visible_classes = 0b1011});
  expectEveryFaceOnce(occupancy, {.z_min = 3, .z_max = 11});
  expectEveryFaceOnce(occupancy, {.camera_mask_only = true});
  expectEveryFaceOnce(occupancy, {.x_min_m = -39, .y_min_m = -38.7, .y_max_m = -36.5});
  expectEveryFaceOnce(occupancy, {.range_min_m = 53, .range_max_m = 55});
  // Columns that are left out have masks, too.
  expectEveryFaceOnce(occupancy, {.x_max_m = -37.3, .range_min_m = 53, .camera_mask_only = true});
  EXPECT_EQ(buildVoxelMesh(VoxelColumns(occupancy, {.visible_classes = 0})).quads(), 0U);
}

TEST(VoxelMesh, MergesAcrossClasses) {
  Occupancy occupancy = randomOccupancy(1, {20, 30, 4}, 1.0);
  EXPECT_EQ(buildVoxelMesh(VoxelColumns(occupancy, {})).quads(), 6U);
}

TEST(VoxelMesh, TheStreetNeedsFewQuads) {
  const Occupancy street = test::makeStreet();
  expectEveryFaceOnce(street, {});
  EXPECT_LT(buildVoxelMesh(VoxelColumns(street, {})).quads() * 10, exposedFaces(street, {}).size());
}

TEST(VoxelMesh, CornersKnowTheirEightNeighbours) {
  const Occupancy occupancy = randomOccupancy(3, {5, 6, 64}, 0.4);
  const VoxelColumns columns(occupancy, {});
  const std::vector<std::uint8_t> neighbours = cornerNeighbours(columns);
  std::size_t i = 0;
  for (int x = 0; x <= 5; ++x) {
    for (int y = 0; y <= 6; ++y) {
      for (int z = 0; z <= 64; ++z, ++i) {
        unsigned expected = 0;
        for (int bit = 0; bit < 8; ++bit) {
          const Eigen::Vector3i voxel(x - 1 + (bit & 1), y - 1 + (bit >> 1 & 1), z - 1 + (bit >> 2));
          if (!occupancy.grid.contains(voxel)) continue;
          expected |= unsigned(!occupancy.isFree(occupancy.grid.index(voxel))) << bit;
        }
        ASSERT_EQ(neighbours[i], expected) << x << " " << y << " " << z;
      }
    }
  }
}

TEST(VoxelColumns, RejectsWhatItCannotHold) {
  Occupancy occupancy = randomOccupancy(1, {2, 2, 65}, 0.5);
  EXPECT_THROW(VoxelColumns(occupancy, {}), Error);
  occupancy = randomOccupancy(1, {2, 2, 8}, 0.5);
  occupancy.semantics.pop_back();
  EXPECT_THROW(VoxelColumns(occupancy, {}), Error);
  occupancy = randomOccupancy(1, {2, 2, 8}, 0.5);
  occupancy.mask_camera.pop_back();
  EXPECT_THROW(VoxelColumns(occupancy, {}), Error);
}

}  // namespace
}  // namespace hbev
