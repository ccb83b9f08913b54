#include "render/hairline_layer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace hbev {
namespace {

struct HairlineVertex {
  Eigen::Vector3f position;
  std::uint8_t color[4];
};

const char* const kHairlineVertexShader = R"(
layout(location = 0) in vec3 position;
layout(location = 1) in vec4 color;
flat out vec4 line_color;
uniform float strength;
void main() {
  gl_Position = clip_from_ego * vec4(position, 1.0);
  line_color = vec4(color.rgb, min(1.0, color.a * strength));
}
)";

const char* const kHairlineFragmentShader = R"(
flat in vec4 line_color;
out vec4 out_color;
void main() { out_color = line_color; }
)";

LayerShader::Source hairlineShader() {
  return {.name = "hairlines",
          .vertex = kHairlineVertexShader,
          .fragment = kHairlineFragmentShader,
          .mode = GL_LINES,
          .stride = sizeof(HairlineVertex),
          .attributes = {{3, GL_FLOAT, false, false, offsetof(HairlineVertex, position)},
                         {4, GL_UNSIGNED_BYTE, false, true, offsetof(HairlineVertex, color)}}};
}

}  // namespace

HairlineLayer::HairlineLayer() : layer_(hairlineShader()) {}

void HairlineLayer::set(std::span<const RaySegment> segments, float pixel_ratio) {
  std::vector<HairlineVertex> vertices;
  vertices.reserve(2 * segments.size());
  for (const RaySegment& segment : segments) {
    const float opacity = segment.opacity * std::min(1.0F, segment.width_px * pixel_ratio);
    const Rgb& color = segment.color;
    HairlineVertex vertex{segment.from,
                          {color.r, color.g, color.b, std::uint8_t(std::lround(255 * opacity))}};
    vertices.push_back(vertex);
    vertex.position = segment.to;
    vertices.push_back(vertex);
  }
  layer_.setVertices(std::span<const HairlineVertex>(vertices));
}

void HairlineLayer::draw(const SceneView& view, float strength, std::size_t first, std::size_t count) {
  glEnable(GL_BLEND);
  glDepthMask(GL_FALSE);
  layer_.draw(view, [strength](GLuint program) { setUniform(program, "strength", strength); },
              {2 * first, 2 * count});
  glDepthMask(GL_TRUE);
  glDisable(GL_BLEND);
}

}  // namespace hbev
