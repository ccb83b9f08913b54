// Lines of a width in pixels, smooth without multisampling: core-profile OpenGL draws only one-pixel lines.
#pragma once

#include "render/gl_layer.h"

namespace hbev {

struct LineStyle {
  Rgb color{255, 255, 255};
  float opacity = 1.0F;
  float width_px = 1.0F;       ///< device pixels
  float towards_eye_m = 0.0F;  ///< drawn this much nearer than it is, so that it wins against what it lies on
  bool round_ends = true;  ///< false for parts of a curve: their ends would show as dots where they overlap
};

/// Collects lines, draws them all at once in the order they were added, without writing depth. What was drawn
/// once stays on the GPU until clear(), which comes before more is added.
class LineLayer {
 public:
  LineLayer();
  void clear();
  void add(const Eigen::Vector3f& from, const Eigen::Vector3f& to, const LineStyle& style);
  /// `strength`: times as opaque. `first` and `count` are lines, in the order they were added.
  void draw(const SceneView& view, float strength = 1.0F, std::size_t first = 0,
            std::size_t count = std::size_t(-1));

 private:
  struct Vertex {
    Eigen::Vector3f from, to;
    float width_px, towards_eye_m;
    std::uint8_t color[4];
    std::uint8_t corner, round_ends, unused[2];
  };

  static LayerShader::Source shaderSource();
  Layer layer_;
  std::vector<Vertex> vertices_;  ///< not yet drawn
  bool is_uploaded_ = false;

  void upload();
};

}  // namespace hbev
