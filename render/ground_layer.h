// Draws a GroundMap as one textured rectangle: below the voxels, and faintly through them.
#pragma once

#include "render/gl_layer.h"
#include "render/ground_map.h"

namespace hbev {

class GroundLayer {
 public:
  GroundLayer();
  ~GroundLayer();
  GroundLayer(const GroundLayer&) = delete;
  GroundLayer& operator=(const GroundLayer&) = delete;

  /// An empty map takes it away.
  void set(const GroundMap& map);
  bool isEmpty() const { return is_empty_; }

  /// What can be seen of it; before the voxels. Needs depth testing on.
  void drawBelow(const SceneView& view);
  /// What the voxels hide of it; after them. Needs depth testing on, and writes no depth.
  void drawThrough(const SceneView& view);

 private:
  void draw(const SceneView& view, float opacity);

  Layer layer_;
  GLuint texture_ = 0;
  bool is_empty_ = true;
};

}  // namespace hbev
