// Thousands of rays at once: thin lines, marks between two ends, and end points. They go to the GPU once, not
// with every picture.
#pragma once

#include "render/line_layer.h"
#include "render/point_layer.h"

namespace hbev {

class RayLayer {
 public:
  void set(RayBundle bundle);
  /// Needs depth testing on, and leaves it on. Marks shine through what stands before them.
  void draw(const SceneView& view);

 private:
  void upload(float pixel_ratio);

  RayBundle bundle_;
  float uploaded_ratio_ = 0;  ///< widths are in device pixels; 0: nothing is uploaded
  LineLayer lines_, marks_;
  PointLayer points_;
};

}  // namespace hbev
