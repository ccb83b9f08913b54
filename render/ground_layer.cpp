#include "render/ground_layer.h"

#include <array>
#include <cstddef>

namespace hbev {
namespace {

constexpr float kSeen = 0.92F, kThrough = 0.5F;

const char* const kGroundVertexShader = R"(
layout(location = 0) in vec3 position;
layout(location = 1) in vec2 place;
out vec2 at;
out vec2 ground_position;
void main() {
  gl_Position = clip_from_ego * vec4(position, 1.0);
  at = place;
  ground_position = position.xy;
}
)";

const char* const kGroundFragmentShader = R"(
uniform sampler2D colors;
uniform float opacity;
in vec2 at;
in vec2 ground_position;
out vec4 out_color;
void main() {
  out_color = vec4(hazed(texture(colors, at).rgb, ground_position, gl_FragCoord.y), opacity);
}
)";

struct GroundVertex {
  Eigen::Vector3f position;
  Eigen::Vector2f place;
};

LayerShader::Source groundSource() {
  return {.name = "ground map",
          .vertex = kGroundVertexShader,
          .fragment = kGroundFragmentShader,
          .mode = GL_TRIANGLES,
          .stride = sizeof(GroundVertex),
          .attributes = {{3, GL_FLOAT, false, false, offsetof(GroundVertex, position)},
                         {2, GL_FLOAT, false, false, offsetof(GroundVertex, place)}}};
}

}  // namespace

GroundLayer::GroundLayer() : layer_(groundSource()) {
  glGenTextures(1, &texture_);
}

GroundLayer::~GroundLayer() {
  glDeleteTextures(1, &texture_);
}

void GroundLayer::set(const GroundMap& map) {
  is_empty_ = map.isEmpty();
  if (is_empty_) {
    layer_.AddGeometry(nullptr);
    return;
  }
  const auto corner = [&](float x, float y) -> GroundVertex {
    return {{x > 0 ? map.upper.x() : map.lower.x(), y > 0 ? map.upper.y() : map.lower.y(), map.height_m},
            {x, y}};
  };
  const std::array<GroundVertex, 6> corners{corner(0, 0), corner(1, 0), corner(1, 1),
                                            corner(0, 0), corner(1, 1), corner(0, 1)};
  layer_.setVertices(std::span<const GroundVertex>(corners));
  glBindTexture(GL_TEXTURE_2D, texture_);
  // Cells stay cells: what lies between them was not computed.
  for (const GLenum filter : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER})
    glTexParameteri(GL_TEXTURE_2D, filter, GL_NEAREST);
  for (const GLenum wrap : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T})
    glTexParameteri(GL_TEXTURE_2D, wrap, GL_CLAMP_TO_EDGE);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB8, map.columns, map.rows, 0, GL_RGB, GL_UNSIGNED_BYTE,
               map.colors.data());
}

void GroundLayer::draw(const SceneView& view, float opacity) {
  if (is_empty_) return;
  glEnable(GL_BLEND);
  layer_.draw(view, [&](GLuint program) {
    setUniform(program, "colors", 0);
    setUniform(program, "opacity", opacity);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, texture_);
  });
  glDisable(GL_BLEND);
}

void GroundLayer::drawBelow(const SceneView& view) {
  draw(view, kSeen);
}

void GroundLayer::drawThrough(const SceneView& view) {
  glDepthMask(GL_FALSE);
  glDepthFunc(GL_GREATER);
  draw(view, kThrough);
  glDepthFunc(GL_LESS);
  glDepthMask(GL_TRUE);
}

}  // namespace hbev
