// Thousands of rays at once: thin lines, marks between two ends, and end points. They go to the GPU once, not
// with every picture, and are drawn in parts, so that a hundred thousand of them hold nobody up.
#pragma once

#include "render/hairline_layer.h"
#include "render/line_layer.h"
#include "render/point_layer.h"

namespace hbev {

class RayLayer {
 public:
  void set(RayBundle bundle);
  /// Strokes of all rays; a mark is two of them.
  std::size_t strokes() const;

  /// Strokes [first, first + count) of strokes(). One after the other they make the same picture, however
  /// they are cut. Needs depth testing on, and leaves it on. Marks shine through what stands before them.
  void draw(const SceneView& view, std::size_t first = 0, std::size_t count = std::size_t(-1));
  /// So much of them, spread evenly; lines are stronger to make up for those that are left out.
  void drawShare(const SceneView& view, double share);

 private:
  void upload(float pixel_ratio);
  void drawLines(const SceneView& view, float strength, std::size_t first, std::size_t count);
  void drawMarks(const SceneView& view, bool hidden, std::size_t first, std::size_t count);
  void drawPoints(const SceneView& view, std::size_t first, std::size_t count);

  RayBundle bundle_;
  float uploaded_ratio_ = 0;  ///< widths are in device pixels; 0: nothing is uploaded
  LineLayer few_lines_, marks_;
  HairlineLayer many_lines_;
  PointLayer points_;
};

}  // namespace hbev
