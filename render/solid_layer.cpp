#include "render/solid_layer.h"

#include <array>
#include <cstddef>

namespace hbev {
namespace {

const char* const kSolidVertexShader = R"(
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec3 color;
out vec3 lit_color;
out vec2 ground_position;
void main() {
  gl_Position = clip_from_ego * vec4(position, 1.0);
  ground_position = position.xy;
  lit_color = color * faceLight(normal);
}
)";

const char* const kSolidFragmentShader = R"(
in vec3 lit_color;
in vec2 ground_position;
out vec4 out_color;
void main() { out_color = vec4(hazed(lit_color, ground_position, gl_FragCoord.y), 1.0); }
)";

const char* const kBackgroundVertexShader = R"(
layout(location = 0) in vec2 position;
void main() { gl_Position = vec4(position, 0.0, 1.0); }
)";

const char* const kBackgroundFragmentShader = R"(
out vec4 out_color;
void main() { out_color = vec4(background(gl_FragCoord.y), 1.0); }
)";

LayerShader::Source solidSource() {
  return {.name = "solids",
          .vertex = kSolidVertexShader,
          .fragment = kSolidFragmentShader,
          .mode = GL_TRIANGLES,
          .stride = sizeof(SolidVertex),
          .attributes = {{3, GL_FLOAT, false, false, offsetof(SolidVertex, position)},
                         {3, GL_FLOAT, false, false, offsetof(SolidVertex, normal)},
                         {3, GL_UNSIGNED_BYTE, false, true, offsetof(SolidVertex, color)}}};
}

LayerShader::Source backgroundSource() {
  return {.name = "background",
          .vertex = kBackgroundVertexShader,
          .fragment = kBackgroundFragmentShader,
          .mode = GL_TRIANGLES,
          .stride = sizeof(Eigen::Vector2f),
          .attributes = {{2, GL_FLOAT, false, false, 0}}};
}

}  // namespace

SolidLayer::SolidLayer(const std::vector<SolidVertex>& triangles) : layer_(solidSource()) {
  layer_.setVertices(std::span<const SolidVertex>(triangles));
}

void SolidLayer::draw(const SceneView& view) {
  glEnable(GL_CULL_FACE);
  layer_.draw(view);
  glDisable(GL_CULL_FACE);
}

BackgroundLayer::BackgroundLayer() : layer_(backgroundSource()) {
  // One triangle that reaches beyond the viewport on two sides.
  const std::array<Eigen::Vector2f, 3> corners{Eigen::Vector2f(-1, -1), Eigen::Vector2f(3, -1),
                                               Eigen::Vector2f(-1, 3)};
  layer_.setVertices(std::span<const Eigen::Vector2f>(corners));
}

void BackgroundLayer::draw(const SceneView& view) {
  layer_.draw(view);
}

}  // namespace hbev
