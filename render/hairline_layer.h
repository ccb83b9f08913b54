// Very many lines as one-pixel lines of OpenGL: a third of the cost of LineLayer's, and not smooth.
#pragma once

#include <span>

#include "render/frame_scene.h"
#include "render/gl_layer.h"

namespace hbev {

class HairlineLayer {
 public:
  HairlineLayer();
  /// Their widths are not followed; they make the lines fainter where they are below one device pixel.
  void set(std::span<const RaySegment> segments, float pixel_ratio);
  /// Without writing depth. `strength`: times as opaque. `first` and `count` are lines.
  void draw(const SceneView& view, float strength, std::size_t first, std::size_t count);

 private:
  Layer layer_;
};

}  // namespace hbev
