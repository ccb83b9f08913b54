// Draws shown voxels: merged faces, a colour looked up per voxel, darkened corners, edge lines, haze.
#pragma once

#include <optional>

#include "render/gl_layer.h"
#include "render/voxel_mesh.h"

namespace hbev {

class VoxelRenderer {
 public:
  VoxelRenderer();
  ~VoxelRenderer();
  VoxelRenderer(const VoxelRenderer&) = delete;
  VoxelRenderer& operator=(const VoxelRenderer&) = delete;

  /// Uploads the mesh of `columns`, which lie in `grid`.
  void setColumns(const GridSpec& grid, const VoxelColumns& columns);
  /// `paint` has one index a voxel of the grid that setColumns() got.
  void setPaint(const GridSpec& grid, const VoxelPaint& paint);
  void clear();
  void draw(const SceneView& view, const std::optional<Eigen::Vector3i>& selected);
  std::size_t quads() const { return quads_; }

 private:
  Layer layer_;
  GridSpec grid_;
  std::size_t quads_ = 0;
  GLuint neighbours_ = 0;  // 3D texture: which voxels are shown around each grid corner
  GLuint indices_ = 0;     // 3D texture: each voxel's index into the colours
  GLuint colors_ = 0;      // 256 x 1 texture
};

}  // namespace hbev
