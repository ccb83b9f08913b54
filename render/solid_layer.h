// Plain solids lit like voxels (the ego car), and the background's gradient.
#pragma once

#include "render/gl_layer.h"

namespace hbev {

struct SolidVertex {
  Eigen::Vector3f position;  ///< ego, m
  Eigen::Vector3f normal;
  std::uint8_t color[4];
};

class SolidLayer {
 public:
  explicit SolidLayer(const std::vector<SolidVertex>& triangles);
  void draw(const SceneView& view);

 private:
  Layer layer_;
};

/// A gradient over the whole viewport, from the style's top colour to its bottom one. Needs no depth test.
class BackgroundLayer {
 public:
  BackgroundLayer();
  void draw(const SceneView& view);

 private:
  Layer layer_;
};

}  // namespace hbev
